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
    private static final String ADDRESS = "127.0.0.1";
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
        return switch (shape.version()) {
            case APACHE_5_0 -> onOneAddress(shape, directory);
            case PALANTIR_2_2 -> onOneAddressEach(shape, directory);
        };
    }

    /** Nodes with ports of their own: since 4.0 a node knows the ports of the others. */
    private static List<NodePlan> onOneAddress(ClusterShape shape, Path directory) throws IOException {
        List<NodePlan> plans = new ArrayList<>();
        for (int i = 0; i < shape.nodes(); i++) {
            plans.add(plan(shape, directory, i, ADDRESS, FreePorts.next(ADDRESS), FreePorts.next(ADDRESS)));
        }
        return plans;
    }

    /** Nodes with addresses of their own: before 4.0 a node takes the ports of the others to be the same as its own. */
    private static List<NodePlan> onOneAddressEach(ClusterShape shape, Path directory) throws IOException {
        List<String> addresses = IntStream.rangeClosed(1, shape.nodes())
                .mapToObj(i -> "127.0.0." + i)
                .toList();
        int storagePort = FreePorts.next(addresses);
        int cqlPort = FreePorts.next(addresses);
        List<NodePlan> plans = new ArrayList<>();
        for (int i = 0; i < shape.nodes(); i++) {
            plans.add(plan(shape, directory, i, addresses.get(i), storagePort, cqlPort));
        }
        return plans;
    }

    private static NodePlan plan(
            ClusterShape shape, Path directory, int index, String address, int storagePort, int cqlPort)
            throws IOException {
        String name = "node" + (index + 1);
        return new NodePlan(
                name,
                address,
                storagePort,
                cqlPort,
                FreePorts.next(ADDRESS),
                directory.resolve(name),
                shape.dataDirectories(),
                tokens(shape, index));
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
