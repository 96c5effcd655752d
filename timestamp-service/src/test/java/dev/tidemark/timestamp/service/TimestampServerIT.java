package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimestampServerIT {
    private static final String TOKEN = "a-token-of-this-test";

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private TimestampServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void start_exampleConfiguration_isUnderstood() {
        TimestampServiceConfiguration configuration = TimestampServer.readConfiguration(example());

        TimestampServiceSettings settings = configuration.oracle();
        assertThat(settings.namespaces()).containsExactly("orders", "stock");
        assertThat(settings.createNamespaces()).isEqualTo(NamespaceCreation.EXPLICIT);
        assertThat(settings.leaseDuration().toJavaDuration()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.ceiling()).isEqualTo(1L << 62);
        assertThat(settings.token()).isNull();
    }

    @Test
    void start_exampleConfigurationOnFreePorts_servesItsNamespaces() throws Exception {
        String example = Files.readString(example())
                .replace("timestamp-data", directory.resolve("data").toString())
                .replaceAll("port: \\d+", "port: 0");
        server = TimestampServer.start(
                TimestampServer.readConfiguration(Files.writeString(directory.resolve("config.yml"), example)));

        assertThat(post("/orders/timestamp/fresh-timestamp", "").body()).isEqualTo("1");
        try (TimestampClient client = client("")) {
            assertThat(client.namespaces()).containsExactly("orders", "stock");
        }
    }

    @Test
    void readConfiguration_misspeltKey_suggestsTheRightOne() throws IOException {
        assertInvalid("oracle: {dataDirectory: d, leaseDuraton: 5 s}", "leaseDuraton", "leaseDuration");
        assertInvalid("oracel: {dataDirectory: d}", "oracel", "oracle");
    }

    @Test
    void readConfiguration_badValues_areRefused() throws IOException {
        assertInvalid("oracle: {}", "dataDirectory");
        assertInvalid("oracle: {dataDirectory: d, store: {type: file, directory: d}}", "store: both");
        assertInvalid("oracle: {store: {type: fiel, directory: d}}", "fiel", "file");
        assertInvalid("oracle: {store: {type: file}}", "store.directory");
        assertInvalid("oracle: {dataDirectory: d, leader: {lease: 1 ms}}", "lease");
        assertInvalid("oracle: {dataDirectory: d, leader: {address: 'x'}}", "address");
        assertInvalid("server: {}", "oracle");
        assertInvalid("oracle: {dataDirectory: d, leaseDuration: 0 s}", "leaseDuration");
        assertInvalid("oracle: {dataDirectory: d, ceiling: 9223372036854775807}", "ceiling");
        assertInvalid("oracle: {dataDirectory: d, maxNamespaces: 0}", "maxNamespaces");
        assertInvalid("oracle: {dataDirectory: d, namespaces: ['a/b']}", "a/b");
        assertInvalid("oracle: {dataDirectory: d, basePath: '../x'}", "basePath");
        assertInvalid("oracle: {dataDirectory: d, createNamespaces: always}", "createNamespaces");
        assertInvalid("oracle: {dataDirectory: d, token: ''}", "token");
        assertInvalid("oracle: {dataDirectory: d, immutableTimestampAlarm: 0 s}", "immutableTimestampAlarm");
        assertInvalid("oracle: {dataDirectory: d, immutableTimestampAlarm: 366 d}", "immutableTimestampAlarm");
        assertInvalid("oracle: {dataDirectory: d, namespaces: [status]}", "not one of");
        assertInvalid("oracle: {dataDirectory: d, token: '${NO_SUCH_VARIABLE_OF_TIDEMARK}'}", "NO_SUCH_VARIABLE");
        assertInvalid("oracle: [", "config.yml");
        assertFails(
                ErrorCode.INVALID_CONFIGURATION,
                () -> TimestampServer.readConfiguration(directory.resolve("missing.yml")));
    }

    @Test
    void toString_settingsWithToken_hideIt() {
        assertThat(settings(TOKEN).toString()).doesNotContain(TOKEN);
        assertThat(HttpTimestampClientSettings.of(URI.create("http://h"))
                        .withToken(TOKEN)
                        .toString())
                .doesNotContain(TOKEN);
    }

    @Test
    void start_dataDirectoryInUse_isRefused() {
        start(settings(null));

        assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> TimestampServer.start(embedded(settings(null))));
    }

    @Test
    void start_portInUse_isRefusedAndFreesTheDirectory() {
        start(settings(null));
        TimestampServiceSettings other = TimestampServiceSettings.of(directory.resolve("other"));
        InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());

        assertThatThrownBy(() -> TimestampServer.start(TimestampServer.embedded(other, taken)))
                .isInstanceOfSatisfying(TimestampException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e.getMessage()).contains(String.valueOf(server.port()));
                });
        TimestampServer.start(embedded(other)).close();
    }

    @Test
    void request_unknownNamespace_isNotCreated() throws Exception {
        start(settings(null));

        for (String path : List.of(
                "/order/timestamp/fresh-timestamp",
                "/order/timelock/immutable-timestamp",
                "/order/timestamp-management/fast-forward?currentTimestamp=5",
                "/tl/ts1/order",
                "/tl/management/fastForward?namespace=order&currentTimestamp=5")) {
            HttpResponse<String> answer = post(path, "");
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            JsonNode parameters = json(answer).path("parameters");
            assertThat(parameters.path("code").textValue()).isEqualTo("UNKNOWN_NAMESPACE");
            assertThat(parameters.path("hint").textValue()).contains("'orders'");
        }
        assertThat(send("GET", "/order/timestamp-management/ping", "").statusCode())
                .isEqualTo(404);
        assertThat(send("GET", "/tidemark/v1/order", "").statusCode()).isEqualTo(404);
        assertThat(post("/tl/management/getNamespaces", "").body()).isEqualTo("[\"orders\"]");
    }

    @Test
    void request_basePath_isServedThereOnly() throws Exception {
        server = TimestampServer.start(embedded(new TimestampServiceSettings(
                directory, null, null, "/timelock/api", null, null, List.of("orders"), null, null, null)));

        assertThat(server.endpoint().getPath()).isEqualTo("/timelock/api");
        assertThat(post("/orders/timestamp/fresh-timestamp", "").body()).isEqualTo("1");
        HttpResponse<String> root = http.send(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.port() + "/orders/timestamp/fresh-timestamp"))
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        assertThat(root.statusCode()).isIn(404, 405);
        try (TimestampClient client = client("")) {
            assertThat(client.namespace("orders").freshTimestamp()).isEqualTo(2);
        }
    }

    @Test
    void request_token_guardsChangesAndNothingElse() {
        start(settings(TOKEN));
        try (TimestampClient stranger = client("");
                TimestampClient wrong = client("another-token-of-this-test");
                TimestampClient owner = client(TOKEN)) {
            for (TimestampClient other : List.of(stranger, wrong)) {
                assertThat(other.namespace("orders").freshTimestamp()).isPositive();
                assertFails(
                        ErrorCode.UNAUTHORIZED, () -> other.namespace("orders").fastForward(1000));
                assertFails(
                        ErrorCode.UNAUTHORIZED, () -> other.namespace("orders").fence("r-1"));
                assertFails(
                        ErrorCode.UNAUTHORIZED, () -> other.namespace("orders").unfence("r-1"));
                assertFails(ErrorCode.UNAUTHORIZED, () -> other.createNamespace("stock"));
            }
            owner.createNamespace("stock").fence("r-1");
            owner.namespace("orders").fastForward(1000);
            assertThat(stranger.namespace("orders").freshTimestamp()).isEqualTo(1001);
        }
    }

    @Test
    void request_disableWithoutToken_isRefused() throws Exception {
        start(settings(TOKEN));
        String body = "{\"namespaces\":[\"orders\"],\"lockId\":\"r-1\"}";

        assertThat(post("/tl/management/disable", body).statusCode()).isEqualTo(401);
        assertThat(post("/tl/management/fastForward?namespace=orders&currentTimestamp=9", "")
                        .statusCode())
                .isEqualTo(401);
        assertThat(post("/orders/timestamp/fresh-timestamp", "").statusCode()).isEqualTo(200);
    }

    @Test
    void disable_andReenable_areAFenceOfAllOrNone() throws Exception {
        start(settings(null).withNamespaces("orders", "stock"));
        String both = "{\"namespaces\":[\"orders\",\"stock\"],\"lockId\":\"r-1\"}";
        String other = "{\"namespaces\":[\"orders\",\"stock\"],\"lockId\":\"r-2\"}";

        assertThat(post("/tl/management/disable", both).body())
                .isEqualTo("{\"type\":\"successful\",\"successful\":{\"lockId\":\"r-1\"}}");
        assertThat(post("/tl/management/disable", both).statusCode()).isEqualTo(200);
        HttpResponse<String> fenced = post("/orders/timestamp/fresh-timestamp", "");
        assertThat(fenced.statusCode()).isEqualTo(409);
        assertThat(json(fenced).path("parameters").path("message").textValue()).contains("'r-1'");
        assertThat(post("/orders/timestamp-management/fast-forward?currentTimestamp=77", "")
                        .statusCode())
                .isEqualTo(204);
        String conflict = "{\"type\":\"unsuccessful\",\"unsuccessful\":{\"consistentlyDisabledNamespaces\":"
                + "[\"orders\",\"stock\"],\"partiallyDisabledNamespaces\":[]}}";
        assertThat(post("/tl/management/disable", other).body()).isEqualTo(conflict);
        assertThat(post("/tl/management/reenable", other).body()).isEqualTo(conflict);

        assertThat(post("/tl/management/reenable", both).body())
                .isEqualTo("{\"type\":\"successful\",\"successful\":{\"successful\":true}}");
        assertThat(post("/orders/timestamp/fresh-timestamp", "").body()).isEqualTo("78");
    }

    @Test
    void disable_unknownNamespaceAmongThem_fencesNone() throws Exception {
        start(settings(null));

        String body = "{\"namespaces\":[\"orders\",\"order\"],\"lockId\":\"r-1\"}";
        assertThat(post("/tl/management/disable", body).statusCode()).isEqualTo(404);

        assertThat(post("/orders/timestamp/fresh-timestamp", "").statusCode()).isEqualTo(200);
    }

    @Test
    void healthCheck_damagedBound_isUnhealthyAndNamesIt() throws Exception {
        start(settings(null));
        assertThat(health().statusCode()).isEqualTo(200);
        assertThat(post("/orders/timestamp/fresh-timestamp", "").statusCode()).isEqualTo(200);

        Path bound = directory.resolve("namespaces/orders/bound");
        Files.write(bound, new byte[100]);
        HttpResponse<String> answer = post("/orders/timestamp-management/fast-forward?currentTimestamp=5000000", "");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(json(answer).path("parameters").path("code").textValue()).isEqualTo("BOUND_STORE_DAMAGED");
        assertThat(post("/orders/timestamp/fresh-timestamp", "").statusCode()).isEqualTo(500);
        assertThat(health().statusCode()).isEqualTo(500);
        assertThat(health().body()).contains("'orders' has stopped issuing");
        server.close();
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> TimestampServer.start(embedded(settings(null))));
    }

    @Test
    void timeIndex_points_areServedAsDocumented() throws Exception {
        ManualTime time = new ManualTime();
        server = TimestampServer.start(embedded(settings(null)), time.seams(), UUID::randomUUID);
        String path = "/tidemark/v1/orders/time-index";
        assertThat(send("GET", path, "").body()).isEqualTo("{\"points\":[]}");
        time.setInstant(Instant.parse("2026-03-04T05:06:07.25Z"));
        post("/orders/timestamp/fresh-timestamps?number=42", "");
        time.advance(Duration.ofSeconds(1));
        post("/orders/timestamp/fresh-timestamp", "");
        time.advance(Duration.ofSeconds(1));

        String first = "{\"instant\":\"2026-03-04T05:06:08.250Z\",\"timestamp\":42}";
        String second = "{\"instant\":\"2026-03-04T05:06:09.250Z\",\"timestamp\":43}";
        assertThat(send("GET", path, "").body()).isEqualTo("{\"points\":[" + first + "," + second + "]}");
        assertThat(send("GET", path + "?limit=1", "").body()).isEqualTo("{\"points\":[" + first + "]}");
        assertThat(send("GET", path + "?after=42&limit=10000000", "").body())
                .isEqualTo("{\"points\":[" + second + "]}");
        for (String query : List.of("?limit=0", "?limit=-1", "?limit=", "?limit=x", "?after=", "?after=1.5")) {
            assertThat(send("GET", path + query, "").statusCode()).as(query).isEqualTo(400);
        }
        assertThat(send("GET", "/tidemark/v1/order/time-index", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void errors_anyKind_showNoStackTrace() throws Exception {
        start(settings(null));

        for (HttpResponse<String> answer : List.of(
                post("/orders/timestamp/fresh-timestamps?number=x", ""),
                post("/tl/ts/orders", "{"),
                post("/tl/ts/orders", "{\"numTimestamps\":\"x\"}"),
                post("/orders/timelock/unlock", "[null]"),
                post("/orders/timelock/unlock", "{\"a\":".repeat(5000)),
                post("/tl/management/disable", "{\"namespaces\":null,\"lockId\":\"r\"}"),
                post("/tl/management/disable", "{\"namespaces\":[null],\"lockId\":\"r\"}"),
                post("/tidemark/v1/orders/settled", "{\"commitTimestamp\":1e400}"),
                post("/tidemark/v1/orders/commit-timestamp", "{}"),
                send("PUT", "/tidemark/v1/orders/fence", ""),
                send("PUT", "/tidemark/v1/a%20b", ""))) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body())
                    .doesNotContain("Exception")
                    .doesNotContain("dev.tidemark")
                    .doesNotContain("\\tat ");
            assertThat(json(answer).path("parameters").path("hint").textValue()).isNotBlank();
        }
    }

    @Test
    void restart_lostDataDirectory_isNoticedByTheClient() throws Exception {
        start(settings(null));
        try (TimestampClient client = client("")) {
            var oracle = client.namespace("orders");
            oracle.fastForward(5_000_000);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            server.close();
            deleteContent();
            server = TimestampServer.start(TimestampServer.embedded(settings(null), address));

            assertThatThrownBy(oracle::freshTimestamp).isInstanceOfSatisfying(TimestampException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_WENT_BACK);
                assertThat(e.getMessage()).contains("5000000");
            });
        }
    }

    private void deleteContent() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("namespaces"))) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    private void assertInvalid(String yaml, String... mentioned) throws IOException {
        Path file = Files.writeString(directory.resolve("config.yml"), yaml);
        assertThatThrownBy(() -> TimestampServer.readConfiguration(file))
                .as(yaml)
                .isInstanceOfSatisfying(TimestampException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e.getMessage()).contains(mentioned);
                });
    }

    private static Path example() {
        Path file = Path.of("docs/examples/timestamp-service.yml");
        return Files.exists(file) ? file : Path.of("..").resolve(file);
    }

    private TimestampServiceSettings settings(String token) {
        return new TimestampServiceSettings(
                directory, null, null, null, null, null, List.of("orders"), null, null, token);
    }

    private static TimestampServiceConfiguration embedded(TimestampServiceSettings settings) {
        return TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private void start(TimestampServiceSettings settings) {
        server = TimestampServer.start(embedded(settings));
    }

    private TimestampClient client(String token) {
        return HttpTimestampClient.create(
                HttpTimestampClientSettings.of(server.endpoint()).withToken(token));
    }

    private HttpResponse<String> health() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.adminPort() + "/healthcheck");
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send("POST", path, body);
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.endpoint() + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer q")
                .method(method, BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
