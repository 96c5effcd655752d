package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.cql.CassandraSchema;
import dev.tidemark.kvs.cassandra.cql.CassandraSchema.TableIds;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CassandraTopology;
import dev.tidemark.kvs.cassandra.cql.CassandraTopology.TopologyNode;
import dev.tidemark.kvs.cassandra.cql.ConnectedClients;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.cql.PaxosLeftovers;
import dev.tidemark.kvs.cluster.Placement;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.cluster.TableSelection;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.time.Sleeper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The ways to a keyspace of a Cassandra cluster: CQL for the cluster, an agent for each node. Thread-safe. */
public final class CassandraConnector implements StoreConnector {
    private final Supplier<CqlSettings> cql;
    private final String keyspace;
    private final Map<String, Integer> replication;
    private final Path scratchDirectory;
    private final AgentSet agents;
    private final Sleeper sleeper;

    /**
     * Creates a connector; reaches nobody yet.
     *
     * @param cql how to reach the cluster; asked when that is done
     * @param keyspace name of the keyspace
     * @param replication copies in each data center of a keyspace that a restore creates; empty for what the backup says
     * @param scratchDirectory where large scans are sorted
     * @param agents one for each node; asked when they are needed, and not closed here
     */
    public CassandraConnector(
            Supplier<CqlSettings> cql,
            String keyspace,
            Map<String, Integer> replication,
            Path scratchDirectory,
            Supplier<List<CassandraAgent>> agents,
            Sleeper sleeper) {
        this.cql = cql;
        this.keyspace = keyspace;
        this.replication = Map.copyOf(replication);
        this.scratchDirectory = scratchDirectory;
        this.agents = new AgentSet(agents);
        this.sleeper = sleeper;
    }

    @Override
    public StoreCluster connect() {
        agents.requireUnmarked();
        return open(null);
    }

    @Override
    public List<StoreNode> targetNodes() {
        return List.copyOf(agents.all().values());
    }

    /** A keyspace that is there keeps its replication; one that is not gets that of the settings, or the backup's. */
    @Override
    public List<Placement> place(List<NodeDescription> backedUp, Map<String, String> schema) {
        try (CassandraSession session = session()) {
            CassandraSchema live = new CassandraSchema(session, keyspace);
            CassandraTopology topology;
            if (live.exists()) {
                requireNoOther(live, schema);
                topology = CassandraTopology.read(session, keyspace);
            } else {
                topology = CassandraTopology.ifCreated(session, keyspace, replicationOf(schema));
            }
            SortedMap<NodeId, List<String>> targets = new TreeMap<>();
            topology.nodes().forEach(node -> targets.put(node.id(), node.tokenRanges()));

            requireAgents(topology);
            return new Placements(topology.tokenOrder()).of(backedUp, targets);
        }
    }

    /** Each table has a directory of its own, {@code TABLE-ID}. */
    @Override
    public TableSelection select(Map<String, String> schema, Set<TableName> tables) {
        return CassandraSchema.select(schema, table -> table.isInternal() || tables.contains(table));
    }

    private Map<String, String> replicationOf(Map<String, String> schema) {
        if (replication.isEmpty()) {
            return CassandraSchema.replicationOf(schema);
        }
        Map<String, String> options = new TreeMap<>();
        options.put("class", "NetworkTopologyStrategy");
        replication.forEach((datacenter, copies) -> options.put(datacenter, copies.toString()));
        return options;
    }

    /** What is missing will be created; what is there with another form is somebody else's. */
    private void requireNoOther(CassandraSchema live, Map<String, String> schema) {
        List<String> others = live.differences(schema).stream()
                .filter(difference -> !difference.endsWith(" is missing"))
                .toList();
        if (!others.isEmpty()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "keyspace '" + keyspace + "' has another schema than the backup: " + String.join("; ", others),
                    "Drop what differs, or restore into another keyspace; nothing was changed.");
        }
    }

    private void requireAgents(CassandraTopology topology) {
        Set<NodeId> known = agents.all().keySet();
        Set<NodeId> ids =
                topology.nodes().stream().map(TopologyNode::id).collect(Collectors.toCollection(TreeSet::new));
        if (!known.equals(ids)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "the agents are those of nodes " + known + " (expected: one for each node of cluster '"
                            + topology.clusterName() + "', " + ids + ")",
                    "Start an agent beside every node, and list it in the configuration.");
        }
        agents.requireUp();
    }

    @Override
    public List<String> otherClients() {
        try (CassandraSession session = session()) {
            return ConnectedClients.of(session);
        }
    }

    @Override
    public void prepareLoad(RestoreId restore, Map<String, String> schema) {
        Runnable create = () -> {
            try (CassandraSession session = session()) {
                String saved = CassandraSchema.keyspaceOf(schema);
                new CassandraSchema(session, keyspace)
                        .create(schema, replication, saved.equals(keyspace) ? TableIds.SAVED : TableIds.BY_NAME);
            }
        };
        new ClusterChange(List.copyOf(agents.all().values())).prepareLoad(restore, create, this::settle);
    }

    private void settle() {
        try (CassandraSession session = session()) {
            PaxosLeftovers.settle(session, keyspace);
        }
    }

    @Override
    public void prepareBringBack(RestoreId restore, String safetyCopy) {
        new ClusterChange(List.copyOf(agents.all().values())).prepareBringBack(restore, safetyCopy, this::settle);
    }

    @Override
    public void prepareGiveBack(RestoreId restore) {
        new ClusterChange(List.copyOf(agents.all().values())).prepareGiveBack(restore, this::settle);
    }

    /** An abort of nothing tells every agent the epoch, and finds out whether it has what the restore has loaded. */
    @Override
    public StoreCluster openRestored(RestoreId restore) {
        CassandraCluster cluster = open(restore);
        try {
            cluster.requireRestored();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private CassandraCluster open(RestoreId restore) {
        CassandraSession session = session();
        try {
            return new CassandraCluster(session, keyspace, scratchDirectory, agents, restore);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private CassandraSession session() {
        return CassandraSession.open(cql.get(), sleeper);
    }
}
