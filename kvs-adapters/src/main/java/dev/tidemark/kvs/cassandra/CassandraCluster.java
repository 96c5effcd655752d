package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cassandra.AgentSet.Answers;
import dev.tidemark.kvs.cassandra.AgentSet.Known;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.cassandra.cql.CassandraCells;
import dev.tidemark.kvs.cassandra.cql.CassandraClocks;
import dev.tidemark.kvs.cassandra.cql.CassandraCoordination;
import dev.tidemark.kvs.cassandra.cql.CassandraSchema;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CassandraTopology;
import dev.tidemark.kvs.cassandra.cql.CassandraTopology.TopologyNode;
import dev.tidemark.kvs.cassandra.cql.CassandraTransactionTable;
import dev.tidemark.kvs.cassandra.cql.PaxosLeftovers;
import dev.tidemark.kvs.cassandra.cql.TableStorage;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Cluster side of a keyspace. Thread-safe. */
final class CassandraCluster implements StoreCluster {
    /** Tables of AtlasDB's sweeper that lose their meaning when replicas disagree; their names have no underscore in front. */
    private static final Set<String> SWEEP_TABLES = Set.of(
            "sweep__sweepProgressPerShard", "sweep__sweepIdToName", "sweep__sweepNameToId", "sweep__tableClears");

    private final CassandraSession session;
    private final String keyspace;
    private final Path scratchDirectory;
    private final AgentSet agents;
    /** The restore that the cluster is open for, or null. */
    private final RestoreId restore;

    CassandraCluster(
            CassandraSession session, String keyspace, Path scratchDirectory, AgentSet agents, RestoreId restore) {
        this.session = session;
        this.keyspace = keyspace;
        this.scratchDirectory = scratchDirectory;
        this.agents = agents;
        this.restore = restore;
    }

    /** Tells every agent the epoch, and fails unless each of them has what the restore has loaded or adopted. */
    void requireRestored() {
        for (CassandraAgent agent : agents.all().values()) {
            agent.abortAll(restore, TransactionsSchemaMap.always(1), List.of());
        }
    }

    @Override
    public StoreDescription describe() {
        CassandraTopology topology = topology();
        CassandraSchema schema = new CassandraSchema(session, keyspace);
        CassandraCoordination.Decision decision = coordination().read();
        return new StoreDescription(
                "cassandra",
                topology.version(),
                topology.nodes().stream().map(TopologyNode::description).toList(),
                topology.replicationFactor(),
                topology.writeQuorum(),
                new TreeSet<>(cells(decision.schemas()).tables()),
                schema.read(),
                decision.schemas(),
                decision.bound(),
                earliestReadableTimestamp(),
                topology.gcGrace());
    }

    /** AtlasDB's sweeper does not record how far it has got before it deletes: then nothing but a hold keeps a moment readable. */
    private long earliestReadableTimestamp() {
        CassandraCells cells = cells(TransactionsSchemaMap.always(1));
        return cells.tables().contains(StoreMetadata.TABLE)
                ? new StoreMetadata(cells).earliestReadableTimestamp()
                : StoreDescription.NOT_RECORDED;
    }

    @Override
    public List<Problem> check() {
        List<Problem> problems = new ArrayList<>();
        CassandraTopology topology = topology();
        Answers answers = agents.ask();
        for (Known agent : answers.known()) {
            if (agent.status().isUp()) {
                checkAgent(agent, topology, problems);
            }
        }
        for (TopologyNode node : topology.nodes()) {
            problemOf(node, answers)
                    .ifPresent(problem ->
                            problems.add(new Problem(false, problem, "Start the node and the agent beside it.")));
        }
        if (!session.isSchemaAgreed()) {
            problems.add(new Problem(
                    true,
                    "the nodes of cluster '" + topology.clusterName() + "' do not agree on the schema",
                    "Wait until 'nodetool describecluster' shows one schema version."));
        }
        problems.sort((one, other) -> Boolean.compare(other.isBlocking(), one.isBlocking()));
        return problems;
    }

