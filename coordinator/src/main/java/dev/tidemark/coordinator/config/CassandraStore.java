package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.agent.client.AgentClient;
import dev.tidemark.coordinator.agent.client.AgentClientSettings;
import dev.tidemark.coordinator.agent.client.AgentExpectation;
import dev.tidemark.coordinator.agent.protocol.AgentStatus;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cassandra.CassandraConnector;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.cluster.StoreConnector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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
        this.nodes =
                new CassandraNodeOpener(configuration.keyspace(), configuration.access(), environment, seams.sleeper());
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

    /** Asks each agent how it is. One that does not answer says so in its report, and so does whatever else is wrong with it. */
    List<AgentReport> reports(String store) {
        List<AgentReport> reports = new ArrayList<>();
        for (CassandraAgentAddress agent : configuration.agents()) {
            String address = agent.url().toString();
            reports.add(reportOf(store, address, () -> report(store, address, askedOnce(agent))));
        }
        for (CassandraLocalNode node : configuration.nodes()) {
            reports.add(reportOf(store, node.jmx(), () -> report(store, node.jmx(), openLocal(node))));
        }
        return reports;
    }

    private static AgentReport reportOf(String store, String address, Supplier<AgentReport> question) {
        try {
            return question.get();
        } catch (TidemarkException e) {
            return AgentReport.silent(store, address, e.getMessage());
        }
    }

    private static AgentReport report(String store, String address, AgentClient client) {
        AgentStatus status = client.status();
        return new AgentReport(
                store,
                address,
                "",
                status.node(),
                status.cassandra(),
                status.isPaused(),
                client.node().usableBytes(),
                client.tasks().stream().limit(1).toList());
    }

    private static AgentReport report(String store, String address, CassandraNode node) {
        NodeStatus status = node.status();
        return new AgentReport(
                store,
                address,
                "",
                status.isUp() ? node.id().id() : "",
                List.of(status),
                false,
                node.usableBytes(),
                List.of());
    }

    /** Nodes stay open when a later one can't be opened, for the next attempt. */
    private synchronized CassandraNode openLocal(CassandraLocalNode node) {
        return local.computeIfAbsent(node, nodes::open);
    }

    private CassandraAgent remote(CassandraAgentAddress agent) {
        return client(agent).node();
    }

    private AgentClient client(CassandraAgentAddress agent) {
        return AgentClient.create(settings(agent), seams);
    }

    private AgentClient askedOnce(CassandraAgentAddress agent) {
        AgentClientSettings settings = settings(agent);
        return AgentClient.create(settings.withTimeouts(settings.timeouts().withRetryBudget(Duration.ZERO)), seams);
    }

    private AgentClientSettings settings(CassandraAgentAddress agent) {
        return agent.client(secrets).withExpected(AgentExpectation.cassandra("", configuration.keyspace()));
    }

    @Override
    public synchronized void close() {
        local.values().forEach(CassandraNode::close);
        local.clear();
        nodes.close();
    }
}
