package dev.tidemark.timestamp.service;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.service.TimeLockTranscript.Difference;
import dev.tidemark.timestamp.service.TimeLockTranscript.Exchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays what a TimeLock was asked and compares the answers: status, form of the JSON, names of errors, and how the
 * timestamps of a namespace relate to each other. What differs has to be on the page on the HTTP API, and what is there has to differ.
 */
class TimeLockTranscriptIT {
    private static final Pattern SEGMENTS = Pattern.compile("[/?]");

    /** Where timestamps stand in answers. */
    private static final List<String> TIMESTAMPS = List.of(
            "",
            "/lowerBound",
            "/upperBound",
            "/inclusiveLower",
            "/inclusiveUpper",
            "/start",
            "/immutableTimestamp",
            "/immutableTimestamp/immutableTimestamp",
            "/startTimestampAndPartition/timestamp",
            "/timestamps/start",
            "/freshTimestamp");

    /** The exchange before which TimeLock was left alone, so that its leases ended. */
    private static final int AFTER_A_PAUSE = 130;

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private HttpClient http = HttpClient.newHttpClient();

    @Test
    void replay_transcriptOfTimeLock_differsAsDocumented() throws Exception {
        TimestampServiceSettings settings = new TimestampServiceSettings(
                directory, null, null, "/", null, NamespaceCreation.ON_FIRST_USE, null, null, null, null);
        Map<Integer, Difference> listed = TimeLockTranscript.listedDifferences();
        SoftAssertions softly = new SoftAssertions();
        Map<String, List<Observed>> timestamps = new TreeMap<>();
        try (TimestampServer server = TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                time.seams(),
                UUID::randomUUID)) {
            for (Exchange exchange : TimeLockTranscript.exchanges()) {
                if (exchange.seq() == AFTER_A_PAUSE) {
                    time.advance(Duration.ofSeconds(34));
                }
                HttpResponse<String> answer = send(server.endpoint(), exchange);
                if (contentType(answer).startsWith("text/html")) {
                    // The web server has refused the request and closes the connection: don't use it again.
                    http = HttpClient.newHttpClient();
                }
                compare(softly, exchange, answer, Optional.ofNullable(listed.remove(exchange.seq())));
                observe(timestamps, exchange, answer);
            }
        }
        timestamps.forEach((namespace, observed) -> compareRelations(softly, namespace, observed));
        softly.assertThat(timestamps.get("orchard")).hasSizeGreaterThan(60);
        softly.assertThat(listed).as("listed without such an exchange").isEmpty();
        softly.assertAll();
    }

    private static void compare(
            SoftAssertions softly, Exchange exchange, HttpResponse<String> answer, Optional<Difference> listed) {
        Optional<Difference> found = difference(exchange, answer);
        boolean isListed =
                found.isPresent() ? listed.isPresent() && found.get().isDescribedBy(listed.get()) : listed.isEmpty();
        softly.assertThat(isListed)
                .as(
                        "%s%n  theirs: %s%n  ours: %s%n  found: %s%n  listed: %s",
                        exchange, exchange.answer(), answer.body(), found, listed)
                .isTrue();
    }

    /** Returns the first difference. */
    private static Optional<Difference> difference(Exchange exchange, HttpResponse<String> answer) {
        if (answer.statusCode() != exchange.status()) {
            return Optional.of(
                    new Difference("status", String.valueOf(exchange.status()), String.valueOf(answer.statusCode())));
        }
        JsonNode theirs = TimeLockTranscript.parse(exchange.answer());
        JsonNode ours = TimeLockTranscript.parse(answer.body());
        boolean isSameForm = contentType(answer).startsWith(exchange.contentType())
                && shape(ours).equals(shape(theirs))
                && ours.path("errorCode").equals(theirs.path("errorCode"))
                && ours.path("errorName").equals(theirs.path("errorName"));
        if (!isSameForm) {
            return Optional.of(new Difference("content", exchange.answer(), answer.body()));
        }
        boolean isFixed = ours.isArray()
                || ours.path("refreshedTokens").isArray()
                || ours.path("tokens").isArray()
                || exchange.contentType().equals("text/plain");
        boolean isSame = exchange.contentType().equals("text/plain")
                ? answer.body().equals(exchange.answer())
                : withoutTimes(ours).equals(withoutTimes(theirs));
        return isFixed && !isSame
                ? Optional.of(new Difference("content", exchange.answer(), answer.body()))
                : Optional.empty();
    }

    private static void observe(
            Map<String, List<Observed>> timestamps, Exchange exchange, HttpResponse<String> answer) {
        boolean isAnswered = answer.statusCode() == 200 && exchange.status() == 200;
        String path = exchange.path();
        boolean isAboutTimestamps = path.contains("timestamp")
                || path.contains("transaction")
                || Pattern.matches("/tl/(ts|ts1|t2|st|gct)/.*", path);
        if (!isAnswered || !isAboutTimestamps) {
            return;
        }
        List<String> segments = SEGMENTS.splitAsStream(path).toList();
        String namespace = path.startsWith("/tl/") ? segments.get(3) : segments.get(1);
        JsonNode theirs = TimeLockTranscript.parse(exchange.answer());
        JsonNode ours = TimeLockTranscript.parse(answer.body());
        for (String pointer : TIMESTAMPS) {
            if (theirs.at(pointer).isIntegralNumber()) {
                timestamps
                        .computeIfAbsent(namespace, key -> new ArrayList<>())
                        .add(new Observed(
                                exchange.seq(),
                                pointer,
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
                if (later.seq == earlier.seq && later.pointer.matches("/(upperBound|inclusiveUpper)")) {
                    softly.assertThat(later.ours - earlier.ours)
                            .as("size of " + later)
                            .isEqualTo(later.theirs - earlier.theirs);
                }
            }
        }
    }

    private HttpResponse<String> send(URI endpoint, Exchange exchange) throws Exception {
        String body = exchange.body();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + exchange.path()))
                .method(exchange.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        exchange.headers().forEach(request::header);
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IOException("exchange " + exchange, e);
        }
    }

    private static String contentType(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
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

    private record Observed(int seq, String pointer, long theirs, long ours) {}
}