    private static Optional<String> problemOf(TopologyNode node, Answers answers) {
        Optional<Known> agent = answers.known().stream()
                .filter(known -> known.id().equals(node.id()))
                .findFirst();
        if (agent.isEmpty()) {
            String reasons = answers.silent().isEmpty() ? "" : ": " + String.join("; ", answers.silent());
            return Optional.of("node '" + node.id() + "' " + (node.isUp() ? "" : "is down and ")
                    + "has no agent that answers" + reasons);
        }
        if (!agent.get().status().isUp()) {
            return Optional.of("node '" + node.id() + "' does not answer its agent: "
                    + agent.get().status().problem());
        }
        return node.isUp() ? Optional.empty() : Optional.of("node '" + node.id() + "' is down");
    }

    private static void checkAgent(Known agent, CassandraTopology topology, List<Problem> problems) {
        if (!agent.status().clusterName().equals(topology.clusterName())) {
            problems.add(new Problem(
                    true,
                    "the agent of node '" + agent.id() + "' is in cluster '"
                            + agent.status().clusterName() + "' (expected: '" + topology.clusterName() + "')",
                    "Correct the list of the store's agents."));
            return;
        }
        Optional<TopologyNode> node = topology.nodes().stream()
                .filter(candidate -> candidate.id().equals(agent.id()))
                .findFirst();
        if (!node.map(found -> found.hostId().toString())
                .equals(Optional.of(agent.status().hostId()))) {
            problems.add(new Problem(
                    true,
                    "the agent of node '" + agent.id() + "' says host id "
                            + agent.status().hostId()
                            + " (expected, from the ring: "
                            + node.map(found -> found.hostId().toString()).orElse("no such node") + ")",
                    "Correct the list of the store's agents."));
        }
    }

    @Override
    public List<StoreNode> nodes() {
        return agents.up();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A node that has loaded files of other nodes is rid first of what lies outside of its token ranges. With AtlasDB's internal
     * tables those of its sweeper are repaired.
     */
    @Override
    public void repair(Set<TableName> tables) {
        Set<TableName> all =
                withSweepTables(tables, cells(TransactionsSchemaMap.always(1)).tables());
        if (restore != null) {
            for (Known agent : agents.ask().known()) {
                if (agent.status().marks().stream().anyMatch(mark -> mark.phase() == Phase.LOADED)) {
                    agent.agent().cleanup();
                }
            }
        }
        agents.all().values().forEach(agent -> agent.repair(all));
    }

    static Set<TableName> withSweepTables(Set<TableName> wanted, Set<TableName> existing) {
        Set<TableName> all = new TreeSet<>(wanted);
        if (wanted.stream().anyMatch(TableName::isInternal)) {
            existing.stream()
                    .filter(table -> SWEEP_TABLES.contains(table.name()))
                    .forEach(all::add);
        }
        return all;
    }

    @Override
    public void raiseEarliestReadableTimestamp(long timestamp) {
        CassandraCells cells = cells(TransactionsSchemaMap.always(1));
        if (cells.tables().contains(StoreMetadata.TABLE)) {
            new StoreMetadata(cells).raiseEarliestReadableTimestamp(timestamp);
        }
    }

    @Override
    public void adoptTransactionsSchemas(TransactionsSchemaMap schemas, long bound) {
        coordination().adopt(new CassandraCoordination.Decision(schemas, bound));
    }

    @Override
    public void prepareClean(TimestampRange starts) {
        new CassandraClocks(session, keyspace, coordination().read().schemas()).requireAhead(starts);
        PaxosLeftovers.complete(session, keyspace);
    }

    @Override
    public TransactionTable transactionTable() {
        TransactionsSchemaMap schemas = coordination().read().schemas();
        if (restore == null) {
            return CassandraTransactionTable.ofQuorum(session, keyspace, schemas);
        }
        return new FencedTransactionTable(
                CassandraTransactionTable.ofAllReplicas(session, keyspace, schemas),
                List.copyOf(agents.all().values()),
                restore,
                schemas);
    }

    @Override
    public CellStore cells() {
        return cells(coordination().read().schemas());
    }

    @Override
    public void close() {
        session.close();
    }

    private CassandraCells cells(TransactionsSchemaMap schemas) {
        return new CassandraCells(session, keyspace, schemas, TableStorage.COMPACT, scratchDirectory);
    }

    private CassandraTopology topology() {
        return CassandraTopology.read(session, keyspace);
    }

    private CassandraCoordination coordination() {
        return new CassandraCoordination(session, keyspace);
    }
}
