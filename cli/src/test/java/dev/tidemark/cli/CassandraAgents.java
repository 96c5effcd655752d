package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.agent.client.AgentClient;
import dev.tidemark.coordinator.agent.client.AgentClientSettings;
import dev.tidemark.coordinator.agent.protocol.TaskState;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Agents in processes of their own, one beside each node of a cluster, which demand a token. Their coordinator's configuration is made
 * of that of {@link CommandRun#configure}. Closing kills them.
 */
final class CassandraAgents implements AutoCloseable {
    /** Where an agent stages files, in the directory of its node. */
    static final String STAGING = "staging-of-agents";

    private static final String TOKEN = "secret-of-the-agents";

    private final Path directory;
    private final CassandraServers servers;
    private final String keyspace;
    private final List<AgentProcess> agents = new ArrayList<>();
    private Duration patience = Duration.ofSeconds(60);
    private final ThreadedPeriodicTasks periodicTasks = new ThreadedPeriodicTasks();
    private final EngineSeams seams = new EngineSeams(
            InstantSource.system(),
            MonotonicClock.system(),
            Sleeper.system(),
            periodicTasks,
            Runnable::run,
            new Random(3),
            "test");

    private CassandraAgents(Path directory, CassandraServers servers, String keyspace) {
        this.directory = directory;
        this.servers = servers;
        this.keyspace = keyspace;
    }

    /**
     * Starts the agents and configures the coordinator.
     *
     * @param directory the coordinator's
     * @param settings more lines of the section {@code agent}, indented by two after the first
     */
    static CassandraAgents start(Path directory, CassandraServers servers, String keyspace, String settings)
            throws IOException {
        CassandraAgents all = new CassandraAgents(directory, servers, keyspace);
        Files.createFile(
                all.token(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(all.token(), TOKEN + "\n");
        for (CassandraServer node : servers.nodes()) {
            all.agents.add(all.prepare(node, node.jmx(), "agent-" + node.name(), settings));
        }
        all.agents.stream()
                .map(agent -> CompletableFuture.runAsync(() -> start(agent)))
                .toList()
                .forEach(CompletableFuture::join);
        all.configure(all.agents);
        return all;
    }

    private static void start(AgentProcess agent) {
        try {
            agent.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns another agent of a node, which does not run yet.
     *
     * @param jmx where it thinks that the node's JMX is
     */
    AgentProcess prepare(CassandraServer node, InetSocketAddress jmx, String name, String settings) throws IOException {
        Path place = directory.resolve(name);
        String section = "type: cassandra\n  keyspace: " + keyspace
                + "\n  contactPoints: " + contactPoints()
                + "\n  localDatacenter: " + servers.localDatacenter()
                + "\n  local:"
                + "\n    jmx: " + address(jmx)
                + "\n    dataDirectories: " + node.dataDirectories()
                + "\n    stateDirectory: " + place.resolve("node")
                + "\n    stagingDirectory: " + node.directory().resolve(STAGING);
        return AgentProcess.prepare(
                place,
                section,
                directory,
                "token:\n    file: " + token() + (settings.isEmpty() ? "" : "\n  " + settings));
    }

    /** Writes the coordinator's configuration with these agents. */
    void configure(List<AgentProcess> named) throws IOException {
        CommandRun.configure(directory);
        String store = "        type: cassandra\n        keyspace: " + keyspace
                + "\n        localDatacenter: " + servers.localDatacenter()
                + "\n        contactPoints: " + contactPoints()
                + "\n        agents:\n"
                + named.stream()
                        .map(agent -> "        - url: " + agent.endpoint() + "\n          token:\n            file: "
                                + token() + "\n          patience: " + patience + "\n")
                        .collect(Collectors.joining());
        Path config = directory.resolve("tidemark.yml");
        Files.writeString(
                config,
                Files.readString(config).replaceAll(" +type: rocksdb\n +directory: store\n", store)
                        + "operations:\n  lockLease: PT5S\n");
        assertThat(Files.readString(config)).contains("cassandra");
    }

    /** Lets the coordinator wait that long for an agent that is away; before {@link #configure}. */
    CassandraAgents withPatience(Duration newPatience) {
        patience = newPatience;
        return this;
    }

    private Path token() {
        return directory.resolve("token");
    }

    private String contactPoints() {
        return servers.nodes().stream()
                .map(node -> address(node.cql()))
                .toList()
                .toString();
    }

    private static String address(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    /** Returns the agents in the order of the nodes. */
    List<AgentProcess> all() {
        return agents;
    }

    AgentProcess of(int node) {
        return agents.get(node);
    }

    /** Returns a client of an agent. */
    AgentClient client(AgentProcess agent) {
        return AgentClient.create(AgentClientSettings.of(agent.endpoint()).withToken(TOKEN), seams);
    }

    /** Returns the tasks of a kind that an agent knows. */
    List<TaskStatus> tasks(AgentProcess agent, String kind) {
        return client(agent).tasks().stream()
                .filter(task -> task.kind().equals(kind))
                .toList();
    }

    /** Waits until an agent has a task of a kind in a state, and returns it. */
    TaskStatus awaitTask(AgentProcess agent, String kind, TaskState state) {
        Predicate<TaskStatus> isMeant = task -> task.state() == state;
        return await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> tasks(agent, kind).stream().filter(isMeant).toList(), found -> !found.isEmpty())
                .get(0);
    }

    @Override
    public void close() {
        agents.forEach(AgentProcess::close);
        periodicTasks.close();
    }
}
