package dev.tidemark.coordinator.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.lang.reflect.RecordComponent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Requests with types: JSON out and in. What a later service says that this program does not know is passed over. Thread-safe. */
final class ServiceCalls {
    private static final String API = "/api/v1";

    private final ObjectMapper mapper = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_INVALID_SUBTYPE)
            .build();

    private final ServiceErrors errors = new ServiceErrors(mapper);
    private final ServiceTransport transport;

    ServiceCalls(ClientSettings settings, Sleeper sleeper, MonotonicClock clock, RandomGenerator random) {
        transport = new ServiceTransport(settings, errors, sleeper, clock, random);
    }

    /** Returns a path below a namespace. */
    static String path(String namespace, String... segments) {
        return "/namespaces/" + encode(namespace) + "/"
                + Arrays.stream(segments).map(ServiceCalls::encode).collect(Collectors.joining("/"));
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    <T> T get(String path, Class<T> type) {
        return send(ServiceRequest.get(API + path), type);
    }

    <T> T put(String path, Object body, Class<T> type) {
        return send(change("PUT", path, body).repeatable(), type);
    }

    <T> T post(String path, Object body, Class<T> type) {
        return send(change("POST", path, body), type);
    }

    <T> T delete(String path, Class<T> type) {
        return send(ServiceRequest.change("DELETE", API + path, ""), type);
    }

    ServiceRequest change(String method, String path, Object bodyOrNull) {
        return ServiceRequest.change(method, API + path, bodyOrNull == null ? "" : write(bodyOrNull));
    }

    <T> T send(ServiceRequest request, Class<T> type) {
        return read(transport.send(request), type, request.target());
    }

    void stream(String path, long afterRevision, EventStream events) {
        transport.stream(
                ServiceRequest.get(API + path)
                        .with("Accept", "text/event-stream")
                        .with("Last-Event-ID", String.valueOf(afterRevision)),
                events);
    }

    <T> T read(String json, Class<T> type, String what) {
        try {
            T value = mapper.readValue(json, type);
            if (value == null) {
                throw ServiceErrors.notUnderstood("'" + what + "'", "it is null", null);
            }
            return value;
        } catch (JsonProcessingException e) {
            throw ServiceErrors.notUnderstood("'" + what + "'", e.getOriginalMessage(), e);
        }
    }

    /** Returns a report of the wanted type, or nothing when it is of another one. */
    <T extends Record> Optional<T> find(JsonNode reportOrNull, Class<T> type) {
        boolean isWhole = reportOrNull != null
                && Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getName)
                        .allMatch(reportOrNull::has);
        try {
            return isWhole ? Optional.of(mapper.treeToValue(reportOrNull, type)) : Optional.empty();
        } catch (JsonProcessingException e) {
            throw ServiceErrors.notUnderstood("an order, its report,", e.getOriginalMessage(), e);
        }
    }

    private String write(Object body) {
        try {
            return mapper.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("body can't be written as JSON", e);
        }
    }
}
