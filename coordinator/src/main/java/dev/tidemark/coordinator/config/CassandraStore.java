package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.agent.client.AgentClient;
import dev.tidemark.coordinator.agent.client.AgentClientSettings;
import dev.tidemark.coordinator.agent.client.AgentExpectation;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.cassandra.CassandraConnector;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CassandraTransactionTable;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.cassandra.node.CassandraNodeOptions;
import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import dev.tidemark.kvs.cluster.StoreConnector;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a process has open for one configured Cassandra store: agents, opened when they are first needed. Thread-safe. */
final class CassandraStore implements AutoCloseable {
    private final StoreConfiguration.Cassandra configuration;
    private final SecretReader secrets;
    private final EngineSeams seams;
    private final StoreConnector connector;
    private final List<CassandraNode> local = new ArrayList<>();
    private List<CassandraAgent> agents;
    private CassandraSession session;

    CassandraStore(StoreConfiguration.Cassandra configuration, SecretReader secrets, EngineSeams seams) {
        this.configuration = configuration;
        this.secrets = secrets;
        this.seams = seams;
        Path scratch = configuration.scratchDirectory() == null
                ? Path.of(System.getProperty("java.io.tmpdir"))
                : configuration.scratchDirectory();
        connector = new CassandraConnector(
                this::settings,
                configuration.keyspace(),
                configuration.replication(),
                scratch,
                this::agents,
                seams.sleeper());
    }

    StoreConnector connector() {
        return connector;
    }

    private synchronized List<CassandraAgent> agents() {
        if (agents == null) {
            List<CassandraAgent> opened = new ArrayList<>();
            configuration.agents().forEach(agent -> opened.add(remote(agent)));
            for (CassandraLocalNode node : configuration.nodes()) {
                CassandraNode one = open(node);
                local.add(one);
                opened.add(one);
            }
            agents = List.copyOf(opened);
        }
        return agents;
    }

    private CassandraAgent remote(CassandraAgentAddress agent) {
        TokenConfiguration token = agent.token();
        AgentClientSettings client = AgentClientSettings.of(agent.url())
                .withExpected(AgentExpectation.cassandra("", configuration.keyspace()));
        return AgentClient.create(
                        token == null
                                ? client
                                : client.withToken(secrets.line("token", token.file(), token.environment())),
                        seams)
                .node();
    }

    private CassandraNode open(CassandraLocalNode node) {
        InetSocketAddress jmx = node.jmxAddress();
        CassandraNodeOptions options = CassandraNodeOptions.of(
                configuration.keyspace(), JmxOptions.of(jmx.getHostString(), jmx.getPort()), node.dataDirectories());
        if (node.stateDirectory() != null) {
            options = options.withStateDirectory(node.stateDirectory());
        }
        if (node.stagingDirectory() != null) {
            options = options.withStagingDirectory(node.stagingDirectory());
        }
        return CassandraNode.open(
                options,
                (schemas, seen) -> CassandraTransactionTable.ofAllReplicas(session(), configuration.keyspace(), schemas)
                        .abortAll(seen),
                seams.sleeper());
    }

    private synchronized CassandraSession session() {
        if (session == null) {
            session = CassandraSession.open(settings(), seams.sleeper());
        }
        return session;
    }

    private CqlSettings settings() {
        CqlSettings settings = CqlSettings.of(
                configuration.contactPoints().stream()
                        .map(CassandraLocalNode::address)
                        .toList(),
                configuration.localDatacenter());
        CassandraCredentials credentials = configuration.credentials();
        return credentials == null
                ? settings
                : settings.withCredentials(new CqlSettings.Credentials(
                        credentials.user(),
                        secrets.line(
                                "password",
                                credentials.password().file(),
                                credentials.password().environment())));
    }

    @Override
    public synchronized void close() {
        local.forEach(CassandraNode::close);
        local.clear();
        if (session != null) {
            session.close();
        }
    }
}
