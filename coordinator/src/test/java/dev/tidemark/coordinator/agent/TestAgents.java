package dev.tidemark.coordinator.agent;

import dev.tidemark.coordinator.agent.client.AgentClient;
import dev.tidemark.coordinator.agent.client.AgentClientSettings;
import dev.tidemark.coordinator.agent.client.AgentClientSettings.Timeouts;
import dev.tidemark.coordinator.agent.client.RemoteNode;
import dev.tidemark.coordinator.agent.node.NodeConfiguration;
import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.agent.service.AgentConfiguration;
import dev.tidemark.coordinator.agent.service.AgentServer;
import dev.tidemark.coordinator.agent.service.AgentSettings;
import dev.tidemark.coordinator.config.ArchiveConfiguration;
import dev.tidemark.coordinator.config.KeyConfiguration;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Agents in this process, each behind a port of its own, closed together. To start one takes longer than a whole test, so that those
 * that only serve a node can serve another one after {@link #reset}.
 */
public final class TestAgents implements AutoCloseable {
    /** Short waits, so that a test that waits for something does not wait for long. */
    public static final Timeouts FAST = new Timeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofMillis(500),
            Duration.ofSeconds(10),
            Duration.ofMillis(50),
            Duration.ofMinutes(5));

    private final Path directory;
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final ThreadedPeriodicTasks periodicTasks = new ThreadedPeriodicTasks();
    private final Random random = new Random(7);
    private final List<AgentServer> servers = new ArrayList<>();
    private final List<Switched> switched = new ArrayList<>();
    private int serving;
    private int count;

    /**
     * Creates no agent yet.
     *
     * @param directory where agents keep what they must not forget, and where the archive is, if there is one
     */
    public TestAgents(Path directory) {
        this.directory = directory;
    }

    /** Returns seams on real time. */
    public EngineSeams seams() {
        return new EngineSeams(
                InstantSource.system(),
                MonotonicClock.system(),
                Sleeper.system(),
                periodicTasks,
                workers,
                random,
                "test");
    }

    /** Returns the configuration of an agent on a free port, with a directory of its own and the archive in {@code archive}. */
    public AgentConfiguration configuration() {
        return configuration(AgentSettings.of(directory.resolve("agent-" + count++)));
    }

    /** Returns the configuration of an agent on a free port with the archive in {@code archive}. */
    public AgentConfiguration configuration(AgentSettings settings) {
        AgentConfiguration configuration = new AgentConfiguration(
                settings,
                new NodeConfiguration.RocksDb(directory.resolve("not-used")),
                new ArchiveConfiguration.Filesystem(
                        directory.resolve("archive"), "", new KeyConfiguration.KeyFile(keyFile()), null));
        AgentServer.embed(configuration, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return configuration;
    }

    /** Returns a file with a key of zeros. */
    public Path keyFile() {
        Path file = directory.resolve("key");
        try {
            if (!Files.exists(file)) {
                Files.write(file, new byte[32]);
                file.toFile().setReadable(false, false);
                file.toFile().setReadable(true, true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Starts an agent over a node. */
    public AgentServer start(AgentConfiguration configuration, StoreNode node) {
        return start(configuration, new ServedNode("test", "", node, () -> {}), seams());
    }

    /** Starts an agent over a node. */
    public AgentServer start(AgentConfiguration configuration, ServedNode served, EngineSeams seams) {
        AgentServer server = AgentServer.start(configuration, ignored -> served, seams, variable -> null);
        servers.add(server);
        return server;
    }

    /** Returns a client with short waits. */
    public AgentClient client(URI endpoint) {
        return AgentClient.create(AgentClientSettings.of(endpoint).withTimeouts(FAST), seams());
    }

    /** Lets an agent serve the node, and returns the node behind it. */
    public RemoteNode serve(StoreNode node) {
        if (serving == switched.size()) {
            AtomicReference<StoreNode> present = new AtomicReference<>(node);
            AgentServer server = start(configuration(), delegate(present));
            switched.add(new Switched(server, present));
        }
        Switched agent = switched.get(serving++);
        agent.node.set(node);
        return client(agent.server.endpoint()).node();
    }

    /** Lets agents serve other nodes. */
    public void reset() {
        serving = 0;
    }

    private static StoreNode delegate(AtomicReference<StoreNode> present) {
        InvocationHandler handler = (proxy, method, arguments) -> invoke(method, present.get(), arguments);
        return (StoreNode)
                Proxy.newProxyInstance(StoreNode.class.getClassLoader(), new Class<?>[] {StoreNode.class}, handler);
    }

    private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Returns the way to the same store with every node behind an agent. */
    public StoreConnector behindAgents(StoreConnector connector) {
        return behind(connector, remote(connector));
    }

    /**
     * Returns the way to the same store with every target node behind an agent. The nodes of a store that this process has open are
     * used as they are: a store that is not served is for one process at a time.
     */
    public StoreConnector targetsBehindAgents(StoreConnector connector) {
        Map<String, StoreNode> remote = remote(connector);
        InvocationHandler handler =
                (proxy, method, arguments) -> method.getName().equals("targetNodes")
                        ? replaced(connector.targetNodes(), remote)
                        : invoke(method, connector, arguments);
        return (StoreConnector) Proxy.newProxyInstance(
                StoreConnector.class.getClassLoader(), new Class<?>[] {StoreConnector.class}, handler);
    }

    private Map<String, StoreNode> remote(StoreConnector connector) {
        Map<String, StoreNode> remote = new TreeMap<>();
        connector.targetNodes().forEach(node -> remote.put(node.id().id(), serve(node)));
        return remote;
    }

    /** Returns the way to the same store with these nodes in the place of its own. */
    public static StoreConnector behind(StoreConnector connector, Map<String, StoreNode> remote) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("targetNodes")) {
                return replaced(connector.targetNodes(), remote);
            }
            Object result = invoke(method, connector, arguments);
            return result instanceof StoreCluster cluster ? withNodes(cluster, remote) : result;
        };
        return (StoreConnector) Proxy.newProxyInstance(
                StoreConnector.class.getClassLoader(), new Class<?>[] {StoreConnector.class}, handler);
    }

    private static StoreCluster withNodes(StoreCluster cluster, Map<String, StoreNode> remote) {
        InvocationHandler handler =
                (proxy, method, arguments) -> method.getName().equals("nodes")
                        ? replaced(cluster.nodes(), remote)
                        : invoke(method, cluster, arguments);
        return (StoreCluster) Proxy.newProxyInstance(
                StoreCluster.class.getClassLoader(), new Class<?>[] {StoreCluster.class}, handler);
    }

    private static List<StoreNode> replaced(List<StoreNode> nodes, Map<String, StoreNode> remote) {
        return nodes.stream().map(node -> remote.get(node.id().id())).toList();
    }

    @Override
    public void close() {
        servers.forEach(AgentServer::close);
        periodicTasks.close();
        workers.shutdownNow();
    }

    private record Switched(AgentServer server, AtomicReference<StoreNode> node) {}
}
