package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Scope;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.cassandra.node.jmx.NodeIdentity;
import dev.tidemark.kvs.cassandra.node.jmx.NodeJmx;
import dev.tidemark.kvs.cassandra.node.jmx.NodeJmx.HostCheck;
import dev.tidemark.kvs.cassandra.node.jmx.RepairProgress;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.Steps;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The agent of one keyspace on a node of this machine, which may be down. Owns the state directory while it is open. Reading snapshots,
 * staging files and asking for marks works without the node.
 */
public final class CassandraNode implements CassandraAgent, AutoCloseable {
    private final CassandraNodeOptions options;
    private final DirectoryLock lock;
    private final NodeState state;
    private final NodeJmx jmx;
    private final Fence fence;
    private final ChangeRules rules;
    private final Snapshots snapshots;
    private final LiveTables tables;
    private final StagedFiles staged;
    private final Changes changes;
    private final Keeping keeping;
    private final Filling filling;
    private final TransactionAborter aborter;

    private CassandraNode(
            CassandraNodeOptions options, DirectoryLock lock, NodeState state, TransactionAborter aborter, Seams seams)
            throws IOException {
        String keyspace = options.keyspace();
        this.options = options;
        this.lock = lock;
        this.state = state;
        this.aborter = aborter;
        this.jmx = seams.jmx.apply(this::requireHost);
        this.fence = new Fence(state);
        this.rules = new ChangeRules(state);
        DataDirectories data = new DataDirectories(keyspace, options.dataDirectories());
        Path listings = state.directory().resolve("snapshots");
        DurableFiles.createDirectories(listings);
        this.snapshots = new Snapshots(keyspace, jmx, data, listings, seams.steps);
        this.tables = new LiveTables(keyspace, jmx, data);
        this.staged = new StagedFiles(options.ownStaging(), data, fence);
        this.changes = new Changes(state, fence, snapshots);
        this.keeping = new Keeping(state, fence, snapshots, tables);
        Loader loader = new Loader(keyspace, jmx, data, tables, state, seams.steps);
        this.filling = new Filling(keyspace, jmx, state, fence, snapshots, tables, staged, loader, keeping);
    }

    /**
     * What a test puts something else in the place of.
     *
     * @param jmx connects to the node, for whoever checks its host id
     * @param steps hears of each durable step
     * @param sleeper waits for another owner of the state directory
     */
    record Seams(Function<HostCheck, NodeJmx> jmx, Steps steps, Sleeper sleeper) {}

    /**
     * Opens the agent; the node is asked when it is needed.
     *
     * @param aborter executes the statements of {@link #abortAll}
     * @param sleeper waits, up to 5 s, for another owner of the state directory that is about to end
     * @throws KeyValueStoreException {@link ErrorCode#STORE_IN_USE} when another agent has the state directory,
     *     {@link ErrorCode#STORE_DAMAGED} when what is in it can't be read
     */
    public static CassandraNode open(CassandraNodeOptions options, TransactionAborter aborter, Sleeper sleeper) {
        return open(options, aborter, new Seams(host -> new NodeJmx(options.jmx(), host), step -> {}, sleeper));
    }

    static CassandraNode open(CassandraNodeOptions options, TransactionAborter aborter, Seams seams) {
        DirectoryLock lock = DirectoryLock.acquire(options.ownState(), DirectoryLock.Use.PRIVATE, seams.sleeper);
        boolean isOpen = false;
        try {
            NodeState state = NodeState.open(options.ownState(), seams.steps);
            CassandraNode node = new CassandraNode(options, lock, state, aborter, seams);
            isOpen = true;
            return node;
        } catch (IOException e) {
            throw FileErrors.translate("open", options.ownState(), e);
        } finally {
            if (!isOpen) {
                lock.close();
            }
        }
    }

    /**
     * Returns the node's broadcast address, with {@code -} in place of colons, and behind it {@code -} and the storage port when the
     * node knows one other than 7000. It is asked once, and then remembered.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when the node was never asked and is down
     */
    @Override
    public NodeId id() {
        if (state.current().nodeId().isEmpty()) {
            NodeId id = NodeAddress.parse(jmx.identity().broadcastAddress()).nodeId();
            state.update("remember name", record -> record.withIdentity(id.id(), record.hostId()));
        }
        return new NodeId(state.current().nodeId());
    }

