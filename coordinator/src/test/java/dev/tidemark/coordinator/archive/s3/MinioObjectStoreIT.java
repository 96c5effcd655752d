package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.archive.s3.server.MinioServer;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on MinIO, for machines with a Docker engine; it is run by its name. */
class MinioObjectStoreIT extends S3ObjectStoreContract {
    private static MinioServer server;

    @BeforeAll
    static void start() {
        server = MinioServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected URI endpoint() {
        return server.endpoint();
    }
}
