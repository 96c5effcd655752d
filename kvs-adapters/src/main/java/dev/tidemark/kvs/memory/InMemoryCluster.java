package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Cluster side of an in-memory store. */
final class InMemoryCluster implements StoreCluster {
    private final InMemoryStore store;
    /** The restore that may use a store that is not complete, or null. */
    private final RestoreId restore;

    private final InMemoryCells cells;

    InMemoryCluster(InMemoryStore store, RestoreId restore) {
        this.store = store;
        this.restore = restore;
        this.cells = new InMemoryCells(store, restore);
    }

    @Override
    public StoreDescription describe() {
        StoreMetadata metadata = new StoreMetadata(cells);
        List<NodeDescription> nodes = new ArrayList<>();
        for (int i = 0; i < store.nodes().size(); i++) {
            InMemoryNode node = store.nodes().get(i);
            List<String> ranges = new ArrayList<>();
            for (int token = 0; token < store.nodes().size(); token++) {
                if (store.replicas(token).contains(node)) {
                    ranges.add("token-" + token);
                }
            }
            nodes.add(new NodeDescription(node.id(), node.replica().isUp(), ranges));
        }
        return new StoreDescription(
                "memory",
                "1",
                nodes,
                store.options().replicationFactor(),
                store.options().writeQuorum(),
                new TreeSet<>(cells.tables()),
                Map.of(),
                metadata.transactionsSchemas(),
                Long.MAX_VALUE,
                metadata.earliestReadableTimestamp(),
                store.options().snapshotSkewLimit());
    }

    @Override
    public List<Problem> check() {
        synchronized (store) {
            store.requireServing(restore);
            return store.nodes().stream()
                    .filter(node -> !node.replica().isUp())
                    .map(node ->
                            new Problem(false, "node '" + node.id() + "' can't be reached", "Bring the node back."))
                    .toList();
        }
    }

    @Override
    public List<StoreNode> nodes() {
        return store.targetNodes();
    }

    @Override
    public void repair(Set<TableName> tables) {
        store.faults().run(Seam.REPAIR, () -> {
            synchronized (store) {
                store.requireServing(restore);
                for (InMemoryNode node : store.nodes()) {
                    if (!node.replica().isUp()) {
                        throw InMemoryStore.unavailable(
                                "repair",
                                store.targetNodes().size(),
                                store.nodes().size());
                    }
                }
                tables.forEach(store::repair);
            }
        });
    }

    @Override
    public void raiseEarliestReadableTimestamp(long timestamp) {
        new StoreMetadata(cells).raiseEarliestReadableTimestamp(timestamp);
    }

    /** They are a part of the data, in one place with them. */
    @Override
    public void adoptTransactionsSchemas(TransactionsSchemaMap schemas, long bound) {}

    @Override
    public void prepareClean(TimestampRange starts) {
        if (store.areClocksBehind()) {
            throw new KeyValueStoreException(
                    ErrorCode.CLOCK_BEHIND, "the clocks of the nodes are behind", "Set the clocks right.");
        }
    }

    @Override
    public TransactionTable transactionTable() {
        return new CellTransactionTable(cells, new StoreMetadata(cells).transactionsSchemas());
    }

    @Override
    public CellStore cells() {
        return cells;
    }

    @Override
    public void close() {}
}
