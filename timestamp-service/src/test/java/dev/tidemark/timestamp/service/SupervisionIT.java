package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of one server: metrics, health, status and tasks, over HTTP. */
class SupervisionIT {
    private static final String TOKEN = "token-for-changes";
    private static final Pattern EXPOSED = Pattern.compile("(?m)^# TYPE (tidemark_\\S+) ");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^   \\* - ``(tidemark_[a-z_]+)``");
    private static final LeaseToken HOLDER = new LeaseToken(new UUID(7, 7));

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private final HttpClient http = HttpClient.newHttpClient();
    private TimestampServer server;
    private TimestampClient client;

    @BeforeEach
    void start() {
        TimestampServiceSettings settings = new TimestampServiceSettings(
                directory, null, null, null, Duration.hours(1), null, List.of("orders", "stock"), null, null, TOKEN);
        server = TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                time.seams(),
                UUID::randomUUID);
        client = HttpTimestampClient.create(
                HttpTimestampClientSettings.of(server.endpoint()).withToken(TOKEN));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void metrics_ofAServerInUse_areThoseOfThePage() throws Exception {
        NamespaceOracle orders = client.namespace("orders");
        orders.freshTimestamps(100);
        orders.lockImmutableTimestamp(HOLDER);
        orders.freshTimestamps(50);
        assertThat(get("/no/such/path").statusCode()).isEqualTo(404);
        time.advance(java.time.Duration.ofMinutes(31));

        String text = admin("GET", "/prometheus", "").body();

        assertThat(names(EXPOSED, text)).isEqualTo(names(DOCUMENTED, page()));
        assertThat(text)
                .contains("tidemark_oracle_timestamps_issued_total{namespace=\"orders\"} 151.0")
                .contains("tidemark_oracle_bound_headroom{namespace=\"orders\"} 999849.0")
                .contains("tidemark_oracle_immutable_timestamp_lag{namespace=\"orders\"} 50.0")
                .contains("tidemark_oracle_oldest_lease_seconds{namespace=\"orders\"} 1860.0")
                .contains("tidemark_oracle_leases{namespace=\"orders\"} 1.0")
                .contains("tidemark_oracle_fenced{namespace=\"orders\"} 0.0")
                .contains("tidemark_oracle_stopped{namespace=\"orders\"} 0.0")
                .contains("tidemark_oracle_immutable_timestamp_stands_still_seconds{holder=\"" + HOLDER
                        + "\",namespace=\"orders\"} 1860.0")
                .contains("tidemark_oracle_time_index_age_seconds{namespace=\"orders\"} 1859.0")
                .contains("tidemark_oracle_leading 1.0")
                .contains("tidemark_oracle_leader_known 1.0")
                .contains("tidemark_oracle_requests_total{path=\"fresh-timestamps\",status=\"200\"} 2.0")
                .contains("tidemark_oracle_requests_total{path=\"other\",status=\"404\"} 1.0")
                .contains("tidemark_oracle_request_seconds_count{path=\"fresh-timestamps\"} 2")
                .contains("tidemark_oracle_store_seconds_count{call=\"write-bound\",outcome=\"ok\"} 1")
                .contains("tidemark_oracle_store_seconds_count{call=\"write-bound\",outcome=\"failed\"} 0")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void metrics_leaseThatEnds_takesItsIdAlong() throws Exception {
        NamespaceOracle orders = client.namespace("orders");
        orders.lockImmutableTimestamp(HOLDER);
        time.advance(java.time.Duration.ofMinutes(31));
        assertThat(scrape()).contains(HOLDER.toString());

        assertThat(orders.unlock(Set.of(HOLDER))).hasSize(1);

        assertThat(scrape()).doesNotContain(HOLDER.toString()).contains("leases{namespace=\"orders\"} 0.0");
    }

    @Test
    void metrics_boundThatCannotBeWritten_areCountedAndSaySo() throws Exception {
        NamespaceOracle orders = client.namespace("orders");
        Files.delete(directory.resolve("namespaces/orders/bound"));

        assertThat(send(server.endpoint() + "/tl/ts/orders", "POST", "{\"numTimestamps\":1}", "")
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(server.endpoint() + "/orders/timestamp/fresh-timestamp", "POST", "", TOKEN)
                        .statusCode())
                .isEqualTo(500);

        assertThat(scrape())
                .contains("tidemark_oracle_store_seconds_count{call=\"write-bound\",outcome=\"failed\"} 1")
                .contains("tidemark_oracle_stopped{namespace=\"orders\"} 1.0")
                .contains("tidemark_oracle_requests_total{path=\"fresh-timestamps\",status=\"500\"} 1.0");
        JsonNode health = json(admin("GET", "/healthcheck", ""));
        assertThat(health.get("namespaces").get("healthy").booleanValue()).isFalse();
        assertThat(health.get("namespaces").get("message").asText())
                .contains("'orders' has stopped issuing")
                .contains("HINT");
        assertThat(health.get("bound-store").get("healthy").booleanValue()).isFalse();
        assertThat(health.get("leadership").get("healthy").booleanValue()).isTrue();
        assertThat(orders.namespace()).isEqualTo("orders");
    }

    @Test
    void health_immutableTimestampStandsStill_warnsAndStaysHealthy() throws Exception {
        client.namespace("orders").lockImmutableTimestamp(HOLDER);
        assertThat(json(admin("GET", "/healthcheck", ""))
                        .get("immutable-timestamp")
                        .has("message"))
                .isFalse();
        time.advance(java.time.Duration.ofMinutes(31));

        HttpResponse<String> answer = admin("GET", "/healthcheck", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).get("immutable-timestamp").get("message").asText())
                .startsWith("WARNING")
                .contains(HOLDER.toString(), "'orders'", "1860 s");
    }

