package dev.tidemark.timestamp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client against servers that behave as TimeLock does, and worse. Its waits pass on a clock of their own. */
class HttpTransportIT {
    private final List<ScriptedServer> servers = new ArrayList<>();
    private final List<Duration> waits = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong nanos = new AtomicLong();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.http.stop(0));
    }

    @Test
    void namespace_timeLock_isRecognizedAndUsable() {
        AtomicLong timestamps = new AtomicLong();
        ScriptedServer timeLock = timeLock(timestamps);
        NamespaceOracle oracle = client(timeLock).namespace("orders");
        LeaseToken token = new LeaseToken(new UUID(1, 1));

        assertThat(oracle.freshTimestamp()).isEqualTo(1);
        assertThat(oracle.lockImmutableTimestamp(token).immutableTimestamp()).isEqualTo(2);
        assertThat(oracle.commitTimestamp(token)).isEqualTo(3);
        assertThat(oracle.isSettled(2)).isFalse();
        assertThat(oracle.isSettled(1)).isTrue();
        assertThat(oracle.unlock(Set.of(token))).containsExactly(token);
        assertThat(oracle.currentFence()).isEmpty();
        assertThat(oracle.leaseDurationMillis()).isEqualTo(8_000);
        oracle.fastForward(1000);
        assertThat(oracle.freshTimestamp()).isEqualTo(1001);
    }

    @Test
    void commitTimestamp_timeLockLostTheLease_isLeaseLost() {
        ScriptedServer timeLock = timeLock(new AtomicLong());
        timeLock.answers.add(request ->
                request.path.endsWith("/refresh-locks-v2") ? Scripted.json("{\"refreshedTokens\":[]}") : null);

        assertFails(
                ErrorCode.LEASE_LOST,
                () -> client(timeLock).namespace("orders").commitTimestamp(new LeaseToken(new UUID(1, 1))));
    }

    @Test
    void fence_timeLockWithoutDisable_isRefusedAndUnfenceDoesNothing() {
        NamespaceOracle oracle = client(timeLock(new AtomicLong())).namespace("orders");

        assertFails(ErrorCode.NOT_ALLOWED_NOW, () -> oracle.fence("r-1"));
        oracle.unfence("r-1");
    }

    @Test
    void fence_timeLockWithDisable_isUsed() {
        ScriptedServer timeLock = timeLock(new AtomicLong());
        timeLock.answers.add(request -> request.path.equals("/tl/management/disable")
                ? Scripted.json(
                        request.body.contains("\"lockId\":\"r-1\"")
                                ? "{\"type\":\"successful\",\"successful\":{\"lockId\":\"r-1\"}}"
                                : "{\"type\":\"unsuccessful\",\"unsuccessful\":{}}")
                : null);
        NamespaceOracle oracle = client(timeLock).namespace("orders");

        oracle.fence("r-1");
        assertFails(ErrorCode.FENCE_CONFLICT, () -> oracle.fence("r-2"));
    }

    @Test
    void timeIndex_timeLock_isEmptyAndNotAskedFor() {
        ScriptedServer timeLock = timeLock(new AtomicLong());
        NamespaceOracle oracle = client(timeLock).namespace("orders");
        timeLock.requests.clear();

        assertThat(oracle.timeIndex()).isEmpty();
        assertThat(timeLock.requests).isEmpty();
        assertFails(ErrorCode.INVALID_INPUT, () -> oracle.timeIndex(0, 0));
    }

    @Test
    void timeIndex_answerThatIsNotOne_isRefused() {
        String first = "{\"instant\":\"2026-03-04T05:06:07Z\",\"timestamp\":6}";
        for (String points : List.of(
                "null",
                "{}",
                "[null]",
                "[{\"instant\":\"yesterday\",\"timestamp\":6}]",
                "[{\"instant\":\"2026-03-04T05:06:07Z\",\"timestamp\":\"6\"}]",
                "[{\"instant\":\"2026-03-04T05:06:07Z\",\"timestamp\":6.5}]",
                "[{\"instant\":\"2026-03-04T05:06:07Z\",\"timestamp\":5}]",
                "[{\"instant\":\"1969-03-04T05:06:07Z\",\"timestamp\":6}]",
                "[" + first + "," + first + "]",
                "[" + first + ",{\"instant\":\"2026-03-04T05:06:06Z\",\"timestamp\":7}]",
                "[" + first + ",{\"instant\":\"2026-03-04T05:06:08Z\",\"timestamp\":7},{\"instant\":"
                        + "\"2026-03-04T05:06:09Z\",\"timestamp\":8}]")) {
            ScriptedServer service = tidemark(new AtomicLong());
            service.answers.add(request -> request.path.equals("/tidemark/v1/orders/time-index?after=5&limit=2")
                    ? Scripted.json("{\"points\":" + points + "}")
                    : null);

            assertFails(
                    ErrorCode.ORACLE_UNAVAILABLE,
                    () -> client(service).namespace("orders").timeIndex(5, 2));
        }
    }

    @Test
    void fastForward_outOfRange_isNotSentToATimeLock() {
        ScriptedServer timeLock = timeLock(new AtomicLong());
        NamespaceOracle oracle = client(timeLock).namespace("orders");
        timeLock.requests.clear();

        for (long target : new long[] {Long.MAX_VALUE, -1, (1L << 62) + 1}) {
            assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> oracle.fastForward(target));
        }
        assertThat(timeLock.requests).isEmpty();
    }

    @Test
    void namespace_unknown_sendsNothingThatWouldCreateIt() {
        ScriptedServer timeLock = timeLock(new AtomicLong());

        assertFails(ErrorCode.UNKNOWN_NAMESPACE, () -> client(timeLock).namespace("order"));
        assertThat(timeLock.requests).extracting(Request::path).containsOnly("/tl/management/getNamespaces");
    }

    @Test
    void request_unavailableServer_goesToTheNextWithGrowingWaits() {
        ScriptedServer down = server(request -> new Scripted(503, "", ""));
        ScriptedServer up = timeLock(new AtomicLong(41));

        assertThat(client(down, up).namespace("orders").freshTimestamp()).isEqualTo(42);
        // The server that answered is asked first from then on.
        assertThat(down.requests).hasSize(1);
        assertThat(waits).hasSize(1);
    }

    @Test
    void unlock_answerLost_isSentAgainUnderTheSameName() {
        ScriptedServer service = tidemark(new AtomicLong());
        LeaseToken token = new LeaseToken(new UUID(1, 1));
        AtomicLong unlocks = new AtomicLong();
        service.answers.add(request -> {
            if (!request.path.equals("/tidemark/v1/orders/unlock")) {
                return null;
            }
            return unlocks.incrementAndGet() == 1
                    ? new Scripted(503, "", "")
                    : Scripted.json("{\"tokens\":[{\"requestId\":\"" + token + "\"}]}");
        });
        NamespaceOracle oracle = client(service).namespace("orders");
        service.requests.clear();

        assertThat(oracle.unlock(Set.of(token))).containsExactly(token);

        assertThat(service.requests).hasSize(2);
        assertThat(service.requests.get(1)).isEqualTo(service.requests.get(0));
        assertThat(service.requests.get(0).body).contains("\"unlockId\":\"").contains(token.toString());
    }

    @Test
    void namespace_newerCodeForAMissingNamespace_isNoTimeLock() {
        ScriptedServer service = timeLock(new AtomicLong());
        service.answers.add(request -> request.path.startsWith("/tidemark/v1/")
                ? new Scripted(
                        404,
                        "{\"parameters\":{\"code\":\"NAMESPACE_MOVED\",\"message\":\"it moved\",\"hint\":\"Go there.\"}}",
                        "")
                : null);

        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> client(service).namespace("orders"), () -> client(service).createNamespace("orders"))) {
            assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> {
                assertThat(e.getMessage()).contains("it moved").contains("NAMESPACE_MOVED");
                assertThat(e.hint()).isEqualTo("Go there.");
            });
        }
        assertThat(service.requests).extracting(Request::path).doesNotContain("/orders/timestamp/fresh-timestamp");
    }

    @Test
    void close_oraclesOfTheClient_refuseAndItsThreadsEnd() {
        Set<Thread> before = httpThreads();
        HttpTimestampClient client = client(timeLock(new AtomicLong()));
        NamespaceOracle oracle = client.namespace("orders");
        Set<Thread> own = httpThreads();
        own.removeAll(before);
        assertThat(own).isNotEmpty();

        client.close();
        client.close();

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, oracle::freshTimestamp);
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, client::namespaces);
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc(); // JDK 17 ends the threads of a client that nobody refers to
            return own.stream().noneMatch(Thread::isAlive);
        });
    }

    private static Set<Thread> httpThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("HttpClient-"))
                .collect(Collectors.toCollection(HashSet::new));
    }

    @Test
    void request_allServersUnavailable_endsWithTheBudget() {
        ScriptedServer busy = server(request -> new Scripted(429, "", ""));
        ScriptedServer down = server(request -> new Scripted(503, "", ""));

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> client(busy, down).namespaces());
        assertThat(nanos.get())
                .isBetween(
                        Duration.ofSeconds(13).toNanos(), Duration.ofSeconds(15).toNanos());
        assertThat(waits).hasSizeBetween(15, 50).allMatch(wait -> wait.compareTo(Duration.ofSeconds(1)) <= 0);
        assertThat(Math.abs(busy.requests.size() - down.requests.size())).isLessThanOrEqualTo(1);
    }

    @Test
    void request_noServerAtAll_saysWhere() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }

        assertThatThrownBy(() -> client(URI.create("http://127.0.0.1:" + port)).namespaces())
                .isInstanceOfSatisfying(TimestampException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
                    assertThat(e.getMessage()).contains("127.0.0.1:" + port);
                });
    }

    @Test
    void request_redirect_isFollowedWithTheSamePath() {
        ScriptedServer leader = timeLock(new AtomicLong(6));
        for (String suffix : List.of("", "/", "/timelock/api", "/orders/timestamp/fresh-timestamp")) {
            ScriptedServer follower = server(request -> new Scripted(308, "", leader.uri() + suffix));

            assertThat(client(follower).namespaces()).containsExactly("orders");
            assertThat(follower.requests).hasSize(1);
        }
        assertThat(leader.requests).extracting(Request::path).containsOnly("/tl/management/getNamespaces");
        assertThat(leader.requests.get(0).userAgent).contains("atlasdb-http-client/2.0");
        assertThat(waits).isEmpty();
    }

    @Test
    void request_redirect_keepsTheTokenFromServersThatAreNotConfigured() {
        ScriptedServer stranger = timeLock(new AtomicLong());
        ScriptedServer follower =
                server(request -> new Scripted(308, "", stranger.uri().toString()));
        HttpTimestampClientSettings settings =
                HttpTimestampClientSettings.of(follower.uri()).withToken("secret-of-this-test");

        client(settings).namespaces();
        assertThat(follower.requests.get(0).authorization).isEqualTo("Bearer secret-of-this-test");
        assertThat(stranger.requests.get(0).authorization).isEqualTo("Bearer q");

        HttpTimestampClientSettings both =
                HttpTimestampClientSettings.of(follower.uri(), stranger.uri()).withToken("secret-of-this-test");
        client(both).namespaces();
        assertThat(stranger.requests.get(1).authorization).isEqualTo("Bearer secret-of-this-test");
    }

    @Test
    void request_redirectsInACircle_end() {
        List<ScriptedServer> circle = new ArrayList<>();
        circle.add(server(request -> new Scripted(308, "", circle.get(1).uri().toString())));
        circle.add(server(request -> new Scripted(308, "", circle.get(0).uri().toString())));

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> client(circle.get(0)).namespaces());
        assertThat(circle.get(0).requests.size()).isLessThan(1000);
    }

    @Test
    void freshTimestamp_notGreaterThanBefore_isRefused() {
        AtomicLong timestamps = new AtomicLong(100);
        NamespaceOracle oracle = client(timeLock(timestamps)).namespace("orders");
        oracle.freshTimestamps(10);

        timestamps.set(109);
        assertFails(ErrorCode.ORACLE_WENT_BACK, oracle::freshTimestamp);
        timestamps.set(0);
        assertFails(ErrorCode.ORACLE_WENT_BACK, oracle::freshTimestamp);
        timestamps.set(110);
        assertThat(oracle.freshTimestamp()).isEqualTo(111);
    }

    @Test
    void request_answerThatIsNotAnOracles_isRefused() {
        for (String body : List.of("", "<html>", "{}", "null", "\"x\"", "[1", "12345678901234567890")) {
            ScriptedServer other = server(request -> Scripted.json(body));
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> client(other).namespaces());
        }
        ScriptedServer lost = server(request -> new Scripted(404, "<html>", ""));
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> client(lost).namespaces());
        ScriptedServer guarded = server(request -> new Scripted(403, "", ""));
        assertFails(ErrorCode.UNAUTHORIZED, () -> client(guarded).namespaces());
    }

    @Test
    void request_rangesThatWereNotAskedFor_areRefused() {
        for (String range : List.of(
                "{\"inclusiveLower\":5,\"inclusiveUpper\":4}",
                "{\"inclusiveLower\":5,\"inclusiveUpper\":8}",
                "{\"inclusiveLower\":\"5\",\"inclusiveUpper\":6}",
                "{\"inclusiveLower\":5.0,\"inclusiveUpper\":6}",
                "{\"inclusiveLower\":5}")) {
            ScriptedServer timeLock = timeLock(new AtomicLong());
            timeLock.answers.add(request -> request.path.startsWith("/tl/ts/") ? Scripted.json(range) : null);
            NamespaceOracle oracle = client(timeLock).namespace("orders");
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> oracle.freshTimestamps(3));
        }
    }

    @Test
    void request_answerWithoutEnd_isGivenUp() {
        ScriptedServer endless = server(request -> Scripted.json("[" + "1,".repeat(9 << 20)));

        assertThatThrownBy(() -> client(settingsOf(endless.uri()).withRetryBudget(Duration.ZERO))
                        .namespaces())
                .hasMessageContaining("longer than");
    }

    @Test
    void request_answerThatHangs_isGivenUpAfterTheTimeout() {
        ScriptedServer hanging = server(request -> new Scripted(200, null, ""));
        HttpTimestampClientSettings settings = settingsOf(hanging.uri())
                .withTimeouts(Duration.ofSeconds(1), Duration.ofMillis(200))
                .withRetryBudget(Duration.ZERO);

        assertThatThrownBy(() -> client(settings).namespaces()).hasMessageContaining("no answer within 200 ms");
    }

    @Test
    void request_interruptedThread_stopsAndKeepsTheFlag() {
        ScriptedServer up = timeLock(new AtomicLong());

        Thread.currentThread().interrupt();
        assertFails(ErrorCode.INTERRUPTED, () -> client(up).namespaces());
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void settings_addressThatCantBeUsed_isRefused() {
        for (String address :
                List.of("ftp://h", "h:8421", "http:///x", "http://h?x=1", "http://user:pw@h", "file:/x")) {
            assertThatThrownBy(() -> HttpTimestampClientSettings.of(URI.create(address)))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(HttpTimestampClientSettings.of(URI.create("http://h:1/timelock/api/"))
                        .endpoints())
                .containsExactly(URI.create("http://h:1/timelock/api"));
    }

    private HttpTimestampClient client(ScriptedServer... endpoints) {
        return client(List.of(endpoints).stream().map(ScriptedServer::uri).toArray(URI[]::new));
    }

    private HttpTimestampClient client(URI... endpoints) {
        return client(settingsOf(endpoints));
    }

    private static HttpTimestampClientSettings settingsOf(URI... endpoints) {
        return HttpTimestampClientSettings.of(endpoints);
    }

    private HttpTimestampClient client(HttpTimestampClientSettings settings) {
        return new HttpTimestampClient(
                settings,
                (delay, task) -> {
                    waits.add(delay);
                    nanos.addAndGet(delay.toNanos());
                    task.run();
                },
                nanos::get,
                () -> 0L);
    }

    /** A server with the paths of TimeLock that the client uses, one namespace, and a lease that holds timestamp 2. */
    private ScriptedServer timeLock(AtomicLong timestamps) {
        return server(request -> {
            String path = request.path.replaceAll("\\?.*", "");
            return switch (path) {
                case "/tl/management/getNamespaces" -> Scripted.json("[\"orders\"]");
                case "/tl/ts/orders" -> {
                    long count = Long.parseLong(request.body.replaceAll("\\D", ""));
                    long upper = timestamps.addAndGet(count);
                    yield Scripted.json(
                            "{\"inclusiveLower\":" + (upper - count + 1) + ",\"inclusiveUpper\":" + upper + "}");
                }
                case "/orders/timelock/lock-immutable-timestamp" ->
                    Scripted.json("{\"immutableTimestamp\":" + timestamps.incrementAndGet() + ",\"lock\":"
                            + request.body + "}");
                case "/orders/timelock/refresh-locks-v2" -> Scripted.json("{\"refreshedTokens\":" + request.body + "}");
                case "/orders/timelock/unlock" -> Scripted.json(request.body);
                case "/orders/timelock/immutable-timestamp" -> Scripted.json("2");
                case "/orders/timestamp-management/fast-forward" -> {
                    timestamps.set(Long.parseLong(request.path.replaceAll(".*=", "")));
                    yield new Scripted(204, "", "");
                }
                default ->
                    new Scripted(
                            404,
                            "{\"errorCode\":\"NOT_FOUND\",\"errorName\":\"Default:NotFound\",\"parameters\":{}}",
                            "");
            };
        });
    }

    /** A server of ours with the paths that it has in common with TimeLock. */
    private ScriptedServer tidemark(AtomicLong timestamps) {
        ScriptedServer service = timeLock(timestamps);
        service.answers.add(request -> request.path.equals("/tidemark/v1/orders")
                ? Scripted.json("{\"namespace\":\"orders\",\"leaseDurationMillis\":20000,\"fenceId\":null}")
                : null);
        return service;
    }

    private ScriptedServer server(Function<Request, Scripted> script) {
        ScriptedServer server = new ScriptedServer(script);
        servers.add(server);
        return server;
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private record Request(String method, String path, String body, String authorization, String userAgent) {}

    /** An answer; a null body never comes. */
    private record Scripted(int status, String body, String location) {
        static Scripted json(String body) {
            return new Scripted(200, body, "");
        }
    }

    private static final class ScriptedServer {
        private final HttpServer http;
        private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
        private final List<Function<Request, Scripted>> answers = new ArrayList<>();
        private final Function<Request, Scripted> script;

        private ScriptedServer(Function<Request, Scripted> script) {
            this.script = script;
            try {
                http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            http.setExecutor(Executors.newCachedThreadPool());
            http.createContext("/", this::handle);
            http.start();
        }

        private URI uri() {
            return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
        }

        private void handle(HttpExchange exchange) throws IOException {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    exchange.getRequestHeaders().getFirst("User-Agent"));
            requests.add(request);
            Scripted answer = answers.stream()
                    .map(override -> override.apply(request))
                    .filter(java.util.Objects::nonNull)
                    .findFirst()
                    .orElseGet(() -> script.apply(request));
            if (answer.body == null) {
                exchange.sendResponseHeaders(answer.status, 100);
                return;
            }
            if (!answer.location.isEmpty()) {
                exchange.getResponseHeaders().add("Location", answer.location);
            }
            byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }
    }
}
