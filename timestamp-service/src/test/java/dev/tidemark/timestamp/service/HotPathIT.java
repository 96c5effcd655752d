package dev.tidemark.timestamp.service;

import static dev.tidemark.timestamp.service.RawHttp.post;
import static dev.tidemark.timestamp.service.RawHttp.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.timestamp.service.RawHttp.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two services get the same requests; one answers those for timestamps before the web framework sees them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HotPathIT {
    private static final String BASE = "/timelock/api";
    private static final String TOKEN = "Authorization: Bearer q";
    private static final String JSON = "Content-Type: application/json";

    private TimestampServer hot;
    private TimestampServer plain;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        hot = start(directory.resolve("hot"), true);
        plain = start(directory.resolve("plain"), false);
        for (TimestampServer server : List.of(hot, plain)) {
            for (String namespace : List.of("orders", "stock", "fenced")) {
                try (RawHttp http = new RawHttp(server.port())) {
                    http.exchange(post(BASE + "/" + namespace + "/timestamp/fresh-timestamp", ""));
                }
            }
            try (RawHttp http = new RawHttp(server.port())) {
                assertThat(http.exchange(request("PUT", BASE + "/tidemark/v1/fenced/fence?fenceId=r-1", ""))
                                .status())
                        .contains("200");
            }
        }
    }

    private TimestampServer start(Path directory, boolean isHot) {
        TimestampServiceSettings settings = new TimestampServiceSettings(
                directory, null, null, BASE, null, null, List.of("orders", "stock", "fenced"), null, null, null);
        TimestampServiceConfiguration configuration =
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        configuration.setHotPath(new HotPathSettings(isHot, null).cold());
        return TimestampServer.start(configuration);
    }

    @AfterAll
    void stop() {
        hot.close();
        plain.close();
    }

    static List<Arguments> requests() {
        List<Arguments> all = new ArrayList<>();
        String ts = BASE + "/tl/ts/orders";
        String t2 = BASE + "/tl/t2/orders";
        String ts1 = BASE + "/tl/ts1/orders";
        String one = BASE + "/orders/timestamp/fresh-timestamp";
        String several = BASE + "/orders/timelock/fresh-timestamps";
        String ten = "{\"numTimestamps\":10}";
        for (String usual : List.of(
                post(ts, ten, TOKEN, JSON),
                post(ts, " {\t\"numTimestamps\" : 10 }\r\n", TOKEN, JSON),
                post(ts, "{\"numTimestamps\":123456}", TOKEN, JSON),
                post(ts, ten, "authorization: q", "content-type: application/json"),
                post(ts, ten, TOKEN, JSON, "Accept: application/json", "User-Agent: x", "Accept-Encoding: gzip"),
                post(ts, ten, TOKEN, JSON, "Accept: */*"),
                post(t2, "10", TOKEN, JSON),
                post(ts1, "", TOKEN),
                post(ts1, "", TOKEN, JSON),
                "POST " + ts1 + " HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n\r\n",
                post(one, ""),
                post(BASE + "/orders/timelock/fresh-timestamp", ""),
                post(several + "?number=10", ""),
                post(several + "?number=10000000", ""),
                post(BASE + "/orders/timestamp/fresh-timestamps?number=1", ""))) {
            all.add(Arguments.of(usual, true));
        }
        for (String unusual : List.of(
                post(ts, "{\"numTimestamps\":0}", TOKEN, JSON),
                post(ts, "{\"numTimestamps\":-1}", TOKEN, JSON),
                post(ts, "{\"numTimestamps\":\"10\"}", TOKEN, JSON),
                post(ts, "{\"numTimestamps\":1.5}", TOKEN, JSON),
                post(ts, "{\"numTimestamps\":99999999999}", TOKEN, JSON),
                post(ts, "{\"numTimestamps\":10,\"more\":1}", TOKEN, JSON),
                post(ts, "{\"numTimestamps\":10", TOKEN, JSON),
                post(ts, "{\"numTimestamps\":" + " ".repeat(100) + "10}", TOKEN, JSON),
                post(ts, "{\"numTimestamps\":" + " ".repeat(2 << 20) + "10}", TOKEN, JSON),
                post(ts, "{}", TOKEN, JSON),
                post(ts, "", TOKEN, JSON),
                post(ts, ten, TOKEN),
                post(ts, ten, TOKEN, "Content-Type: text/plain"),
                post(ts, ten, TOKEN, "Content-Type: application/json; charset=utf-8"),
                post(ts, ten, JSON),
                post(ts, ten, "Authorization: Bearer a b", JSON),
                post(ts, ten, "Authorization: ", JSON),
                post(ts, ten, TOKEN, "Authorization: Bearer a b", JSON),
                post(ts, ten, TOKEN, JSON, "Accept: text/plain"),
                post(ts, ten, TOKEN, JSON, "Accept: text/html, application/json;q=0.5"),
                post(ts, ten, TOKEN, JSON, "Content-Encoding: identity"),
                post(ts, ten, TOKEN, JSON, "Content-Encoding: gzip"),
                post(ts + "?x=1", ten, TOKEN, JSON),
                post(ts + "/", ten, TOKEN, JSON),
                post(BASE + "/tl/ts/order", ten, TOKEN, JSON),
                post(BASE + "/tl/ts/or%64ers", ten, TOKEN, JSON),
                post(BASE + "/tl/ts/fenced", ten, TOKEN, JSON),
                post("/tl/ts/orders", ten, TOKEN, JSON),
                post(t2, " 10", TOKEN, JSON),
                post(t2, "0", TOKEN, JSON),
                post(t2, "null", TOKEN, JSON),
                post(t2, "", TOKEN, JSON),
                post(ts1, ""),
                post(ts1, "{}", TOKEN, JSON),
                post(ts1 + "?x", "", TOKEN),
                request("GET", ts1, "", TOKEN),
                request("PUT", ts1, "", TOKEN),
                request("DELETE", one, ""),
                post(one, "x"),
                post(one + "?number=7", ""),
                post(BASE + "/fenced/timestamp/fresh-timestamp", ""),
                post(BASE + "/order/timestamp/fresh-timestamp", ""),
                post(BASE + "/tl/timestamp/fresh-timestamp", ""),
                post(BASE + "/a%20b/timestamp/fresh-timestamp", ""),
                post(several, ""),
                post(several + "?number=", ""),
                post(several + "?number=x", ""),
                post(several + "?number=0", ""),
                post(several + "?number=-5", ""),
                post(several + "?number=010", ""),
                post(several + "?number=99999999999", ""),
                post(several + "?number=3&number=4", ""),
                post(BASE + "/orders/timelock/immutable-timestamp", ""),
                "POST " + ts + " HTTP/1.1\r\nHost: h\r\n" + TOKEN + "\r\n" + JSON
                        + "\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n" + ten + "\r\n0\r\n\r\n")) {
            all.add(Arguments.of(unusual, false));
        }
        return all;
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("requests")
    void answer_anyRequest_isThatOfTheWebFramework(String request, boolean isUsual) throws Exception {
        long before = hotRequests();
        Answer expected;
        Answer answer;

        try (RawHttp http = new RawHttp(plain.port())) {
            expected = http.exchange(request).withoutInstanceId();
        }
        try (RawHttp http = new RawHttp(hot.port())) {
            answer = http.exchange(request).withoutInstanceId();
        }

        assertThat(answer).as(shortened(request)).isEqualTo(expected);
        assertThat(hotRequests() - before).as(shortened(request)).isEqualTo(isUsual ? 1 : 0);
    }

    @Test
    void answer_requestInPieces_isWhole() throws Exception {
        String ts = post(BASE + "/tl/ts/stock", "{\"numTimestamps\":1}", TOKEN, JSON);
        long before = hotRequests();
        try (RawHttp http = new RawHttp(hot.port())) {
            for (int cut = 1; cut < ts.length(); cut += 7) {
                http.send(ts.substring(0, cut));
                Thread.onSpinWait();
                http.send(ts.substring(cut));
                assertThat(http.read().status()).contains("200");
            }
        }
        assertThat(hotRequests() - before).isEqualTo((ts.length() + 5) / 7);
    }

    @Test
    void answer_bodyThatBeginsLikeACountAndGoesOn_isJudgedByTheWebFrameworkAsAWhole() throws Exception {
        String body = "{\"numTimestamps\":3,\"ignored\":1}";
        String request = post(BASE + "/tl/ts/stock", body, TOKEN, JSON);
        try (RawHttp http = new RawHttp(hot.port())) {
            int head = request.length() - body.length();
            http.send(request.substring(0, head + 18));
            http.send(request.substring(head + 18));

            JsonNode range = new ObjectMapper().readTree(http.read().body());

            assertThat(range.get("inclusiveUpper").asLong()
                            - range.get("inclusiveLower").asLong())
                    .isEqualTo(2);
        }
    }

    @Test
    void answer_requestsOneBehindTheOther_comeInOrder() throws Exception {
        String one = post(BASE + "/stock/timestamp/fresh-timestamp", "");
        String slow = post(BASE + "/stock/timelock/immutable-timestamp", "");
        try (RawHttp http = new RawHttp(hot.port())) {
            http.send(one + slow + one);

            List<Long> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(Long.parseLong(http.read().body()));
            }

            assertThat(answers).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void answer_manyConnectionsOnBothPaths_neverTheSameTimestamp() throws Exception {
        String hotOne = post(BASE + "/tl/ts1/stock", "", TOKEN);
        String slowOne = post(BASE + "/tl/ts1/stock?slow", "", TOKEN);
        List<Long> all = Collections.synchronizedList(new ArrayList<>());

        IntStream.range(0, 8).parallel().forEach(i -> {
            try (RawHttp http = new RawHttp(hot.port())) {
                long last = 0;
                for (int j = 0; j < 100; j++) {
                    long next = Long.parseLong(
                            http.exchange(j % 3 == 0 ? slowOne : hotOne).body());
                    assertThat(next).isGreaterThan(last);
                    last = next;
                    all.add(next);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(all).hasSize(800).doesNotHaveDuplicates();
    }

    @Test
    void adminPort_always_isNotServedByTheHotPath() throws Exception {
        long before = hotRequests();
        try (RawHttp http = new RawHttp(hot.adminPort())) {
            assertThat(http.exchange(post(BASE + "/stock/timestamp/fresh-timestamp", ""))
                            .status())
                    .doesNotContain("200");
        }
        assertThat(hotRequests()).isEqualTo(before);
    }

    private long hotRequests() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + hot.adminPort() + "/metrics");
        try (InputStream metrics = uri.toURL().openStream()) {
            JsonNode gauges = new ObjectMapper().readTree(metrics).path("gauges");
            return gauges.path("hot-path.requests").path("value").asLong();
        }
    }

    private static String shortened(String request) {
        return request.length() > 300 ? request.substring(0, 300) + "..." : request;
    }
}