    @Test
    void status_withTheToken_isThatOfTheServer() throws Exception {
        client.namespace("orders").freshTimestamps(10);

        JsonNode status = json(send(server.endpoint() + "/tidemark/v1/status", "GET", "", TOKEN));

        assertThat(status.get("leadership").get("state").asText()).isEqualTo("sole");
        assertThat(status.get("leadership").get("leader").get("id"))
                .isEqualTo(status.get("server").get("id"));
        assertThat(status.get("store").get("type").asText()).isEqualTo("file");
        assertThat(status.get("store").get("description").asText()).isEqualTo(directory.toString());
        assertThat(status.get("namespaces")).hasSize(2);
        assertThat(status.get("namespaces").get(0).get("lastTimestamp").longValue())
                .isEqualTo(10);
        assertThat(status.get("namespaces").get(1).get("bound").longValue()).isZero();
        assertThat(status.toString()).doesNotContain(TOKEN);
    }

    @Test
    void statusAndTasks_withoutTheToken_areRefused() throws Exception {
        assertThat(get("/tidemark/v1/status").statusCode()).isEqualTo(401);
        assertThat(send(server.endpoint() + "/tidemark/v1/status", "GET", "", "not-" + TOKEN)
                        .statusCode())
                .isEqualTo(401);
        for (String task : List.of("leader-release", "namespaces", "leases")) {
            assertThat(admin("POST", "/tasks/" + task, "").statusCode())
                    .as(task)
                    .isEqualTo(401);
            assertThat(admin("POST", "/tasks/" + task, "not-" + TOKEN).statusCode())
                    .as(task)
                    .isEqualTo(401);
        }
        assertThat(client.namespace("orders").freshTimestamp()).isPositive();
    }

    @Test
    void tasks_ofASoleServer_showNamespacesAndLeasesAndReleaseNothing() throws Exception {
        NamespaceOracle orders = client.namespace("orders");
        orders.freshTimestamps(3);
        orders.lockImmutableTimestamp(HOLDER);
        time.advance(java.time.Duration.ofSeconds(5));
        orders.lockImmutableTimestamp(new LeaseToken(new UUID(8, 8)));

        assertThat(task("namespaces"))
                .isEqualTo(
                        "orders bound=1000000 last=5 immutable=4 leases=2\nstock bound=0 last=0 immutable=0 leases=0\n");
        assertThat(task("leases"))
                .isEqualTo("orders lease=" + HOLDER + " timestamp=4 age=5000ms\n" + "orders lease=" + new UUID(8, 8)
                        + " timestamp=5 age=0ms\n");
        assertThat(task("leases?namespace=orders&limit=1")).hasLineCount(1).contains(HOLDER.toString());
        assertThat(task("leases?namespace=stock")).isEqualTo("no leases\n");

        assertTaskFails("leader-release", 409, "NOT_ALLOWED_NOW", "HINT");
        assertTaskFails("leases?namespace=ordres", 404, "UNKNOWN_NAMESPACE", "Did you mean 'orders'");
        assertTaskFails("leases?limit=0", 400, "limit", "1..1000");
        assertTaskFails("leases?limit=x", 400, "limit", "whole number");
        assertTaskFails("leases?limt=5", 400, "limt", "expected");
        assertTaskFails("leases?limit=5&limit=6", 400, "2 times", "HINT");
    }

    private void assertTaskFails(String task, int status, String... texts) throws Exception {
        HttpResponse<String> answer = admin("POST", "/tasks/" + task, TOKEN);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(texts).doesNotContain("Exception", "\tat ");
    }

    private String task(String task) throws Exception {
        HttpResponse<String> answer = admin("POST", "/tasks/" + task, TOKEN);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private String scrape() throws Exception {
        return admin("GET", "/prometheus", "").body();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(server.endpoint() + path, "GET", "", "");
    }

    private HttpResponse<String> admin(String method, String path, String token) throws Exception {
        return send("http://127.0.0.1:" + server.adminPort() + path, method, "", token);
    }

    private HttpResponse<String> send(String uri, String method, String body, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }

    private static String page() throws IOException {
        Path page = Path.of("docs/timestamp-service.rst");
        return Files.readString(Files.exists(page) ? page : Path.of("..").resolve(page));
    }

    private static Set<String> names(Pattern pattern, String text) {
        return new TreeSet<>(pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList());
    }
}
