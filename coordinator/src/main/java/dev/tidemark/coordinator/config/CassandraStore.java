package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.agent.client.AgentClient;
import dev.tidemark.coordinator.agent.client.AgentExpectation;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.cassandra.CassandraConnector;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.cluster.StoreConnector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What a process has open for one configured Cassandra store: agents, opened when they are first needed. Thread-safe. */
final class CassandraStore implements AutoCloseable {
    private final StoreConfiguration.Cassandra configuration;
    private final SecretReader secrets;
    private final EngineSeams seams;
    private final CassandraNodeOpener nodes;
    private final StoreConnector connector;
    private final Map<CassandraLocalNode, CassandraNode> local = new HashMap<>();
    private List<CassandraAgent> agents;

    CassandraStore(StoreConfiguration.Cassandra configuration, UnaryOperator<String> environment, EngineSeams seams) {
        this.configuration = configuration;
        this.secrets = new SecretReader(environment);
        this.seams = seams;
        this.nodes = new CassandraNodeOpener(
                configuration.keyspace(),
                configuration.contactPoints(),
                configuration.localDatacenter(),
                configuration.credentials(),
                environment,
                seams.sleeper());
        Path scratch = configuration.scratchDirectory() == null
                ? Path.of(System.getProperty("java.io.tmpdir"))
                : configuration.scratchDirectory();
        connector = new CassandraConnector(
                nodes::settings,
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
                opened.add(openLocal(node));
            }
            agents = List.copyOf(opened);
        }
        return agents;
    }

    /** Nodes stay open when a later one can't be opened, for the next attempt. */
    private CassandraNode openLocal(CassandraLocalNode node) {
        return local.computeIfAbsent(node, nodes::open);
    }

    private CassandraAgent remote(CassandraAgentAddress agent) {
        return AgentClient.create(
                        agent.client(secrets).withExpected(AgentExpectation.cassandra("", configuration.keyspace())),
                        seams)
                .node();
    }

    @Override
    public synchronized void close() {
        local.values().forEach(CassandraNode::close);
        local.clear();
        nodes.close();
    }
}
