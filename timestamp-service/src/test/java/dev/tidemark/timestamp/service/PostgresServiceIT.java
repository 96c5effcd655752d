package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.postgres.PostgresTestServer;
import dev.tidemark.timestamp.service.store.BoundStoreSettings;
import dev.tidemark.timestamp.service.store.PostgresStoreSettings;
import io.dropwizard.util.Duration;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two timestamp services over one real PostgreSQL server. */
class PostgresServiceIT {
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void close_serviceThatLeads_theOtherOneGoesOn(@TempDir Path directory) throws Exception {
        try (PostgresTestServer database = PostgresTestServer.start(directory);
                TimestampServer second = startSecond(database)) {
            Awaitility.await().until(() -> fresh(second).statusCode() == 200);

            // the first one has issued 1 of a window of a million
            assertThat(Long.parseLong(fresh(second).body())).isGreaterThan(1_000_000);
        }
    }

    private TimestampServer startSecond(PostgresTestServer database) throws Exception {
        try (TimestampServer first = start(database)) {
            assertThat(fresh(first).body()).isEqualTo("1");
            TimestampServer second = start(database);
            assertThat(fresh(second).statusCode()).isGreaterThanOrEqualTo(300);
            return second;
        }
    }

    private HttpResponse<String> fresh(TimestampServer server) throws Exception {
        String base = server.endpoint().toString().replaceAll("/$", "");
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/orders/timestamp/fresh-timestamp"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static TimestampServer start(PostgresTestServer database) {
        BoundStoreSettings store =
                new PostgresStoreSettings(database.url(), "postgres", null, null, Duration.milliseconds(900), null);
        TimestampServiceSettings settings =
                new TimestampServiceSettings(null, store, null, null, null, null, List.of("orders"), null, null, null);
        return TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }
}
