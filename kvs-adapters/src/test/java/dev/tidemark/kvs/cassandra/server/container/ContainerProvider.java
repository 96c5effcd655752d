package dev.tidemark.kvs.cassandra.server.container;

import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import dev.tidemark.kvs.cassandra.server.ServerProvider;
import dev.tidemark.kvs.cassandra.server.cluster.ClusterPlan;
import dev.tidemark.kvs.cassandra.server.cluster.StartedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/**
 * Runs nodes in containers of the Docker engine of this machine, by way of Testcontainers. The system property
 * {@code cassandra.image} names the image, {@code cassandra:5.0} if it isn't set.
 */
public final class ContainerProvider implements ServerProvider {
    private static final String NAME = "testcontainers";
    private static final String IMAGE_PROPERTY = "cassandra.image";
    private static final String DEFAULT_IMAGE = "cassandra:5.0";

    /** The nodes share a network of their own, in which clients from outside don't come from a loopback address. */
    private static final String CLIENT_ADDRESS = "0.0.0.0";

    private final BooleanSupplier engineAnswers;

    public ContainerProvider() {
        this(() -> DockerClientFactory.instance().isDockerAvailable());
    }

    ContainerProvider(BooleanSupplier engineAnswers) {
        this.engineAnswers = engineAnswers;
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Starts a cluster.
     *
     * @throws IllegalStateException if no Docker engine answers, or the version has no image
     */
    @Override
    public CassandraServers start(ClusterShape shape) {
        requirePossible(shape.version());
        try {
            DockerImageName image = DockerImageName.parse(System.getProperty(IMAGE_PROPERTY, DEFAULT_IMAGE));
            ClusterPlan plan = ClusterPlan.create(shape);
            plan.write(CLIENT_ADDRESS);
            Holder holder = new Holder(image, plan);
            List<ContainerServer> nodes = plan.nodes().stream()
                    .map(node -> new ContainerServer(image, shape.version(), node, holder))
                    .toList();
            return new StartedServers(shape, nodes, this, () -> {
                        nodes.forEach(ContainerServer::remove);
                        holder.remove();
                    })
                    .start(holder::start);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requirePossible(CassandraVersion version) {
        if (version != CassandraVersion.APACHE_5_0) {
            throw new IllegalStateException(PROPERTY + ": '" + NAME + "' has no image of Cassandra " + version.label()
                    + " (expected: 5.0, or -D" + PROPERTY + "=" + DEFAULT + ")");
        }
        if (!engineAnswers.getAsBoolean()) {
            throw new IllegalStateException(
                    PROPERTY + ": '" + NAME + "', and no Docker engine answers (expected: one on this "
                            + "machine that DOCKER_HOST or the default socket leads to, or -D" + PROPERTY + "="
                            + DEFAULT + ")");
        }
    }
}
