package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.coordinator.config.Decoration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a service tells of itself: metrics, health and notifications, over HTTP. */
@Timeout(120)
class ServiceMonitoringTest {
    private static final Path DOCS = Path.of("../docs");
    private static final Pattern EXPOSED = Pattern.compile("(?m)^# TYPE (tidemark_\\S+) ");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^   \\* - ``(tidemark_[a-z_]+)``");

    @TempDir
    private Path directory;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private HttpServer receiver;
    private Installation bank;
    private ServiceSite service;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        CommandRun.configure(directory);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        Files.writeString(
                directory.resolve("tidemark.yml"),
                """
                    objective: {maxAge: PT26H}
                monitoring: {interval: PT1S, coverageInterval: PT1S}
                notifications:
                  allowAddresses: [127.0.0.1]
                  webhooks:
                    chat:
                      url: http://localhost:%d/hook
                      events: [order-succeeded, order-failed, state-changed, recovered]
                health:
                  healthCheckUrlPaths: ["/health-check"]
                  healthChecks:
                    - {name: deadlocks, type: alive, critical: true}
                    - {name: archive, type: ready, critical: true}
                """
                        .formatted(receiver.getAddress().getPort()),
                StandardOpenOption.APPEND);
        service = new ServiceSite(bank, Decoration.NONE);
    }

    @AfterEach
    void stop() {
        service.close();
        receiver.stop(0);
    }

    @Test
    void metrics_afterABackup_areThoseOfThePage() throws IOException {
        service.order("bank", "backup", "");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> scrape().contains("tidemark_backup_age_seconds{")
                        && scrape().contains("tidemark_verification_coverage_ratio{")
                        && scrape().contains("tidemark_immutable_timestamp_lag_seconds{"));

        String text = scrape();

        assertThat(names(EXPOSED, text)).isEqualTo(names(DOCUMENTED, Files.readString(DOCS.resolve("monitoring.rst"))));
        assertThat(text).contains("tidemark_backups{namespace=\"bank\"} 1.0");
        assertThat(text).contains("tidemark_archive_up 1.0");
        assertThat(text).contains("tidemark_oracle_up 1.0");
        assertThat(text).contains("tidemark_backup_age_objective_seconds{namespace=\"bank\"} 93600.0");
        assertThat(text)
                .contains("tidemark_orders_ended_total{namespace=\"bank\",outcome=\"succeeded\",type=\"backup\"} 1.0");
        assertThat(text)
                .contains(
                        "tidemark_operation_seconds_count{namespace=\"bank\",outcome=\"succeeded\",type=\"backup\"} 1");
        assertThat(text).contains("tidemark_step_seconds_count{step=\"copy\",type=\"backup\"} 1");
        assertThat(text).containsPattern("tidemark_backup_raw_bytes\\{namespace=\"bank\"} [1-9]");
        assertThat(text)
                .containsPattern("tidemark_backup_processed_bytes_total\\{kind=\"read\",namespace=\"bank\"} [1-9]");
        assertThat(text).doesNotContain("20261").doesNotContainPattern("operation=\"");
        assertThat(text).contains("jvm_memory_used_bytes");
    }

    @Test
    void health_namespaceWithoutABackup_isRedUntilThereIsOne() {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> checks("namespaces")
                .contains("there is no good backup"));
        HttpResponse<String> red = service.admin("/healthcheck");
        assertThat(red.statusCode()).isEqualTo(500);
        JsonNode checks = ServiceSite.json(red);
        for (String green : List.of("archive", "oracle", "schedules", "tokens", "watch")) {
            assertThat(checks.get(green).get("healthy").asBoolean()).as(green).isTrue();
        }

        service.order("bank", "backup", "");

        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> service.admin("/healthcheck").statusCode() == 200);
    }

    /** A namespace without a backup needs an operator, and no restart. */
    @Test
    void healthOfTheApplication_namespaceIsRed_isAliveAndReady() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> service.admin("/healthcheck").statusCode() == 500);

        for (String type : List.of("alive", "ready")) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> service.send("GET", "/health-check?type=" + type, "")
                                    .statusCode()
                            == 200);
        }
    }

    @Test
    void notifications_ofStatesAndOrders_areTold() {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> told.size() == 1);
        assertThat(told.get(0))
                .contains("\"event\":\"state-changed\"", "\"state\":\"late\"", "there is no good backup");

        JsonNode order = service.order("bank", "backup", "");
        JsonNode failed = service.order("bank", "restore", "{\"backup\":\"latest\"}");

        assertThat(failed.get("state").asText()).isEqualTo("FAILED");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> told.size() == 4);
        assertThat(told).anySatisfy(body -> assertThat(body)
                .contains(
                        "\"event\":\"order-succeeded\"",
                        order.get("id").asText(),
                        order.get("operationId").asText()));
        assertThat(told).anySatisfy(body -> assertThat(body)
                .contains(
                        "\"event\":\"order-failed\"",
                        "\"operation\":\"" + failed.get("operationId").asText()));
        assertThat(told).anySatisfy(body -> assertThat(body).contains("\"event\":\"recovered\"", "\"by\":\"\""));
    }

    private String checks(String name) {
        JsonNode checks = ServiceSite.json(service.admin("/healthcheck"));
        return checks.get(name).toString();
    }

    private String scrape() {
        HttpResponse<String> response = service.admin("/prometheus");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
        return response.body();
    }

    private static Set<String> names(Pattern pattern, String text) {
        return new TreeSet<>(pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList());
    }
}
