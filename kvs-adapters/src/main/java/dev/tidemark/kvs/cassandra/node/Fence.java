package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.RestoreId;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Keeps statements of a coordinator that was overtaken, or whose change was taken back, from being executed.
 *
 * <p>A <em>statement</em> changes the cluster, and nothing on the way to it looks at epochs. It is executed while the shared lock is
 * held, after epoch and mark were looked at. Whoever brings a greater epoch, or changes the mark, makes the new record visible with
 * the exclusive lock in hand: so statements that have begun are waited for, and those that come later find it. Thread-safe.
 */
final class Fence {
    private final NodeState state;
    private final ReadWriteLock statements = new ReentrantReadWriteLock(true);

    Fence(NodeState state) {
        this.state = state;
    }

    /** Refuses a restore that was overtaken; records the epoch of one that has overtaken others, and waits for their statements. */
    void admit(RestoreId restore) {
        check(restore);
        NodeRecord record = state.current();
        boolean isMarkBehind = record.change()
                .filter(change -> change.isOf(restore) && change.restore().epoch() < restore.epoch())
                .isPresent();
        if (restore.epoch() > record.epoch() || isMarkBehind) {
            change("record epoch", restore, before -> before);
        }
    }

    /** Refuses a restore that was overtaken. */
    void check(RestoreId restore) {
        long greatest = state.current().epoch();
        if (restore.epoch() < greatest) {
            throw new KeyValueStoreException(
                    ErrorCode.FENCED_OUT,
                    "restore '" + restore + "' with epoch " + restore.epoch() + " was overtaken by epoch " + greatest
                            + " on the node whose agent keeps its state in '" + state.directory() + "'",
                    "Let the process that took over finish, or run 'tidemark operations' to find it.");
        }
    }

    /** Changes the record for a restore that was not overtaken, with its epoch, when no statement is under way. */
    void change(String step, RestoreId restore, UnaryOperator<NodeRecord> change) {
        locked(statements.writeLock(), () -> {
            check(restore);
            state.update(step, before -> withEpoch(change.apply(before), restore));
            return null;
        });
    }

    /**
     * Executes a statement.
     *
     * @param allowed looks at the record, and throws when the statement must not be executed
     */
    <T> T statement(RestoreId restore, Consumer<NodeRecord> allowed, Supplier<T> statement) {
        return locked(statements.readLock(), () -> {
            check(restore);
            allowed.accept(state.current());
            return statement.get();
        });
    }

    private static NodeRecord withEpoch(NodeRecord record, RestoreId restore) {
        NodeRecord changed = record.withEpoch(Math.max(record.epoch(), restore.epoch()));
        return changed.change()
                .filter(change -> change.isOf(restore))
                .map(change -> changed.with(change.by(restore)))
                .orElse(changed);
    }

    private static <T> T locked(Lock lock, Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
