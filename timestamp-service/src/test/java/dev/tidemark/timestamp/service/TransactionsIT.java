package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.timestamp.ManualTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of AtlasDB needs to start and commit transactions, beyond what the transcript of a TimeLock shows. */
class TransactionsIT {
    private static final UUID REQUESTOR = new UUID(7, 8);

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private TimestampServer server;
    private Http http;

    @BeforeEach
    void start() {
        start("orders", "stock");
    }

    private void start(String... namespaces) {
        TimestampServiceSettings settings =
                TimestampServiceSettings.of(directory).withNamespaces(namespaces);
        server = TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                time.seams(),
                UUID::randomUUID);
        http = Http.to(server.endpoint());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders/timelock/start-atlasdb-transaction-v4",
                "/tl/st/orders",
                "/orders/timelock/start-atlasdb-transaction-v3",
                "/orders/timelock/start-identified-atlasdb-transaction",
                "/orders/timelock/start-atlasdb-transaction"
            })
    void start_sameRequestAgain_getsTheSameLeaseAndLaterTimestamps(String path) throws Exception {
        UUID request = new UUID(1, 1);
        String body = body(path, request, 2);

        JsonNode first = Http.json(http.post(path, body));
        JsonNode second = Http.json(http.post(path, body));

        assertThat(second.path("immutableTimestamp")).isEqualTo(first.path("immutableTimestamp"));
        long immutable =
                first.path("immutableTimestamp").path("immutableTimestamp").longValue();
        assertThat(start(first)).isGreaterThan(immutable);
        assertThat(start(second)).isGreaterThan(start(first));
        assertThat(http.post("/orders/timelock/immutable-timestamp", "").body()).isEqualTo(String.valueOf(immutable));
        assertThat(http.post("/tl/ul2/orders", "[\"" + request + "\"]").body()).isEqualTo("[\"" + request + "\"]");
        assertThat(Long.parseLong(
                        http.post("/orders/timelock/immutable-timestamp", "").body()))
                .isGreaterThan(start(second));
    }

    @Test
    void start_leaseNotRefreshed_endsInTime() throws Exception {
        http.post("/tl/st/orders", body("/tl/st/orders", new UUID(1, 1), 1));
        time.advance(Duration.ofSeconds(19));
        assertThat(http.post("/orders/timelock/immutable-timestamp", "").body()).isEqualTo("1");

        time.advance(Duration.ofSeconds(1));

        assertThat(http.post("/orders/timelock/immutable-timestamp", "").body()).isNotEqualTo("1");
    }

    @Test
    void start_several_haveTheRemainderOfTheirRequestorAndAreIssuedOnce() throws Exception {
        long before = Long.parseLong(http.post("/tl/ts1/orders", "").body());
        JsonNode timestamps = Http.json(http.post("/tl/st/orders", body("/tl/st/orders", new UUID(1, 1), 5)))
                .path("timestamps");
        long start = timestamps.path("start").longValue();
        long next = Long.parseLong(http.post("/tl/ts1/orders", "").body());

        assertThat(timestamps.path("interval").intValue()).isEqualTo(16);
        assertThat(timestamps.path("count").intValue()).isEqualTo(5);
        assertThat(start % 16).isEqualTo(StartTransactions.partition(REQUESTOR));
        assertThat(start).isGreaterThan(before + 1);
        assertThat(start + 4 * 16).isLessThan(next);
        JsonNode single = Http.json(http.post(
                        "/orders/timelock/start-atlasdb-transaction-v3",
                        body("/orders/timelock/start-atlasdb-transaction-v3", new UUID(1, 2), 1)))
                .path("startTimestampAndPartition");
        assertThat(single.path("timestamp").longValue() % 16)
                .isEqualTo(single.path("partition").longValue());
        assertThat(single.path("timestamp").longValue()).isGreaterThan(next);
    }

    @Test
    void start_moreThanThereAreTimestampsForOneRequest_givesFewer() throws Exception {
        JsonNode timestamps = Http.json(http.post("/tl/st/orders", body("/tl/st/orders", new UUID(1, 1), 5000)))
                .path("timestamps");

        assertThat(timestamps.path("count").intValue()).isEqualTo(625);
        long next = Long.parseLong(http.post("/tl/ts1/orders", "").body());
        assertThat(timestamps.path("start").longValue() + 624 * 16).isLessThan(next);
    }

    @Test
    void partition_manyRequestors_areSpread() {
        Integer[] counts = new Integer[16];
        Arrays.fill(counts, 0);
        for (int i = 0; i < 16_000; i++) {
            counts[StartTransactions.partition(new UUID(i * 0x9E3779B97F4A7C15L, i * 0xC2B2AE3D27D4EB4FL))]++;
        }

        assertThat(counts).allSatisfy(count -> assertThat(count).isBetween(800, 1200));
    }

    @Test
    void commit_withoutALease_isNotSettledWhileAnOlderLeaseLives() throws Exception {
        String path = "/tl/st/orders";
        http.post(path, body(path, new UUID(1, 1), 1));
        JsonNode commit = Http.json(http.post("/tl/gct/orders", "{\"numTimestamps\":3}"));
        long upper = commit.path("inclusiveUpper").longValue();
        assertThat(upper).isEqualTo(commit.path("inclusiveLower").longValue() + 2);
        assertThat(isSettled(upper)).isFalse();

        http.post("/tl/ul2/orders", "[\"" + new UUID(1, 1) + "\"]");

        assertThat(isSettled(upper)).isTrue();
        long one =
                Http.json(http.post("/tl/g1ct/orders", "{}")).path("timestamp").longValue();
        assertThat(one).isGreaterThan(upper);
        http.post(path, body(path, new UUID(1, 3), 1));
        assertThat(isSettled(one)).isTrue();
    }

    @Test
    void leaderTime_fenceHasEndedTheLeases_hasAnotherId() throws Exception {
        String before = leaderId();
        time.advance(Duration.ofSeconds(1));
        assertThat(leaderId()).isEqualTo(before);

        http.send("PUT", "/tidemark/v1/orders/fence?fenceId=r-1", "");
        assertThat(http.post("/tl/lt/orders", "").statusCode()).isEqualTo(409);
        http.send("DELETE", "/tidemark/v1/orders/fence?fenceId=r-1", "");

        assertThat(leaderId()).isNotEqualTo(before);
    }

    @Test
    void multi_severalNamespaces_answersEach() throws Exception {
        JsonNode times =
                Http.json(http.post("/tl/multi/lts", "[\"orders\",\"stock\"]")).path("leaderTimes");
        assertThat(times.path("orders").path("id").asText()).isEqualTo(leaderId());
        assertThat(times.path("stock").path("id").asText())
                .isNotEqualTo(times.path("orders").path("id").asText());
        String start = body("/tl/st/orders", new UUID(1, 1), 2);
        JsonNode started = Http.json(http.post("/tl/multi/sts", "{\"orders\":" + start + ",\"stock\":" + start + "}"));
        for (String namespace : List.of("orders", "stock")) {
            assertThat(started.path(namespace).path("timestamps").path("count").intValue())
                    .isEqualTo(2);
            assertThat(started.path(namespace)
                            .path("lockWatchUpdate")
                            .path("type")
                            .asText())
                    .isEqualTo("snapshot");
        }
        JsonNode commits = Http.json(
                http.post("/tl/multi/gcts", "{\"orders\":{\"numTimestamps\":2},\"stock\":{\"numTimestamps\":1}}"));
        assertThat(commits.path("orders").path("inclusiveUpper").longValue())
                .isEqualTo(commits.path("orders").path("inclusiveLower").longValue() + 1);
        String id = "\"" + new UUID(1, 1) + "\"";
        assertThat(http.post("/tl/multi/ul", "{\"orders\":[" + id + "],\"stock\":[\"" + new UUID(9, 9) + "\"]}")
                        .body())
                .isEqualTo("{\"orders\":[" + id + "],\"stock\":[]}");
    }

    @Test
    void multi_oneNamespaceIsUnknown_changesNone() throws Exception {
        String start = body("/tl/st/orders", new UUID(1, 1), 2);

        assertThat(http.post("/tl/multi/sts", "{\"orders\":" + start + ",\"stocks\":" + start + "}")
                        .statusCode())
                .isEqualTo(404);

        assertThat(http.post("/tl/ts1/orders", "").body()).isEqualTo("1");
    }

    @Test
    void activeNamespaces_afterARestart_areThoseThatWereUsed() throws Exception {
        server.close();
        start("orders");
        assertThat(http.post("/tl/management/getActiveNamespaces", "").body()).isEqualTo("[\"orders\"]");

        http.post("/tl/ts1/stock", "");

        assertThat(http.post("/tl/management/getActiveNamespaces", "").body()).isEqualTo("[\"orders\",\"stock\"]");
        assertThat(http.post("/tl/management/getNamespaces", "").body()).isEqualTo("[\"orders\",\"stock\"]");
        assertThat(http.post("/stock/timelock/current-time-millis", "").body())
                .isEqualTo(String.valueOf(time.instant().toEpochMilli()));
    }

    @Test
    void health_ofANamespace_saysWhetherItIssues() throws Exception {
        assertThat(http.get("/tidemark/v1/orders/health").body())
                .isEqualTo("{\"namespace\":\"orders\",\"state\":\"issuing\",\"fenceId\":null}");
        http.send("PUT", "/tidemark/v1/orders/fence?fenceId=r-1", "");
        assertThat(http.get("/tidemark/v1/orders/health").body())
                .isEqualTo("{\"namespace\":\"orders\",\"state\":\"fenced\",\"fenceId\":\"r-1\"}");
        assertThat(http.get("/tidemark/v1/stock/health").body()).contains("issuing");
        assertThat(http.get("/tidemark/v1/stocks/health").statusCode()).isEqualTo(404);
    }

    private boolean isSettled(long commitTimestamp) throws Exception {
        return Http.json(http.post("/tidemark/v1/orders/settled", "{\"commitTimestamp\":" + commitTimestamp + "}"))
                .path("settled")
                .booleanValue();
    }

    private String leaderId() throws Exception {
        return Http.json(http.get("/orders/timelock/leader-time")).path("id").asText();
    }

    private static long start(JsonNode answer) {
        return answer.path("timestamps").path("start").longValue()
                + answer.path("startTimestampAndPartition").path("timestamp").longValue()
                + answer.path("freshTimestamp").longValue();
    }

    private static String body(String path, UUID request, int count) {
        String requestor = path.endsWith("-transaction") && !path.contains("identified")
                ? ""
                : ",\"requestorId\":\"" + REQUESTOR + "\"";
        String number = path.endsWith("v4") || path.startsWith("/tl/") ? ",\"numTransactions\":" + count : "";
        return "{\"requestId\":\"" + request + "\"" + requestor + number + "}";
    }
}
