package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.postgres.FailoverPolicy;
import dev.tidemark.timestamp.postgres.PostgresBoundStore;
import dev.tidemark.timestamp.postgres.PostgresTestServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real server; each test has a schema of its own. */
class PostgresBoundStoreIT extends SharedBoundStoreContract {
    private static PostgresTestServer server;
    private static int schemas;

    @BeforeAll
    static void startServer(@TempDir Path directory) {
        server = PostgresTestServer.start(directory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    BoundStore open() {
        schemas++;
        return another();
    }

    @Override
    BoundStore reopen(BoundStore closed) {
        return another();
    }

    @Override
    SharedBoundStore another() {
        return PostgresBoundStore.open(server.server(), "s" + schemas, FailoverPolicy.STOP);
    }
}
