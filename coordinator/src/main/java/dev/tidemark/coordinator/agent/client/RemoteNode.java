package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.AbortDocument;
import dev.tidemark.coordinator.agent.protocol.AgentStatus;
import dev.tidemark.coordinator.agent.protocol.Answers;
import dev.tidemark.coordinator.agent.protocol.NodeChange;
import dev.tidemark.coordinator.agent.protocol.TaskRequest;
import dev.tidemark.coordinator.node.AgentNode;
import dev.tidemark.coordinator.node.NodeWorker;
import dev.tidemark.coordinator.node.OperationEpoch;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A node behind its agent. What only a node of Cassandra can do is refused with {@link ErrorCode#STORE_UNSUPPORTED} for any other.
 * Thread-safe.
 */
public final class RemoteNode implements CassandraAgent, AgentNode {
    private static final int MAX_ABORTS = 500;

    private final AgentClient client;
    private final Optional<OperationEpoch> operation;

    RemoteNode(AgentClient client) {
        this(client, Optional.empty());
    }

    private RemoteNode(AgentClient client, Optional<OperationEpoch> operation) {
        this.client = client;
        this.operation = operation;
    }

    /** Returns the client of the node's agent. */
    public AgentClient client() {
        return client;
    }

    @Override
    public RemoteNode of(OperationEpoch newOperation) {
        return new RemoteNode(client, Optional.of(newOperation));
    }

    @Override
    public NodeWorker worker(OperationEpoch newOperation, Consumer<String> notes) {
        return new RemoteNodeWorker(this, client, newOperation, notes);
    }

    /**
     * {@inheritDoc}
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when it was never asked for and nobody can tell
     */
    @Override
    public NodeId id() {
        return client.nodeId();
    }

    @Override
    public void snapshot(SnapshotTag tag) {
        client.run(new TaskRequest.Snapshot(operation.orElse(null), tag.tag()));
    }

    @Override
    public SortedSet<SnapshotTag> snapshots() {
        return names("/snapshots").stream().map(SnapshotTag::new).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public CloseableIterator<SnapshotFile> files(SnapshotTag tag, String afterPath) {
        return new RemoteFiles(client, tag, afterPath);
    }

    @Override
    public ReadableByteChannel open(SnapshotTag tag, String path) {
        return RemoteContent.open(client, tag, path);
    }

    @Override
    public void drop(SnapshotTag tag) {
        client.run(new TaskRequest.Drop(operation.orElse(null), tag.tag()));
    }

    @Override
    public boolean isEmptyFor(RestoreId restore) {
        return client.sendVerified(AgentRequest.get("/restores/" + restore.id() + "/empty?epoch=" + restore.epoch()))
                .read(Answers.Truth.class)
                .value();
    }

    @Override
    public long usableBytes() {
        return client.sendVerified(AgentRequest.get("/usable-bytes"))
                .read(Answers.ByteCount.class)
                .bytes();
    }

    @Override
    public StagingArea stage(RestoreId restore, long expectedBytes) {
        return RemoteStaging.open(client, restore, expectedBytes);
    }

    @Override
    public void load(RestoreId restore) {
        change(NodeChange.LOAD, restore, "");
    }

    @Override
    public void completeRestore(RestoreId restore) {
        change(NodeChange.COMPLETE_RESTORE, restore, "");
    }

    @Override
    public void discardStaging(RestoreId restore) {
        change(NodeChange.DISCARD_STAGING, restore, "");
    }

    @Override
    public void setAside(RestoreId restore) {
        change(NodeChange.SET_ASIDE, restore, "");
    }

    @Override
    public void adopt(RestoreId restore) {
        change(NodeChange.ADOPT, restore, "");
    }

    @Override
    public void bringBack(RestoreId restore, String safetyCopy) {
        change(NodeChange.BRING_BACK, restore, safetyCopy);
    }

    @Override
    public void giveBack(RestoreId restore) {
        change(NodeChange.GIVE_BACK, restore, "");
    }

    @Override
    public SortedSet<String> safetyCopies() {
        return new TreeSet<>(names("/safety-copies"));
    }

    @Override
    public void dropSafetyCopy(RestoreId restore, String safetyCopy) {
        change(NodeChange.DROP_SAFETY_COPY, restore, safetyCopy);
    }

    @Override
    public NodeStatus status() {
        AgentStatus status = client.status();
        return status.cassandra().stream()
                .findFirst()
                .orElseThrow(() -> new KeyValueStoreException(
                        ErrorCode.STORE_UNSUPPORTED,
                        "the node at '" + client.settings().endpoint() + "' is of a " + status.storeType()
                                + " store (expected: cassandra)",
                        "Correct the addresses of the agents in the configuration."));
    }

    @Override
    public void repair(Set<TableName> tables) {
        client.run(new TaskRequest.Repair(tables.stream().map(TableName::name).collect(Collectors.toSet())));
    }

    @Override
    public void cleanup() {
        client.run(new TaskRequest.Cleanup());
    }

    @Override
    public void keep(RestoreId restore, String safetyCopy) {
        change(NodeChange.KEEP, restore, safetyCopy);
    }

    @Override
    public void beginEmptying(RestoreId restore) {
        change(NodeChange.BEGIN_EMPTYING, restore, "");
    }

    @Override
    public void beginReturning(RestoreId restore) {
        change(NodeChange.BEGIN_RETURNING, restore, "");
    }

    @Override
    public void emptyTables(RestoreId restore) {
        change(NodeChange.EMPTY_TABLES, restore, "");
    }

    /** Sends no more in one request than an agent does within seconds. */
    @Override
    public List<TransactionEntry> abortAll(
            RestoreId restore, TransactionsSchemaMap schemas, List<TransactionEntry> seen) {
        List<TransactionEntry> changed = new ArrayList<>();
        for (int from = 0; from < seen.size(); from += MAX_ABORTS) {
            List<TransactionEntry> part = seen.subList(from, Math.min(seen.size(), from + MAX_ABORTS));
            AbortDocument request = AbortDocument.of(restore, schemas, part);
            client.sendVerified(AgentRequest.postJson("/abort", request))
                    .read(AbortDocument.Changed.class)
                    .entries()
                    .forEach(entry -> changed.add(entry.toEntry()));
        }
        return changed;
    }

    @Override
    public String toString() {
        return "RemoteNode[" + client.settings().endpoint() + "]";
    }

    private List<String> names(String path) {
        return client.sendVerified(AgentRequest.get(path))
                .read(Answers.Names.class)
                .names();
    }

    private void change(NodeChange change, RestoreId restore, String safetyCopy) {
        client.run(new TaskRequest.Change(change, restore, safetyCopy));
    }
}
