package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.timestamp.ManualTime;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays what a TimeLock was asked and compares the answers: status, form of the JSON, names of errors, and how the
 * timestamps of a namespace relate to each other. The differences listed here are those of the page on the HTTP API.
 */
class TimeLockTranscriptIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SEGMENTS = Pattern.compile("[/?]");

    /** Number of the exchange, and our status where it is another one on purpose. */
    private static final Map<Integer, Integer> OTHER_STATUS = Map.ofEntries(
            // A body that is missing or null is the client's error.
            Map.entry(42, 400),
            Map.entry(47, 400),
            Map.entry(56, 400),
            Map.entry(110, 400),
            Map.entry(111, 400),
            Map.entry(143, 400),
            Map.entry(145, 400),
            // A fast-forward that can't be meant is refused.
            Map.entry(67, 400),
            Map.entry(142, 400),
            Map.entry(201, 400),
            Map.entry(204, 400),
            // The web server refuses paths that can be read in two ways.
            Map.entry(26, 400),
            Map.entry(161, 400),
            // Bodies over 1 MiB are not read.
            Map.entry(198, 413));

    /** Exchanges whose answers TimeLock's web server gives before its application is asked, in HTML. */
    private static final List<Integer> WEB_SERVER = List.of(169, 170);

    /** The exchange before which TimeLock was left alone, so that its leases ended. */
    private static final int AFTER_A_PAUSE = 130;

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private HttpClient http = HttpClient.newHttpClient();

    @Test
    void replay_transcriptOfTimeLock_isAnsweredAlike() throws Exception {
        TimestampServiceSettings settings = new TimestampServiceSettings(
                directory, null, null, "/", null, NamespaceCreation.ON_FIRST_USE, null, null, null, null, null);
        SoftAssertions softly = new SoftAssertions();
        Map<String, List<Observed>> timestamps = new TreeMap<>();
        try (TimestampServer server = TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                time.seams(),
                UUID::randomUUID)) {
            for (JsonNode exchange : transcript()) {
                if (exchange.path("seq").intValue() == AFTER_A_PAUSE) {
                    time.advance(Duration.ofSeconds(34));
                }
                HttpResponse<String> answer = send(server.endpoint(), exchange);
                String type = answer.headers().firstValue("Content-Type").orElse("");
                if (type.startsWith("text/html")) {
                    // The web server has refused the request and closes the connection: don't use it again.
                    http = HttpClient.newHttpClient();
                }
                compare(softly, exchange, answer);
                observe(timestamps, exchange, answer);
            }
        }
        timestamps.forEach((namespace, observed) -> compareRelations(softly, namespace, observed));
        softly.assertAll();
    }

    private static void compare(SoftAssertions softly, JsonNode exchange, HttpResponse<String> answer) {
        int seq = exchange.path("seq").intValue();
        String what = seq + " " + exchange.path("method").textValue() + " "
                + exchange.path("path").textValue() + ": " + answer.body();
        int theirs = exchange.path("status").intValue();
        softly.assertThat(answer.statusCode()).as(what).isEqualTo(OTHER_STATUS.getOrDefault(seq, theirs));
        if (answer.statusCode() != theirs || WEB_SERVER.contains(seq)) {
            return;
        }
        String theirType =
                exchange.path("response_headers").path("content-type").asText("");
        softly.assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .as(what)
                .startsWith(theirType);
        JsonNode theirBody = parse(exchange.path("response_body").asText());
        JsonNode ourBody = parse(answer.body());
        softly.assertThat(shape(ourBody)).as(what).isEqualTo(shape(theirBody));
        for (String name : List.of("errorCode", "errorName")) {
            softly.assertThat(ourBody.path(name)).as(what).isEqualTo(theirBody.path(name));
        }
        if (theirType.equals("text/plain") && theirs == 200 && !theirBody.isMissingNode()) {
            softly.assertThat(answer.body())
                    .as(what)
                    .isEqualTo(exchange.path("response_body").asText());
        }
        if (ourBody.isArray() || ourBody.path("refreshedTokens").isArray()) {
            softly.assertThat(withoutTimes(ourBody)).as(what).isEqualTo(withoutTimes(theirBody));
        }
    }

    private static void observe(
            Map<String, List<Observed>> timestamps, JsonNode exchange, HttpResponse<String> answer) {
        String path = exchange.path("path").textValue();
        boolean isAnswered =
                answer.statusCode() == 200 && exchange.path("status").intValue() == 200;
        if (!isAnswered || !(path.contains("timestamp") || path.startsWith("/tl/t"))) {
            return;
        }
        List<String> segments = SEGMENTS.splitAsStream(path).toList();
        String namespace = path.startsWith("/tl/") ? segments.get(3) : segments.get(1);
        JsonNode theirs = parse(exchange.path("response_body").asText());
        JsonNode ours = parse(answer.body());
        for (String pointer : List.of(
                "",
                "/lowerBound",
                "/upperBound",
                "/inclusiveLower",
                "/inclusiveUpper",
                "/start",
                "/immutableTimestamp")) {
            if (theirs.at(pointer).isIntegralNumber()) {
                timestamps
                        .computeIfAbsent(namespace, key -> new ArrayList<>())
                        .add(new Observed(
                                exchange.path("seq").intValue(),
                                theirs.at(pointer).longValue(),
                                ours.at(pointer).longValue()));
            }
        }
    }

    private static void compareRelations(SoftAssertions softly, String namespace, List<Observed> observed) {
        for (int i = 0; i < observed.size(); i++) {
            for (int j = 0; j < i; j++) {
                Observed later = observed.get(i);
                Observed earlier = observed.get(j);
                softly.assertThat(Long.signum(Long.compare(later.ours, earlier.ours)))
                        .as(namespace + ": " + later + " and " + earlier)
                        .isEqualTo(Long.signum(Long.compare(later.theirs, earlier.theirs)));
                if (later.seq == earlier.seq) {
                    softly.assertThat(later.ours - earlier.ours)
                            .as("size of " + later)
                            .isEqualTo(later.theirs - earlier.theirs);
                }
            }
        }
    }

    private HttpResponse<String> send(URI endpoint, JsonNode exchange) throws Exception {
        String body = body(exchange);
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(endpoint + exchange.path("path").textValue()))
                .method(
                        exchange.path("method").textValue(),
                        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        exchange.path("headers")
                .properties()
                .forEach(header ->
                        request.header(header.getKey(), header.getValue().textValue()));
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IOException("exchange " + exchange.path("seq"), e);
        }
    }

    private static String body(JsonNode exchange) {
        JsonNode spec = exchange.path("body_spec");
        if (spec.path("kind").asText().equals("repeat")) {
            return spec.path("char").textValue().repeat(spec.path("count").intValue());
        }
        if (spec.path("kind").asText().equals("json")) {
            return "{\"requestId\":\"" + new UUID(1, 2) + "\",\"pad\":\"" + "y".repeat(1_048_576) + "\"}";
        }
        return exchange.path("body").textValue();
    }

    private static List<JsonNode> transcript() throws IOException {
        List<JsonNode> exchanges = new ArrayList<>();
        try (InputStream in = TimeLockTranscriptIT.class.getResourceAsStream("/timelock/transcript.jsonl")) {
            String lines = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : lines.lines().toList()) {
                exchanges.add(JSON.readTree(line));
            }
        }
        assertThat(exchanges).hasSizeGreaterThan(150);
        return exchanges;
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }

    /** Returns the names and types in a JSON text; an array by its first element, an error's parameters by their type. */
    private static String shape(JsonNode node) {
        if (node.isArray()) {
            return node.isEmpty() ? "[]" : "[" + shape(node.get(0)) + "]";
        }
        if (!node.isObject()) {
            return node.getNodeType().name();
        }
        Map<String, String> fields = new TreeMap<>();
        node.properties()
                .forEach(field -> fields.put(
                        field.getKey(), field.getKey().equals("parameters") ? "OBJECT" : shape(field.getValue())));
        return fields.toString();
    }

    private static String withoutTimes(JsonNode node) {
        return node.toString().replaceAll("\"leaderTime\":\\{[^}]*}", "");
    }

    private record Observed(int seq, long theirs, long ours) {}
}
