package dev.tidemark.coordinator.archive.s3.server;

import java.net.URI;
import java.util.function.BooleanSupplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * MinIO in a container of this machine's Docker engine, by way of Testcontainers. The system property {@code minio.image} names
 * the image, {@code minio/minio:latest} if it isn't set.
 */
public final class MinioServer implements AutoCloseable {
    private static final String IMAGE_PROPERTY = "minio.image";
    private static final String DEFAULT_IMAGE = "minio/minio:latest";
    private static final int PORT = 9000;

    private final GenericContainer<?> container;

    private MinioServer(GenericContainer<?> container) {
        this.container = container;
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @throws IllegalStateException if no Docker engine answers
     */
    public static MinioServer start() {
        return start(() -> DockerClientFactory.instance().isDockerAvailable());
    }

    @SuppressWarnings("resource")
    static MinioServer start(BooleanSupplier engineAnswers) {
        if (!engineAnswers.getAsBoolean()) {
            throw new IllegalStateException("no Docker engine answers for MinIO (expected: one on this machine that "
                    + "DOCKER_HOST or the default socket leads to; S3ObjectStoreIT needs none)");
        }
        GenericContainer<?> container = new GenericContainer<>(
                        DockerImageName.parse(System.getProperty(IMAGE_PROPERTY, DEFAULT_IMAGE)))
                .withEnv("MINIO_ROOT_USER", S3Server.ACCESS_KEY)
                .withEnv("MINIO_ROOT_PASSWORD", S3Server.SECRET_KEY)
                .withCommand("server", "/data")
                .withExposedPorts(PORT)
                .waitingFor(Wait.forHttp("/minio/health/ready").forPort(PORT));
        container.start();
        return new MinioServer(container);
    }

    /** Returns the address that clients use. */
    public URI endpoint() {
        return URI.create("http://" + container.getHost() + ":" + container.getMappedPort(PORT));
    }

    @Override
    public void close() {
        container.stop();
    }
}
