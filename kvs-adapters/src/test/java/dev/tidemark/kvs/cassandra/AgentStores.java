package dev.tidemark.kvs.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.cql.CassandraCells;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CassandraTransactionTable;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.cql.TableStorage;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.cassandra.node.CassandraNodeOptions;
import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Stores on a cluster for tests, each in a keyspace of its own, with an agent beside each node. */
final class AgentStores implements AutoCloseable {
    static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CassandraServers servers;
    private final Path directory;
    private final CqlSettings settings;
    private final CassandraSession session;
    private final CqlSession statements;
    private final List<AgentConnector> stores = new ArrayList<>();

    /**
     * Connects to a cluster.
     *
     * @param directory for the state of the agents; what they stage lies beside the data of the nodes
     */
    AgentStores(CassandraServers servers, Path directory) {
        this.servers = servers;
        this.directory = directory;
        settings = CqlSettings.of(
                        servers.nodes().stream().map(CassandraServer::cql).toList(), servers.localDatacenter())
                .withRequestTimeout(LIMIT);
        this.session = openSession();
        this.statements = CqlSession.builder()
                .addContactPoints(
                        servers.nodes().stream().map(CassandraServer::cql).toList())
                .withLocalDatacenter(servers.localDatacenter())
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, LIMIT)
                        .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                        .build())
                .build();
    }

    /** Creates a keyspace with the transactions tables that {@link #SCHEMAS} need. */
    AgentConnector create() {
        AgentConnector store = empty();
        store.createSchema(Set.of(TableName.of("_transactions2")));
        return store;
    }

    /** Returns the way to a keyspace that does not exist. */
    AgentConnector empty() {
        String keyspace = servers.newKeyspaceName();
        List<CassandraNode> agents = new ArrayList<>();
        for (CassandraServer server : servers.nodes()) {
            agents.add(agent(server, keyspace));
        }
        AgentConnector store = new AgentConnector(keyspace, agents, this);
        stores.add(store);
        return store;
    }

    CassandraNode agent(CassandraServer server, String keyspace) {
        JmxOptions jmx = JmxOptions.of(
                server.jmx().getAddress().getHostAddress(), server.jmx().getPort());
        CassandraNodeOptions options = CassandraNodeOptions.of(keyspace, jmx, server.dataDirectories())
                .withStateDirectory(directory.resolve(server.name()));
        return CassandraNode.open(
                options,
                (schemas, seen) -> CassandraTransactionTable.ofAllReplicas(session, keyspace, schemas)
                        .abortAll(seen),
                Sleeper.system());
    }

    CassandraServers servers() {
        return servers;
    }

    CassandraSession session() {
        return session;
    }

    /** Opens another session for the caller, who closes it. */
    CassandraSession openSession() {
        return CassandraSession.open(settings, Sleeper.system());
    }

    CassandraCells cells(String keyspace) {
        return new CassandraCells(session, keyspace, SCHEMAS, TableStorage.values()[0], directory);
    }

    /** Executes a statement. */
    void cql(String statement) {
        statements.execute(statement);
    }

    boolean hasKeyspace(String keyspace) {
        String query = servers.version() == CassandraVersion.PALANTIR_2_2
                ? "SELECT keyspace_name FROM system.schema_keyspaces WHERE keyspace_name = '" + keyspace + "'"
                : "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = '" + keyspace + "'";
        return statements.execute(query).one() != null;
    }

    /** Ends the agents of all stores that were created so far. */
    void closeStores() {
        stores.forEach(AgentConnector::closeAgents);
        stores.clear();
    }

    @Override
    public void close() {
        closeStores();
        session.close();
        statements.close();
    }
}
