package dev.tidemark.timestamp.torture;

import dev.tidemark.timestamp.postgres.PostgresTestServer;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two servers over PostgreSQL. */
class PostgresTortureIT extends TortureContract {
    private static PostgresTestServer postgres;

    private String schema;

    @BeforeAll
    static void startPostgres(@TempDir Path directory) {
        postgres = PostgresTestServer.start(directory);
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void nameSchema() {
        schema = "t" + UUID.randomUUID().toString().replace("-", "");
    }

    @Override
    int servers() {
        return 2;
    }

    @Override
    String store(int server) {
        return "{type: postgres, url: \"%s\", user: postgres, schema: %s}".formatted(postgres.url(), schema);
    }
}
