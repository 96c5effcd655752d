package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.cassandra.cql.CassandraTransactionTable;
import dev.tidemark.kvs.cassandra.cql.PaxosLeftovers;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.cluster.Placement;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.cluster.TableSelection;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The way to one keyspace through the agents of its nodes: as much of a connector as the contracts of nodes need. */
final class AgentConnector implements StoreConnector {
    private static final String TABLES = "tables";

    private final String keyspace;
    private final List<CassandraNode> agents;
    private final AgentStores stores;
    private final ClusterChange change;

    AgentConnector(String keyspace, List<CassandraNode> agents, AgentStores stores) {
        this.keyspace = keyspace;
        this.agents = agents;
        this.stores = stores;
        this.change = new ClusterChange(List.copyOf(agents));
    }

    String keyspace() {
        return keyspace;
    }

    List<CassandraNode> agents() {
        return agents;
    }

    void closeAgents() {
        agents.forEach(CassandraNode::close);
    }

    @Override
    public StoreCluster connect() {
        requireUnmarked();
        if (!stores.hasKeyspace(keyspace)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE, "there is no keyspace '" + keyspace + "'", "Create it.");
        }
        return new Cluster(this::requireUnmarked);
    }

    private void requireUnmarked() {
        for (CassandraNode agent : agents) {
            mark(agent).ifPresent(mark -> {
                throw incomplete(mark);
            });
        }
    }

    @Override
    public List<StoreNode> targetNodes() {
        return List.copyOf(agents);
    }

    @Override
    public List<Placement> place(List<NodeDescription> backedUp, Map<String, String> schema) {
        return backedUp.stream()
                .map(node -> new Placement(node.id(), List.of(node.id().id()), true))
                .toList();
    }

    @Override
    public TableSelection select(Map<String, String> schema, Set<TableName> tables) {
        throw new UnsupportedOperationException("the contracts restore all tables");
    }

    @Override
    public List<String> otherClients() {
        return List.of();
    }

    @Override
    public void prepareLoad(RestoreId restore, Map<String, String> schema) {
        Set<TableName> tables = Arrays.stream(schema.get(TABLES).split(",", -1))
                .map(TableName::of)
                .collect(Collectors.toCollection(TreeSet::new));
        change.prepareLoad(restore, () -> createSchema(tables), this::settle);
    }

    @Override
    public void prepareBringBack(RestoreId restore, String safetyCopy) {
        change.prepareBringBack(restore, safetyCopy, this::settle);
    }

    @Override
    public void prepareGiveBack(RestoreId restore) {
        change.prepareGiveBack(restore, this::settle);
    }

    private void settle() {
        PaxosLeftovers.settle(stores.session(), keyspace);
    }

    void createSchema(Set<TableName> tables) {
        stores.cql(
                ("CREATE KEYSPACE IF NOT EXISTS \"%s\" WITH replication = {'class': 'NetworkTopologyStrategy', '%s': %d}")
                        .formatted(keyspace, stores.servers().localDatacenter(), Math.min(3, agents.size())));
        tables.forEach(stores.cells(keyspace)::createTable);
    }

    @Override
    public StoreCluster openRestored(RestoreId restore) {
        for (CassandraNode agent : agents) {
            mark(agent).filter(mark -> !isOf(restore, mark)).ifPresent(mark -> {
                throw incomplete(mark);
            });
        }
        requireOpen(restore);
        return new Cluster(() -> requireOpen(restore));
    }

    /** A restore that is complete, and only that, can be completed again without a mark; and no statement is executed for any other. */
    private void requireOpen(RestoreId restore) {
        for (CassandraNode agent : agents) {
            if (mark(agent).isEmpty()) {
                agent.completeRestore(restore);
            } else {
                agent.abortAll(restore, AgentStores.SCHEMAS, List.of());
            }
        }
    }

    Phase phase(int node) {
        return mark(agents.get(node)).orElseThrow().phase();
    }

    private static Optional<ChangeMark> mark(CassandraNode agent) {
        return agent.status().marks().stream().findFirst();
    }

    private static boolean isOf(RestoreId restore, ChangeMark mark) {
        return mark.restore().id().equals(restore.id());
    }

    private static KeyValueStoreException incomplete(ChangeMark mark) {
        return new KeyValueStoreException(
                ErrorCode.RESTORE_INCOMPLETE, "restore '" + mark.restore() + "' has not ended", "Resume it.");
    }

    /** The cells, and the transactions table, as long as the guard allows it. */
    private final class Cluster implements StoreCluster {
        private final Runnable guard;

        private Cluster(Runnable guard) {
            this.guard = guard;
        }

        @Override
        public StoreDescription describe() {
            Set<TableName> tables = stores.cells(keyspace).tables();
            List<NodeDescription> nodes = new ArrayList<>();
            agents.forEach(agent -> nodes.add(new NodeDescription(agent.id(), true, List.of("all"))));
            return new StoreDescription(
                    "cassandra",
                    agents.get(0).status().version(),
                    nodes,
                    Math.min(3, agents.size()),
                    Math.min(3, agents.size()) / 2 + 1,
                    new TreeSet<>(tables),
                    Map.of(TABLES, tables.stream().map(TableName::name).collect(Collectors.joining(","))),
                    AgentStores.SCHEMAS,
                    Long.MAX_VALUE,
                    0,
                    Duration.ofHours(1));
        }

        @Override
        public List<Problem> check() {
            return List.of();
        }

        @Override
        public List<StoreNode> nodes() {
            return targetNodes();
        }

        @Override
        public void repair(Set<TableName> tables) {
            agents.forEach(agent -> agent.repair(tables));
        }

        @Override
        public void raiseEarliestReadableTimestamp(long timestamp) {}

        @Override
        public void prepareClean(TimestampRange starts) {}

        @Override
        public void adoptTransactionsSchemas(TransactionsSchemaMap schemas, long bound) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TransactionTable transactionTable() {
            return guarded(
                    TransactionTable.class,
                    CassandraTransactionTable.ofAllReplicas(stores.session(), keyspace, AgentStores.SCHEMAS));
        }

        @Override
        public CellStore cells() {
            return guarded(CellStore.class, stores.cells(keyspace));
        }

        private <T> T guarded(Class<T> type, T target) {
            Object proxy = Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (unused, method, arguments) -> {
                        guard.run();
                        try {
                            return method.invoke(target, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            return type.cast(proxy);
        }

        @Override
        public void close() {}
    }
}
