package dev.tidemark.kvs.cassandra.server.forked;

import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import dev.tidemark.kvs.cassandra.server.ring.Ring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A cluster of child processes. */
final class ForkedServers implements CassandraServers {
    private static final Path PARENT = Path.of("target", "cassandra").toAbsolutePath();
    private static final AtomicInteger KEYSPACES = new AtomicInteger();

    private final ClusterShape shape;
    private final List<ForkedServer> nodes;
    private final Ring ring;
    private final Thread endWithThisJvm = new Thread(this::end, "end-cassandra");

    private ForkedServers(ClusterShape shape, List<ForkedServer> nodes) {
        this.shape = shape;
        this.nodes = List.copyOf(nodes);
        this.ring = new Ring(nodes);
    }

    /** Starts a cluster. */
    static ForkedServers start(ClusterShape shape) {
        try {
            ServerRuntime runtime = ServerRuntime.of(shape.version());
            List<NodePlan> plans = plans(shape);
            for (NodePlan plan : plans) {
                NodeConfiguration.write(
                        shape, plan.directory().getParent().getFileName().toString(), plan, plans);
            }
            ForkedServers servers = new ForkedServers(
                    shape,
                    plans.stream().map(plan -> new ForkedServer(runtime, plan)).toList());
            servers.startAll(runtime);
            return servers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startAll(ServerRuntime runtime) throws IOException {
        Runtime.getRuntime().addShutdownHook(endWithThisJvm);
        try {
            if (!runtime.archive().exists()) {
                nodes.get(0).start();
                runtime.archive().take(nodes.get(0));
            }
            nodes.stream().filter(node -> !node.isRunning()).forEach(ForkedServer::launch);
            awaitAllUp();
        } catch (RuntimeException e) {
            for (ForkedServer node : nodes) {
                e.addSuppressed(new IllegalStateException(node.lastLines()));
            }
            close();
            throw e;
        }
    }

    private static List<NodePlan> plans(ClusterShape shape) throws IOException {
        Files.createDirectories(PARENT);
        Path directory = Files.createTempDirectory(PARENT, shape.version().label() + "-");
        List<NodePlan> plans = new ArrayList<>();
        for (int i = 0; i < shape.nodes(); i++) {
            List<String> address = List.of("127.0.0.1");
            plans.add(new NodePlan(
                    "node" + (i + 1),
                    address.get(0),
                    FreePorts.next(address),
                    FreePorts.next(address),
                    FreePorts.next(address),
                    directory.resolve("node" + (i + 1)),
                    shape.dataDirectories(),
                    tokens(shape, i)));
        }
        return plans;
    }

    private static List<String> tokens(ClusterShape shape, int node) {
        return IntStream.range(0, shape.tokensPerNode())
                .mapToObj(round ->
                        shape.partitioner().token(round * shape.nodes() + node, shape.nodes() * shape.tokensPerNode()))
                .toList();
    }

    @Override
    public List<CassandraServer> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public ClusterShape shape() {
        return shape;
    }

    @Override
    public String localDatacenter() {
        return "datacenter1"; // what SimpleSnitch calls it
    }

    @Override
    public String newKeyspaceName() {
        return "keyspace" + KEYSPACES.incrementAndGet();
    }

    @Override
    public void awaitAllUp() {
        ring.awaitAllUp();
    }

    @Override
    public void awaitSeenDown(CassandraServer node) {
        ring.awaitSeenDown(node);
    }

    @Override
    public CassandraServers another(ClusterShape other) {
        return start(other);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(endWithThisJvm);
        end();
    }

    /** Leaves the logs. */
    private void end() {
        nodes.forEach(ForkedServer::kill);
        nodes.forEach(ForkedServer::wipe);
    }
}
