package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no honest client sends is refused with the documented status, and the service goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestLimitsIT {
    private static final int HUNDRED_MEGABYTES = 100 << 20;
    private static final String MAX = "9223372036854775807";
    private static final String MIN = "-9223372036854775808";

    private Path directory;
    private TimestampServer server;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        server = start("data", 512);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "400 | POST | /tl/ts/orders | {\"numTimestamps\":0}",
                "400 | POST | /tl/ts/orders | {\"numTimestamps\":-1}",
                "200 | POST | /tl/ts/orders | {\"numTimestamps\":10001}",
                "400 | POST | /tl/ts/orders | {\"numTimestamps\":2147483648}",
                "400 | POST | /tl/ts/orders | {\"numTimestamps\":\"two\"}",
                "400 | POST | /tl/ts/orders | {\"numTimestamps\":2.5}",
                "400 | POST | /tl/ts/orders | {\"numTimestamps\":null}",
                "400 | POST | /tl/ts/orders | {}",
                "400 | POST | /tl/t2/orders | 0",
                "400 | POST | /tl/t2/orders | -1",
                "400 | POST | /tl/t2/orders | two",
                "400 | POST | /tl/gct/orders | {\"numTimestamps\":0}",
                "400 | POST | /tl/st/orders | {\"numTransactions\":2}",
                "400 | POST | /orders/timestamp/fresh-timestamps?number=0 | ^^",
                "400 | POST | /orders/timestamp/fresh-timestamps?number=-1 | ^^",
                "200 | POST | /orders/timestamp/fresh-timestamps?number=2147483647 | ^^",
                "400 | POST | /orders/timestamp/fresh-timestamps?number=2147483648 | ^^",
                "400 | POST | /orders/timestamp/fresh-timestamps?number=two | ^^",
                "400 | POST | /orders/timestamp/fresh-timestamps | ^^",
                "400 | POST | /orders/timestamp-management/fast-forward | ^^",
                "400 | POST | /orders/timestamp-management/fast-forward?currentTimestamp=" + MIN + " | ^^",
                "400 | POST | /orders/timestamp-management/fast-forward?currentTimestamp=" + MAX + " | ^^",
                "400 | POST | /orders/timestamp-management/fast-forward?currentTimestamp=-1 | ^^",
                "400 | POST | /orders/timestamp-management/fast-forward?currentTimestamp=4611686018427387905 | ^^",
                "400 | POST | /tl/management/fastForward?namespace=orders | ^^",
                "400 | POST | /tl/management/fastForward?currentTimestamp=5 | ^^",
                "400 | POST | /tl/management/fastForward?namespace=orders&currentTimestamp=" + MIN + " | ^^",
                "400 | POST | /tl/management/fastForward?namespace=orders&currentTimestamp=" + MAX + " | ^^",
                "400 | POST | /tl/management/disable | {\"namespaces\":[\"orders\"],\"lockId\":\"a b\"}",
                "400 | POST | /tl/multi/lts | [null]",
                "400 | POST | /tl/multi/lts | {}",
                "400 | POST | /tl/multi/sts | {\"orders\":null}",
                "400 | POST | /tl/multi/sts | {\"orders\":{}}",
                "400 | POST | /tl/multi/gcts | {\"orders\":{\"numTimestamps\":0}}",
                "400 | POST | /tl/multi/ul | {\"orders\":[\"x\"]}",
                "400 | POST | /tl/multi/ul | {\"orders\":null}",
                "404 | POST | /tl/multi/sts | {\"order\":{\"requestId\":\"00000000-0000-0001-0000-000000000002\","
                        + "\"requestorId\":\"00000000-0000-0001-0000-000000000002\",\"numTransactions\":1}}",
                "404 | POST | /tl/timestamp/fresh-timestamp | ^^",
                "404 | POST | /leader/timestamp/fresh-timestamp | ^^",
                "404 | POST | /a.b/timestamp/fresh-timestamp | ^^",
                "404 | POST | /a%20b/timestamp/fresh-timestamp | ^^",
                "400 | POST | /tl/ts1/tl | ^^",
                "400 | POST | /tl/ts1/leader | ^^",
                "400 | POST | /tl/ts1/a.b | ^^",
                "400 | POST | /tl/ts1/a%20b | ^^",
                "400 | PUT | /tidemark/v1/a.b | ^^",
                "404 | POST | /tl/ts1/unknown | ^^",
                "501 | POST | /tl/l/orders | {}",
                "501 | POST | /tl/wl/orders | {}",
                "400 | POST | /tl/l/a.b | {}",
                "501 | POST | /orders/timelock/lock-v2 | {}",
                "501 | POST | /orders/timelock/await-locks | {}",
                "404 | POST | /a.b/timelock/lock | {}"
            })
    void request_thatMakesNoSense_isAnsweredAsDocumented(int status, String method, String path, String body)
            throws Exception {
        Http http = Http.to(server.endpoint());
        HttpResponse<String> answer = http.send(method, path, body == null ? "" : body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (status == 400 || status == 501) {
            assertThat(Http.json(answer).path("parameters").path("hint").asText())
                    .isNotBlank();
        }
        assertThat(answer.body()).doesNotContain("Exception").doesNotContain("dev.tidemark");
        assertThat(http.post("/tl/management/getNamespaces", "").body()).isEqualTo("[\"orders\"]");
        long next = Long.parseLong(http.post("/tl/ts1/orders", "").body());
        assertThat(next).isLessThan(100_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tl/ts/orders",
                "/orders/timestamp/fresh-timestamp",
                "/orders/timelock/unlock",
                "/tl/multi/sts",
                "/tl/management/disable",
                "/tidemark/v1/orders/unlock"
            })
    void body_ofHundredMegabytes_isRefusedAndTheServiceGoesOn(String path) throws Exception {
        assertThat(statusOfABody(path, HUNDRED_MEGABYTES)).isEqualTo(413);

        assertThat(Http.to(server.endpoint()).post("/tl/ts1/orders", "").statusCode())
                .isEqualTo(200);
    }

    @Test
    void request_whileAsManyAreUnderWayAsMayBe_isRefusedUntilOneHasEnded() throws Exception {
        try (TimestampServer narrow = start("narrow", 1);
                Socket one = connect(narrow);
                Socket other = connect(narrow)) {
            Http http = Http.to(narrow.endpoint());
            beginSlowly(one);
            beginSlowly(other);
            Socket underWay = firstAnswered(one, other) == one ? other : one;

            HttpResponse<String> refused = http.post("/orders/timelock/immutable-timestamp", "");

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            assertThat(refused.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(Http.code(refused)).isEqualTo("TOO_MANY_REQUESTS");
            assertThat(Http.json(refused).path("errorCode").asText()).isEqualTo("CUSTOM_CLIENT");
            underWay.getOutputStream().write(']');
            underWay.setSoTimeout(30_000);
            assertThat(status(underWay.getInputStream())).isEqualTo(200);
            HttpResponse<String> after = http.post("/orders/timelock/immutable-timestamp", "");
            for (int i = 0; i < 1000 && after.statusCode() == 429; i++) {
                // The answer is there a moment before the request has ended.
                after = http.post("/orders/timelock/immutable-timestamp", "");
            }
            assertThat(after.statusCode()).isEqualTo(200);
        }
    }

    /** Sends a request but for the last byte of its body; one that the hot path leaves alone, as it limits nothing. */
    private static void beginSlowly(Socket socket) throws IOException {
        socket.setSoTimeout(100);
        socket.getOutputStream().write((head("/orders/timelock/unlock", 2) + "[").getBytes(StandardCharsets.US_ASCII));
    }

    /** Waits until one of two unfinished requests is refused, and returns it. */
    private static Socket firstAnswered(Socket one, Socket other) throws IOException {
        for (int i = 0; i < 150; i++) {
            for (Socket socket : List.of(one, other)) {
                try {
                    assertThat(status(socket.getInputStream())).isEqualTo(429);
                    return socket;
                } catch (SocketTimeoutException e) {
                    // It is under way, or has not arrived.
                }
            }
        }
        throw new AssertionError("neither was refused");
    }

    @Test
    void settings_limits_areChecked() {
        for (int limit : List.of(0, -1, 100_001)) {
            assertThatThrownBy(() -> settings("any", limit)).hasMessageContaining("maxRequests: " + limit);
        }
    }

    private TimestampServer start(String data, int maxRequests) {
        return TimestampServer.start(TimestampServer.embedded(
                settings(data, maxRequests), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private TimestampServiceSettings settings(String data, int maxRequests) {
        return new TimestampServiceSettings(
                directory.resolve(data),
                null,
                null,
                null,
                null,
                null,
                List.of("orders"),
                null,
                null,
                null,
                maxRequests,
                null,
                null,
                null);
    }

    /** Sends a body until the service has heard enough. */
    private int statusOfABody(String path, int length) throws IOException {
        try (Socket socket = connect(server)) {
            OutputStream out = socket.getOutputStream();
            out.write(head(path, length).getBytes(StandardCharsets.US_ASCII));
            byte[] part = new byte[1 << 16];
            try {
                for (int sent = 0; sent < length && socket.getInputStream().available() == 0; sent += part.length) {
                    out.write(part);
                }
            } catch (SocketException e) {
                // The service has hung up; what it said before is read below.
            }
            return status(socket.getInputStream());
        }
    }

    private static Socket connect(TimestampServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static String head(String path, int length) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer q\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static int status(InputStream in) throws IOException {
        String line = new String(in.readNBytes("HTTP/1.1 200".length()), StandardCharsets.US_ASCII);
        return Integer.parseInt(line.substring("HTTP/1.1 ".length()));
    }
}
