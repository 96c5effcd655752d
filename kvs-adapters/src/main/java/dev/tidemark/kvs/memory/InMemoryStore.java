package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.NodeByNodeConnector;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * A store of several nodes in memory. A row's token is the hash of the row modulo the number of nodes; its replicas are the node
 * of this number and those that follow. Thread-safe: one monitor guards all nodes.
 */
public final class InMemoryStore implements NodeByNodeConnector {
    private final InMemoryOptions options;
    private final RandomGenerator random;
    private final Faults faults = new Faults();
    private final List<InMemoryNode> nodes = new ArrayList<>();
    private final InMemoryCells cells;
    private long sequence;
    private volatile boolean areClocksBehind;
    private volatile List<String> otherClients = List.of();

    private InMemoryStore(InMemoryOptions options, RandomGenerator random) {
        this.options = options;
        this.random = random;
        for (int i = 0; i < options.nodes(); i++) {
            nodes.add(new InMemoryNode(this, new NodeId("node-" + i)));
        }
        this.cells = new InMemoryCells(this);
    }

    /**
     * Creates a store with its tables set up.
     *
     * @param random decides which replicas lag and which are read
     */
    public static InMemoryStore create(InMemoryOptions options, RandomGenerator random) {
        InMemoryStore store = new InMemoryStore(options, random);
        store.nodes.forEach(InMemoryNode::serve);
        new StoreMetadata(store.cells).initialise(options.schemas());
        new CellTransactionTable(store.cells, options.schemas()).createTables();
        return store;
    }

    /** Creates nodes without a store on them, as the target of a restore. */
    public static InMemoryStore createEmpty(InMemoryOptions options, RandomGenerator random) {
        return new InMemoryStore(options, random);
    }

    /** Returns the faults of this store. */
    public Faults faults() {
        return faults;
    }

    /** Returns the data side, as the application uses it. */
    public CellStore cells() {
        return cells;
    }

    /** Returns the transactions tables, as the application uses them. */
    public CellTransactionTable transactionTable() {
        return new CellTransactionTable(cells, options.schemas());
    }

    /** Returns the transactions schemas that the store was set up with. */
    public TransactionsSchemaMap schemas() {
        return options.schemas();
    }

    /** Loses everything on every node, snapshots and staged files included. */
    public synchronized void destroy() {
        nodes.forEach(InMemoryNode::destroy);
    }

    /** Makes a node unreachable; writes for it wait. */
    public synchronized void pretendDown(int node) {
        nodes.get(node).replica().setUp(false);
    }

    /** Makes a node reachable again; what waits for it is not delivered yet. */
    public synchronized void pretendUp(int node) {
        nodes.get(node).replica().setUp(true);
    }

    /** Delivers to a node what waits for it; does nothing while the node is down. */
    public synchronized void deliver(int node) {
        nodes.get(node).replica().deliver();
    }

    /** Delivers to every node that is up what waits for it. */
    public synchronized void deliverAll() {
        nodes.forEach(node -> node.replica().deliver());
    }

    /** Returns how many writes wait for a node. */
    public synchronized int pendingWrites(int node) {
        return nodes.get(node).replica().pendingWrites();
    }

    /** Makes the clocks of the nodes look as if they were behind what the store holds, or not any more. */
    public void pretendClocksBehind(boolean areBehind) {
        areClocksBehind = areBehind;
    }

    boolean areClocksBehind() {
        return areClocksBehind;
    }

    /** Sets who is connected besides, one sentence for each. */
    public void pretendClients(List<String> clients) {
        otherClients = List.copyOf(clients);
    }

    @Override
    public List<String> otherClients() {
        return otherClients;
    }

    @Override
    public StoreCluster connect() {
        requireServing(null);
        return new InMemoryCluster(this, null);
    }

    @Override
    public synchronized List<StoreNode> targetNodes() {
        return nodes.stream()
                .filter(node -> node.replica().isUp())
                .sorted(Comparator.comparing(InMemoryNode::id))
                .map(StoreNode.class::cast)
                .toList();
    }

