package dev.tidemark.cli;

import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.NoSuchElementException;

/** Takes one mechanism out of a command, to show what it is there for. */
final class Removed implements Decoration {
    private final boolean isRepairRemoved;
    private final long fromStart;

    private Removed(boolean isRepairRemoved, long fromStart) {
        this.isRepairRemoved = isRepairRemoved;
        this.fromStart = fromStart;
    }

    /** Replicas stay as unequal as their snapshots were. */
    static Decoration repair() {
        return new Removed(true, 0);
    }

    /** Transactions that started before the timestamp are not looked at. */
    static Decoration straddlingScan(long backupTimestamp) {
        return new Removed(false, backupTimestamp);
    }

    @Override
    public StoreConnector connector(StoreConnector connector) {
        return replace(StoreConnector.class, connector, (method, result) -> cluster(result));
    }

    private Object cluster(Object result) {
        return result instanceof StoreCluster cluster
                ? replace(StoreCluster.class, cluster, (method, inner) -> table(inner))
                : result;
    }

    private Object table(Object result) {
        return result instanceof TransactionTable table
                ? replace(
                        TransactionTable.class,
                        table,
                        (method, scanned) -> method.equals("scan") ? later((CloseableIterator<?>) scanned) : scanned)
                : result;
    }

    private <T> T replace(Class<T> type, T target, Replacement replacement) {
        return type.cast(Proxy.newProxyInstance(
                Removed.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (isRepairRemoved && method.getName().equals("repair")) {
                        return null;
                    }
                    try {
                        return replacement.of(method.getName(), method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private CloseableIterator<TransactionEntry> later(CloseableIterator<?> entries) {
        return new CloseableIterator<>() {
            private TransactionEntry next;

            @Override
            public boolean hasNext() {
                while (next == null && entries.hasNext()) {
                    TransactionEntry entry = (TransactionEntry) entries.next();
                    next = entry.startTimestamp() < fromStart ? null : entry;
                }
                return next != null;
            }

            @Override
            public TransactionEntry next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                TransactionEntry result = next;
                next = null;
                return result;
            }

            @Override
            public void close() {
                entries.close();
            }
        };
    }

    private interface Replacement {
        Object of(String method, Object result);
    }
}
