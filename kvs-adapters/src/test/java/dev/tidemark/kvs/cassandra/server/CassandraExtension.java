package dev.tidemark.kvs.cassandra.server;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives the tests of a class a running cluster. Clusters are shared by all classes of a JVM that ask for the same shape, and end with the
 * JVM: a test works in a keyspace of its own, and leaves the nodes in whatever state it likes.
 *
 * {@snippet :
 *     @RegisterExtension
 *     static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);
 * }
 */
public final class CassandraExtension implements BeforeAllCallback {
    private static final Map<ClusterShape, CassandraServers> SHARED = new HashMap<>();

    private final ClusterShape shape;
    private CassandraServers servers;

    private CassandraExtension(ClusterShape shape) {
        this.shape = shape;
    }

    /** Asks for a cluster of Apache Cassandra 5.0. */
    public static CassandraExtension ofNodes(int count) {
        return of(CassandraVersion.APACHE_5_0, count);
    }

    public static CassandraExtension of(CassandraVersion version, int count) {
        return of(ClusterShape.of(version, count));
    }

    public static CassandraExtension of(ClusterShape shape) {
        return new CassandraExtension(shape);
    }

    /** Starts the cluster, or what other classes have left stopped or paused of it. */
    @Override
    public void beforeAll(ExtensionContext context) {
        synchronized (SHARED) {
            servers = SHARED.get(shape);
            if (servers == null) {
                servers = ServerProvider.chosen().start(shape);
                SHARED.put(shape, servers);
                return;
            }
        }
        for (CassandraServer node : servers.nodes()) {
            node.resume();
            node.start();
        }
        servers.awaitAllUp();
    }

    /**
     * Returns the cluster.
     *
     * @throws IllegalStateException before the first test of the class
     */
    public CassandraServers servers() {
        if (servers == null) {
            throw new IllegalStateException(
                    "cluster of " + shape + ": not started (expected: a static field with @RegisterExtension)");
        }
        return servers;
    }
}
