package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.InMemorySharedStore;
import dev.tidemark.timestamp.service.store.BoundStoreSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two servers over one store: the one that does not lead sends every request on, or refuses it, and answers none. */
class LeadershipOverHttpIT {
    private static final String BASE_PATH = "/timelock/api";
    private static final String LEASE_ID = "{\"requestId\":\"00000000-0000-0001-0000-000000000002\"}";
    private static final String FOLLOWING = "some/3.2 atlasdb-http-client/2.0";

    private final InMemorySharedStore.Database database = new InMemorySharedStore.Database();
    private final ManualTime timeOfA = new ManualTime();
    private final ManualTime timeOfB = new ManualTime();
    private TimestampServer a;
    private TimestampServer b;
    private Http toA;
    private Http toB;

    @BeforeEach
    void start() throws IOException {
        a = start(timeOfA, freePort(), true);
        b = start(timeOfB, freePort(), true);
        toA = Http.to(a.endpoint());
        toB = Http.to(b.endpoint());
    }

    @AfterEach
    void stop() {
        b.close();
        a.close();
    }

    @Test
    void everyRequest_toAFollower_isSentOnAndNotAnswered() throws Exception {
        for (EveryRequest request : EveryRequest.all()) {
            String path = request.path().replace("NS", "orders");

            HttpResponse<String> plain = toB.send(request.method(), path, request.body());
            HttpResponse<String> following = toB.withUserAgent(FOLLOWING).send(request.method(), path, request.body());

            if (request.isAnsweredByAll()) {
                assertThat(plain.statusCode()).as(path).isLessThan(300);
                continue;
            }
            assertSentOn(following, path);
            if (request.isLegacy()) {
                assertRefused(plain, path);
            } else {
                assertSentOn(plain, path);
            }
        }
    }

    private void assertSentOn(HttpResponse<String> answer, String path) {
        assertThat(answer.statusCode()).as(path).isEqualTo(308);
        assertThat(answer.headers().firstValue("Location")).contains(a.endpoint() + path);
        assertThat(answer.body()).as(path).isEmpty();
    }

    private static void assertRefused(HttpResponse<String> answer, String path) throws IOException {
        assertThat(answer.statusCode()).as(path).isEqualTo(503);
        assertThat(answer.headers().firstValue("Location")).as(path).isEmpty();
        JsonNode error = Http.json(answer);
        assertThat(error.path("errorCode").asText()).isEqualTo("SERVICE_UNAVAILABLE");
        assertThat(error.path("errorName").asText()).isEqualTo("Default:ServiceUnavailable");
        assertThat(Http.code(answer)).isEqualTo("NOT_LEADER");
    }

    @Test
    void location_ofARedirect_isAnswered() throws Exception {
        HttpResponse<String> redirect = toB.post("/tl/ts/orders?x=%2F", "{\"numTimestamps\":2}");
        String location = redirect.headers().firstValue("Location").orElseThrow();

        assertThat(location).endsWith(BASE_PATH + "/tl/ts/orders?x=%2F");
        HttpResponse<String> answer = Http.to(URI.create(location)).post("", "{\"numTimestamps\":2}");
        assertThat(answer.body()).isEqualTo("{\"inclusiveLower\":1,\"inclusiveUpper\":2}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tl/ts1/stock", "/stock/timestamp/fresh-timestamp", "/stock/timestamp-management/ping"})
    void request_ofANewNamespaceToAFollower_createsNothing(String path) throws Exception {
        assertThat(toB.withUserAgent(FOLLOWING)
                        .send(path.endsWith("ping") ? "GET" : "POST", path, "")
                        .statusCode())
                .isEqualTo(308);

        assertThat(toA.post("/tl/management/getNamespaces", "").body()).isEqualTo("[\"orders\"]");
    }

    @Test
    void request_leaderWithoutAnAddress_isRefusedByAll() throws Exception {
        b.close();
        a.close();
        timeOfA.advance(Duration.ofSeconds(10));
        try (TimestampServer silent = start(new ManualTime(), freePort(), false);
                TimestampServer follower = start(new ManualTime(), freePort(), true)) {
            assertThat(Http.to(silent.endpoint()).post("/tl/ts1/orders", "").statusCode())
                    .isEqualTo(200);
            HttpResponse<String> answer = Http.to(follower.endpoint()).post("/tl/ts1/orders", "");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(Http.code(answer)).isEqualTo("NOT_LEADER");
        }
    }

