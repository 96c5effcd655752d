package dev.tidemark.coordinator.service.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection to a browser: calls and their answers, and the events that it sends unasked. Thread-safe. */
final class DevTools implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int TIMEOUT_SECONDS = 60;

    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private WebSocket socket;

    private DevTools() {}

    static DevTools connect(URI address) {
        DevTools devTools = new DevTools();
        devTools.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address, devTools.new Messages())
                .join();
        return devTools;
    }

    /**
     * Calls a method and returns its result.
     *
     * @param session of a page; empty for the browser itself
     * @throws IllegalStateException when the browser refuses
     */
    JsonNode call(String session, String method, Map<String, ?> parameters) {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ObjectNode message = MAPPER.createObjectNode();
        message.put("id", id).put("method", method).set("params", MAPPER.valueToTree(parameters));
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        send(message.toString());
        try {
            JsonNode found = answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (found.has("error")) {
                throw new IllegalStateException(method + ": " + found.get("error"));
            }
            return found.get("result");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(method + ": interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(method + ": no answer", e);
        }
    }

    private synchronized void send(String message) {
        socket.sendText(message, true).join();
    }

    /** Returns the parameters of the events of a page that have come so far. */
    List<JsonNode> events(String session, String method) {
        return events.stream()
                .filter(event -> event.path("sessionId").asText().equals(session)
                        && event.get("method").asText().equals(method))
                .map(event -> event.get("params"))
                .toList();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Messages implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket source, CharSequence part, boolean isLast) {
            text.append(part);
            if (isLast) {
                receive(text.toString());
                text.setLength(0);
            }
            source.request(1);
            return null;
        }

        private void receive(String message) {
            try {
                JsonNode parsed = MAPPER.readTree(message);
                if (parsed.has("id")) {
                    waiting.remove(parsed.get("id").intValue()).complete(parsed);
                } else {
                    events.add(parsed);
                }
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