    /** What an agent remembers is about one node: nothing of it is true of another. */
    private void requireHost(String hostId) {
        String known = state.current().hostId();
        if (known.isEmpty()) {
            state.update("remember host", record -> record.withIdentity(record.nodeId(), hostId));
        } else if (!known.equals(hostId)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "what answers JMX at '" + options.jmx() + "' is the node with host id '" + hostId
                            + "' (expected: '" + known + "', which the state in '" + state.directory()
                            + "' is about)",
                    "Correct the JMX address; give the agent of a node that was replaced a new state directory.");
        }
    }

    @Override
    public NodeStatus status() {
        List<ChangeMark> marks =
                state.current().changes().stream().map(Change::mark).toList();
        try {
            NodeIdentity identity = jmx.identity();
            return new NodeStatus(
                    true, "", identity.clusterName(), identity.hostId(), identity.version(), identity.tokens(), marks);
        } catch (KeyValueStoreException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                throw e;
            }
            return NodeStatus.down(e.getMessage(), marks);
        }
    }

    @Override
    public void snapshot(SnapshotTag tag) {
        rules.requireNoChange();
        if (!snapshots.exists(Tags.backup(tag))) {
            changes.undisturbed("take a snapshot", () -> {
                rules.requireNoChange();
                snapshots.take(Tags.backup(tag));
            });
        }
    }

    @Override
    public SortedSet<SnapshotTag> snapshots() {
        return snapshots.tags().stream()
                .flatMap(tag -> Tags.tagOf(tag).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public CloseableIterator<SnapshotFile> files(SnapshotTag tag, String afterPath) {
        return snapshots.files(Tags.backup(tag), afterPath);
    }

    @Override
    public ReadableByteChannel open(SnapshotTag tag, String path) {
        return snapshots.open(Tags.backup(tag), path);
    }

    @Override
    public void drop(SnapshotTag tag) {
        snapshots.remove(Tags.backup(tag));
    }

    @Override
    public boolean isEmptyFor(RestoreId restore) {
        NodeRecord record = state.current();
        Optional<Change> change = record.change();
        if (change.isPresent()) {
            boolean isOnTheWayBack = change.get().phase() == Phase.RETURNING
                    || (change.get().phase() == Phase.KEPT && change.get().way() == Change.Way.BRING_BACK);
            return change.get().isOf(restore) && !isOnTheWayBack;
        }
        return rules.hasCompleted(restore) || tables.filled(Scope.ALL_TABLES).isEmpty();
    }

    @Override
    public long usableBytes() {
        return FileErrors.translating("look at the disk of", options.ownStaging(), staged::usableBytes);
    }

    @Override
    public StagingArea stage(RestoreId restore, long expectedBytes) {
        if (expectedBytes < 0) {
            throw new IllegalArgumentException("expectedBytes: " + expectedBytes + " (expected: >= 0)");
        }
        return FileErrors.translating("stage files in", options.ownStaging(), () -> {
            fence.check(restore);
            staged.requireSpace(restore, expectedBytes);
            fence.admit(restore);
            return staged.open(restore);
        });
    }

    @Override
    public void load(RestoreId restore) {
        changes.run("load", restore, () -> {
            requireNotOfAnother(restore);
            filling.load(restore);
        });
    }

    private void requireNotOfAnother(RestoreId restore) {
        Optional<Change> change = state.current().change();
        if (change.isPresent() && !change.get().isOf(restore)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_NOT_EMPTY,
                    "the node belongs to restore '" + change.get().restore() + "' (expected: an empty node)",
                    "Run 'tidemark resume " + change.get().restore() + "' or cancel it.");
        }
    }

    @Override
    public void completeRestore(RestoreId restore) {
        changes.run("complete", restore, () -> keeping.complete(restore));
    }

    @Override
    public void verifyStaged(RestoreId restore) {
        FileErrors.translating("look at what is staged in", options.ownStaging(), () -> {
            fence.check(restore);
            staged.requireStillIntact(restore);
            return null;
        });
    }

    @Override
    public void discardStaging(RestoreId restore) {
        changes.run("discard what was staged", restore, () -> filling.discardStaging(restore));
    }

    @Override
    public void setAside(RestoreId restore) {
        changes.run("set data aside", restore, () -> keeping.setAside(restore));
    }

    @Override
    public void adopt(RestoreId restore) {
        changes.run("adopt", restore, () -> keeping.adopt(restore));
    }

    @Override
    public void keep(RestoreId restore, String safetyCopy) {
        changes.run("keep data", restore, () -> keeping.keep(restore, safetyCopy));
    }

    @Override
    public void beginEmptying(RestoreId restore) {
        changes.run("begin to empty tables", restore, () -> filling.beginEmptying(restore));
    }

    @Override
    public void beginReturning(RestoreId restore) {
        changes.run("begin to return data", restore, () -> filling.beginReturning(restore));
    }

    @Override
    public void emptyTables(RestoreId restore) {
        changes.run("empty tables", restore, () -> filling.empty(restore));
    }

    @Override
    public void bringBack(RestoreId restore, String safetyCopy) {
        changes.run("bring back a safety copy", restore, () -> filling.bringBack(restore, safetyCopy));
    }

    @Override
    public void giveBack(RestoreId restore) {
        changes.run("give back", restore, () -> filling.giveBack(restore));
    }

    @Override
    public SortedSet<String> safetyCopies() {
        return keeping.names();
    }

    @Override
    public void dropSafetyCopy(RestoreId restore, String safetyCopy) {
        if (RestoreId.isValid(safetyCopy)) {
            changes.run("drop a safety copy", restore, () -> keeping.drop(restore, safetyCopy));
        }
    }

    @Override
    public List<TransactionEntry> abortAll(
            RestoreId restore, TransactionsSchemaMap schemas, List<TransactionEntry> seen) {
        fence.admit(restore);
        if (seen.isEmpty() && rules.hasCompleted(restore)) {
            return List.of(); // others of the cluster may be still to be handed over
        }
        rules.requireOpen(restore, state.current());
        if (seen.isEmpty()) {
            return List.of();
        }
        fence.change("mark as written to", restore, record -> rules.written(restore, record));
        return fence.statement(
                restore, record -> rules.requireOpen(restore, record), () -> aborter.abortAll(schemas, seen));
    }

    @Override
    public void repair(Set<TableName> chosen) {
        repair(chosen, (done, total) -> {});
    }

    /**
     * Does what {@link #repair(Set)} does.
     *
     * @param progress hears how far it has come, from another thread
     */
    public void repair(Set<TableName> chosen, RepairProgress progress) {
        Set<String> names = chosen.stream().map(TableName::name).collect(Collectors.toCollection(TreeSet::new));
        if (!names.isEmpty()) { // no name would mean all tables to the node
            jmx.repair(options.keyspace(), names, progress);
        }
    }

    @Override
    public void cleanup() {
        jmx.cleanup(options.keyspace());
    }

    /** Ends the connection to the node and gives the state directory free. Calls under way fail. */
    @Override
    public void close() {
        jmx.close();
        lock.close();
    }
}
