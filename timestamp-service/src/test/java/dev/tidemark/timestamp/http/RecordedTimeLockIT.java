package dev.tidemark.timestamp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The client with the answers that a real TimeLock has given to the same requests: each recorded answer is given once, in the order of
 * the recording; what was not recorded is answered as a path that TimeLock does not know.
 */
class RecordedTimeLockIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final LeaseToken FIRST = new LeaseToken(UUID.fromString("bd37c64d-13dd-4cb9-bece-f7077cc3c602"));
    private static final LeaseToken SECOND = new LeaseToken(UUID.fromString("dcfbbb5e-eb6d-4eda-ba7c-7ca485c6eecd"));
    private static final LeaseToken THIRD = new LeaseToken(UUID.fromString("82b4ef4e-292a-463c-be02-69edac79ca6e"));

    private final List<JsonNode> recorded = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private HttpServer server;
    private HttpTimestampClient client;

    @BeforeEach
    void start() throws IOException {
        try (InputStream in = RecordedTimeLockIT.class.getResourceAsStream("/timelock/transcript.jsonl")) {
            String lines = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : lines.lines().toList()) {
                JsonNode exchange = JSON.readTree(line);
                boolean isBeforeItExists = exchange.path("path").asText().endsWith("/getNamespaces")
                        && exchange.path("response_body").asText("").equals("[]");
                if (!isBeforeItExists) {
                    recorded.add(exchange);
                }
            }
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::replay);
        server.start();
        client = HttpTimestampClient.create(HttpTimestampClientSettings.of(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort())));
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    @Test
    @DisplayName("Timestamps, leases, their loss, fast-forwards and refusals are understood as TimeLock means them")
    void replay() {
        NamespaceOracle oracle = client.namespace("orchard");

        assertThat(oracle.freshTimestamps(2)).isEqualTo(new TimestampRange(20_019, 20_020));
        assertThat(oracle.immutableTimestamp()).isEqualTo(27_185_019);
        assertThat(oracle.lockImmutableTimestamp(FIRST).immutableTimestamp()).isEqualTo(27_185_021);
        assertThat(oracle.lockImmutableTimestamp(SECOND).immutableTimestamp()).isEqualTo(27_185_021);
        assertThat(oracle.isSettled(27_185_019)).isTrue();
        assertThat(oracle.isSettled(27_185_021)).isFalse();
        assertThat(oracle.unlock(Set.of(FIRST))).containsExactly(FIRST);
        assertThat(oracle.unlock(Set.of(FIRST))).isEmpty();
        assertThat(oracle.refresh(Set.of(FIRST))).isEmpty();

        assertThat(oracle.lockImmutableTimestamp(THIRD).immutableTimestamp()).isEqualTo(27_185_031);
        assertThat(oracle.refresh(Set.of(THIRD))).containsExactly(THIRD);
        // The recording goes on after a pause that was longer than TimeLock's lease.
        assertThatThrownBy(() -> oracle.commitTimestamp(THIRD))
                .isInstanceOfSatisfying(
                        TimestampException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
        assertThat(oracle.unlock(Set.of(THIRD))).isEmpty();

        oracle.fastForward(27_185_017);
        assertThat(unknown).containsExactly("GET /tidemark/v1/orchard");
    }

    private synchronized void replay(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        JsonNode answer =
                take(exchange.getRequestMethod(), exchange.getRequestURI().toString(), body);
        int status = 404;
        String text = "{\"errorCode\":\"NOT_FOUND\",\"errorName\":\"Default:NotFound\",\"parameters\":{}}";
        if (answer != null) {
            status = answer.path("status").intValue();
            text = answer.path("response_body").asText();
        } else {
            unknown.add((exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Takes the first exchange that is left of those with the same request and credentials; null when there is none. */
    private JsonNode take(String method, String path, String body) throws IOException {
        for (JsonNode exchange : recorded) {
            boolean isSame = exchange.path("status").intValue() < 300
                    && exchange.path("method").asText().equals(method)
                    && exchange.path("path").asText().equals(path)
                    && JSON.readTree(body)
                            .equals(JSON.readTree(exchange.path("body").asText("")));
            if (isSame) {
                recorded.remove(exchange);
                return exchange;
            }
        }
        return null;
    }
}