    @Override
    public StoreCluster openRestored(RestoreId restore) {
        synchronized (this) {
            nodes.forEach(node -> node.requireLoadedBy(restore));
        }
        return new InMemoryCluster(this, restore);
    }

    InMemoryOptions options() {
        return options;
    }

    List<InMemoryNode> nodes() {
        return nodes;
    }

    /** Refuses when a node holds no data, or is being restored by another restore than the caller's. */
    synchronized void requireServing(RestoreId restore) {
        nodes.forEach(node -> node.requireServing(restore));
    }

    long nextSequence() {
        return ++sequence;
    }

    /** A restored store goes on above everything that it holds. */
    void raiseSequence(long atLeast) {
        sequence = Math.max(sequence, atLeast);
    }

    List<InMemoryNode> replicas(int token) {
        List<InMemoryNode> replicas = new ArrayList<>();
        for (int i = 0; i < options.replicationFactor(); i++) {
            replicas.add(nodes.get((token + i) % nodes.size()));
        }
        return replicas;
    }

    int token(Bytes row) {
        return Math.floorMod(row.hashCode(), nodes.size());
    }

    /** Chooses the replicas that answer a read. */
    List<InMemoryNode> readReplicas(int token) {
        List<InMemoryNode> up = shuffledUp(token);
        if (up.size() < options.readQuorum()) {
            throw unavailable("read", up.size(), options.readQuorum());
        }
        return up.subList(0, options.readQuorum());
    }

    /** Applies a write to a quorum at once and to the rest at once or later. */
    void write(TableName table, VersionKey key, Write write) {
        write(table, Map.of(key, write), key.cell());
    }

    /** Deletes every version that a replica has or waits for; each replica applies the deletions together. */
    void deleteUpTo(TableName table, Cell cell, long timestampInclusive) {
        Map<VersionKey, Write> deletions = new TreeMap<>();
        for (InMemoryNode node : replicas(token(cell.row()))) {
            node.replica()
                    .versions(table, cell, timestampInclusive)
                    .forEach(key -> deletions.computeIfAbsent(key, absent -> new Write(null, nextSequence())));
        }
        write(table, deletions, cell);
    }

    /** Each replica applies the writes of one cell together. */
    private void write(TableName table, Map<VersionKey, Write> writes, Cell cell) {
        int token = token(cell.row());
        List<InMemoryNode> up = shuffledUp(token);
        if (up.size() < options.writeQuorum()) {
            throw unavailable("write", up.size(), options.writeQuorum());
        }
        for (InMemoryNode node : replicas(token)) {
            int rank = up.indexOf(node);
            boolean isLate = rank < 0 || (rank >= options.writeQuorum() && random.nextInt(100) < options.lagPercent());
            if (isLate) {
                writes.forEach((key, write) -> node.replica().applyLater(table, key, write));
            } else {
                writes.forEach((key, write) -> node.replica().apply(table, key, write));
            }
        }
    }

    SortedSet<TableName> tables() {
        SortedSet<TableName> tables = new TreeSet<>();
        nodes.forEach(node -> tables.addAll(node.replica().tables()));
        return tables;
    }

    void repair(TableName table) {
        nodes.forEach(node -> node.replica().createTable(table)); // empty, it is in no write
        for (int token = 0; token < nodes.size(); token++) {
            List<InMemoryNode> replicas = replicas(token);
            NavigableMap<VersionKey, Write> merged = Merging.merge(replicas, table, this, token);
            for (InMemoryNode node : replicas) {
                merged.forEach((key, write) -> {
                    if (!write.equals(node.replica().table(table).get(key))) {
                        node.replica().apply(table, key, write);
                    }
                });
            }
        }
    }

    private List<InMemoryNode> shuffledUp(int token) {
        List<InMemoryNode> up = new ArrayList<>(replicas(token));
        up.removeIf(node -> !node.replica().isUp());
        for (int i = up.size() - 1; i > 0; i--) {
            Collections.swap(up, i, random.nextInt(i + 1));
        }
        return up;
    }

    static KeyValueStoreException unavailable(String what, int reachable, int needed) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                reachable + " replicas can be reached for a " + what + " (expected: at least " + needed + ")",
                "Bring the nodes back.");
    }
}
