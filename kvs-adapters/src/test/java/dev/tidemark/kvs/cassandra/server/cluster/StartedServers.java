package dev.tidemark.kvs.cassandra.server.cluster;

import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import dev.tidemark.kvs.cassandra.server.ServerProvider;
import dev.tidemark.kvs.cassandra.server.ring.Ring;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A cluster that ends with this JVM if it isn't closed before. */
public final class StartedServers implements CassandraServers {
    private static final AtomicInteger KEYSPACES = new AtomicInteger();

    private final ClusterShape shape;
    private final List<? extends PlannedServer> nodes;
    private final ServerProvider provider;
    private final Runnable afterwards;
    private final Ring ring;
    private final Thread endWithThisJvm = new Thread(this::end, "end-cassandra");

    /**
     * @param provider starts further clusters
     * @param afterwards gives back what the nodes have shared, when all have ended
     */
    public StartedServers(
            ClusterShape shape, List<? extends PlannedServer> nodes, ServerProvider provider, Runnable afterwards) {
        this.shape = shape;
        this.nodes = List.copyOf(nodes);
        this.provider = provider;
        this.afterwards = afterwards;
        this.ring = new Ring(nodes);
    }

    /** What a provider does before the nodes are launched. */
    public interface Preparation {
        void run() throws IOException;
    }

    /**
     * Starts all nodes that don't run yet, at the same time, and waits until all are up. If one fails, all are ended, and the failure
     * carries their last words.
     */
    public StartedServers start(Preparation preparation) throws IOException {
        Runtime.getRuntime().addShutdownHook(endWithThisJvm);
        try {
            preparation.run();
            for (PlannedServer node : nodes) {
                if (!node.isRunning()) {
                    node.launch();
                }
            }
            awaitAllUp();
            return this;
        } catch (IOException | RuntimeException e) {
            for (PlannedServer node : nodes) {
                e.addSuppressed(new IllegalStateException(node.lastLines()));
            }
            close();
            throw e;
        }
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
        return provider.start(other);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(endWithThisJvm);
        end();
    }

    /** Leaves the logs. */
    private void end() {
        nodes.forEach(PlannedServer::kill);
        afterwards.run();
        nodes.forEach(PlannedServer::wipe);
    }
}
