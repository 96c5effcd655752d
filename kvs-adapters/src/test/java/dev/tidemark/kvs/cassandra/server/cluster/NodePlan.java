package dev.tidemark.kvs.cassandra.server.cluster;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where one node is to live.
 *
 * @param name unique in the cluster
 * @param address a loopback address
 * @param directory for all of its files
 * @param dataDirectories how many of them
 * @param tokens its own
 */
public record NodePlan(
        String name,
        String address,
        int storagePort,
        int cqlPort,
        int jmxPort,
        Path directory,
        int dataDirectories,
        List<String> tokens) {

    public InetSocketAddress storage() {
        return new InetSocketAddress(address, storagePort);
    }

    public InetSocketAddress cql() {
        return new InetSocketAddress(address, cqlPort);
    }

    /** JMX without authentication is served on this address alone, whatever the node's own is. */
    public InetSocketAddress jmx() {
        return new InetSocketAddress("127.0.0.1", jmxPort);
    }

    /** What it has stored: all that {@code wipe} deletes. */
    public Path stored() {
        return directory.resolve("stored");
    }

    public List<Path> data() {
        return IntStream.range(0, dataDirectories)
                .mapToObj(i -> stored().resolve(i == 0 ? "data" : "data" + (i + 1)))
                .toList();
    }

    public Path configuration() {
        return directory.resolve("cassandra.yaml");
    }

    public Path logConfiguration() {
        return directory.resolve("logback.xml");
    }

    public Path log() {
        return directory.resolve("system.log");
    }

    public Path output() {
        return directory.resolve("output.txt");
    }
}
