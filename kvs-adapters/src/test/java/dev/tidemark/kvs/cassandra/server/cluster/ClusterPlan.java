package dev.tidemark.kvs.cassandra.server.cluster;

import dev.tidemark.kvs.cassandra.server.ClusterShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the nodes of one cluster are to live.
 *
 * @param directory holds the directories of the nodes
 */
public record ClusterPlan(ClusterShape shape, Path directory, List<NodePlan> nodes) {
    private static final Path PARENT = Path.of("target", "cassandra").toAbsolutePath();
    private static final String ADDRESS = "127.0.0.1";

    public ClusterPlan {
        nodes = List.copyOf(nodes);
    }

    /** Makes a directory in {@code target} and finds free ports of this machine's loopback addresses. */
    public static ClusterPlan create(ClusterShape shape) throws IOException {
        Files.createDirectories(PARENT);
        Path directory = Files.createTempDirectory(PARENT, shape.version().label() + "-");
        return new ClusterPlan(
                shape,
                directory,
                switch (shape.version()) {
                    case APACHE_4_1, APACHE_5_0 -> onOneAddress(shape, directory);
                    case PALANTIR_2_2 -> onOneAddressEach(shape, directory);
                });
    }

    public String name() {
        return directory.getFileName().toString();
    }

    /**
     * Writes what the nodes read when they start.
     *
     * @param clientAddress where each listens for clients, if that isn't its own address
     */
    public void write(String clientAddress) throws IOException {
        for (NodePlan node : nodes) {
            NodeConfiguration.write(this, node, clientAddress);
        }
    }

    /** Writes what the nodes read when they start; each listens on its own address alone. */
    public void write() throws IOException {
        for (NodePlan node : nodes) {
            NodeConfiguration.write(this, node, node.address());
        }
    }

    /** Nodes with ports of their own: since 4.0 a node knows the ports of the others. */
    private static List<NodePlan> onOneAddress(ClusterShape shape, Path directory) throws IOException {
        List<NodePlan> nodes = new ArrayList<>();
        for (int i = 0; i < shape.nodes(); i++) {
            nodes.add(node(shape, directory, i, ADDRESS, FreePorts.next(ADDRESS), FreePorts.next(ADDRESS)));
        }
        return nodes;
    }

    /** Nodes with addresses of their own: before 4.0 a node takes the ports of the others to be the same as its own. */
    private static List<NodePlan> onOneAddressEach(ClusterShape shape, Path directory) throws IOException {
        List<String> addresses = IntStream.rangeClosed(1, shape.nodes())
                .mapToObj(i -> "127.0.0." + i)
                .toList();
        int storagePort = FreePorts.next(addresses);
        int cqlPort = FreePorts.next(addresses);
        List<NodePlan> nodes = new ArrayList<>();
        for (int i = 0; i < shape.nodes(); i++) {
            nodes.add(node(shape, directory, i, addresses.get(i), storagePort, cqlPort));
        }
        return nodes;
    }

    private static NodePlan node(
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
}