    @Test
    void failOver_leaderLoses_sendsOnAndKeepsTheFence() throws Exception {
        assertThat(toA.post("/tl/ts1/orders", "").body()).isEqualTo("1");
        assertThat(toA.post("/orders/timelock/lock-immutable-timestamp", LEASE_ID)
                        .statusCode())
                .isEqualTo(200);
        String leaderOfA = Http.json(toA.post("/tl/lt/orders", "")).path("id").asText();
        assertThat(toA.post("/tl/management/disable", "{\"namespaces\":[\"orders\"],\"lockId\":\"r-1\"}")
                        .body())
                .contains("\"successful\"");

        failOverToB();

        assertThat(toA.post("/tl/ts1/orders", "").headers().firstValue("Location"))
                .contains(b.endpoint() + "/tl/ts1/orders");
        HttpResponse<String> fenced = toB.post("/tl/ts1/orders", "");
        assertThat(fenced.statusCode()).isEqualTo(409);
        assertThat(Http.code(fenced)).isEqualTo("NAMESPACE_FENCED");
        assertThat(toB.post("/tl/management/disable", "{\"namespaces\":[\"orders\"],\"lockId\":\"r-2\"}")
                        .body())
                .isEqualTo(
                        "{\"type\":\"unsuccessful\",\"unsuccessful\":{\"consistentlyDisabledNamespaces\":[\"orders\"],"
                                + "\"partiallyDisabledNamespaces\":[]}}");
        assertThat(toB.post("/tl/management/reenable", "{\"namespaces\":[\"orders\"],\"lockId\":\"r-1\"}")
                        .body())
                .contains("\"successful\":true");
        assertThat(Long.parseLong(toB.post("/tl/ts1/orders", "").body())).isGreaterThan(2);
        assertThat(Http.json(toB.post("/tl/lt/orders", "")).path("id").asText()).isNotEqualTo(leaderOfA);
    }

    @Test
    void leaderTime_leadershipCameBack_hasAnotherId() throws Exception {
        toA.post("/orders/timelock/lock-immutable-timestamp", LEASE_ID);
        String first = Http.json(toA.post("/tl/lt/orders", "")).path("id").asText();
        assertThat(Http.json(toA.post("/tl/lt/orders", "")).path("id").asText()).isEqualTo(first);

        failOverToB();
        timeOfA.advance(Duration.ofMillis(1900));
        timeOfA.advance(Duration.ofSeconds(3));
        timeOfB.advance(Duration.ofSeconds(1));

        assertThat(Http.json(toA.post("/orders/timelock/refresh-locks-v2", "[" + LEASE_ID + "]"))
                        .path("refreshedTokens"))
                .isEmpty();
        assertThat(Http.json(toA.post("/tl/lt/orders", "")).path("id").asText()).isNotEqualTo(first);
    }

    /** Lets B see no renewal for longer than the lease, and A then find out. */
    private void failOverToB() {
        timeOfB.advance(Duration.ofSeconds(3));
        timeOfA.advance(Duration.ofSeconds(1));
    }

    private TimestampServer start(ManualTime time, int port, boolean hasAddress) {
        URI address = hasAddress ? URI.create("http://127.0.0.1:" + port + BASE_PATH) : null;
        TimestampServiceSettings settings = new TimestampServiceSettings(
                null,
                new SharedMemory(database),
                new LeadershipSettings(address, null, null),
                BASE_PATH,
                null,
                NamespaceCreation.ON_FIRST_USE,
                List.of("orders"),
                null,
                null,
                null);
        return TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
                time.seams(),
                UUID::randomUUID);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A store that both servers have open. */
    private record SharedMemory(InMemorySharedStore.Database database) implements BoundStoreSettings {
        @Override
        public BoundStore open() {
            return database.open();
        }
    }
}
