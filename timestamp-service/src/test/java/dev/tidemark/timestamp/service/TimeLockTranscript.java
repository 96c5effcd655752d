package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What a TimeLock was asked and what it answered, and what the documentation says that is answered differently here. */
final class TimeLockTranscript {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PAGE = Path.of("../docs/timestamp-http-api.rst");
    private static final Pattern SEPARATOR = Pattern.compile(", ");
    private static final Pattern ROW =
            Pattern.compile("(?m)^   \\* - ([0-9, ]+)\n     - (\\w+)\n     - (.+)\n     - (.+)\n     - \\S");

    private TimeLockTranscript() {}

    /** Returns all exchanges in their order. */
    static List<Exchange> exchanges() throws IOException {
        List<Exchange> exchanges = new ArrayList<>();
        try (InputStream in = TimeLockTranscript.class.getResourceAsStream("/timelock/transcript.jsonl")) {
            String lines = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : lines.lines().toList()) {
                exchanges.add(new Exchange(JSON.readTree(line)));
            }
        }
        assertThat(exchanges).hasSize(208);
        return exchanges;
    }

    /** Returns the differences that the page lists, by the number of the exchange. */
    static Map<Integer, Difference> listedDifferences() throws IOException {
        Map<Integer, Difference> differences = new TreeMap<>();
        for (MatchResult row : ROW.matcher(Files.readString(PAGE)).results().toList()) {
            Difference difference = new Difference(row.group(2), row.group(3), row.group(4));
            for (String seq : SEPARATOR.splitAsStream(row.group(1)).toList()) {
                assertThat(differences.put(Integer.parseInt(seq), difference))
                        .as("exchange %s stands there once", seq)
                        .isNull();
            }
        }
        return differences;
    }

    static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }

    /**
     * How an answer differs.
     *
     * @param what {@code status}, or {@code content}: its form, or values that are the same in every run
     * @param theirs what TimeLock answers; for a status, its number
     * @param ours what is answered here; for a status, its number
     */
    record Difference(String what, String theirs, String ours) {
        /** Tells whether this is what the other one says in words. */
        boolean isDescribedBy(Difference other) {
            return what.equals(other.what) && (!what.equals("status") || equals(other));
        }
    }

    /** One request and TimeLock's answer. */
    record Exchange(JsonNode record) {
        int seq() {
            return record.path("seq").intValue();
        }

        String method() {
            return record.path("method").textValue();
        }

        String path() {
            return record.path("path").textValue();
        }

        int status() {
            return record.path("status").intValue();
        }

        String contentType() {
            return record.path("response_headers").path("content-type").asText("");
        }

        String answer() {
            return record.path("response_body").asText();
        }

        Map<String, String> headers() {
            Map<String, String> headers = new TreeMap<>();
            record.path("headers")
                    .properties()
                    .forEach(header ->
                            headers.put(header.getKey(), header.getValue().textValue()));
            return headers;
        }

        /** Returns the body of the request, or null. */
        String body() {
            JsonNode spec = record.path("body_spec");
            if (spec.path("kind").asText().equals("repeat")) {
                return spec.path("char").textValue().repeat(spec.path("count").intValue());
            }
            if (spec.path("kind").asText().equals("json")) {
                return "{\"requestId\":\"" + new UUID(1, 2) + "\",\"pad\":\"" + "y".repeat(1_048_576) + "\"}";
            }
            return record.path("body").textValue();
        }

        @Override
        public String toString() {
            return seq() + " " + method() + " " + path();
        }
    }
}
