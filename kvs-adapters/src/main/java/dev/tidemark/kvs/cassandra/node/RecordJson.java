package dev.tidemark.kvs.cassandra.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Scope;
import dev.tidemark.kvs.node.RestoreId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The form of a {@link NodeRecord} in its file. */
final class RecordJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;

    private RecordJson() {}

    static byte[] write(NodeRecord record) {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("node", record.nodeId())
                .put("host", record.hostId())
                .put("epoch", record.epoch())
                .put("completed", record.completed())
                .put("loads", record.loads());
        record.change().ifPresent(change -> json.set("change", write(change)));
        ObjectNode copies = json.putObject("safetyCopies");
        record.safetyCopies().forEach((name, scope) -> copies.put(name, textOf(scope)));
        record.unwanted().forEach(json.putArray("unwanted")::add);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode write(Change change) {
        return JSON.createObjectNode()
                .put("restore", change.restore().id())
                .put("epoch", change.restore().epoch())
                .put("way", textOf(change.way()))
                .put("phase", textOf(change.phase()))
                .put("scope", textOf(change.scope()))
                .put("safetyCopy", change.safetyCopy())
                .put("tables", textOf(change.tables()));
    }

    /**
     * Reads a record.
     *
     * @throws IOException when it is none, or that of a later version
     */
    static NodeRecord read(byte[] content) throws IOException {
        try {
            JsonNode json = JSON.readTree(content);
            if (json.path("format").asInt() != FORMAT) {
                throw new IOException("format " + json.path("format") + " (expected: " + FORMAT + ")");
            }
            List<Change> changes = new ArrayList<>();
            if (json.has("change")) {
                changes.add(readChange(json.get("change")));
            }
            SortedMap<String, Scope> copies = new TreeMap<>();
            json.path("safetyCopies")
                    .fields()
                    .forEachRemaining(copy -> copies.put(copy.getKey(), valueOf(Scope.class, copy.getValue())));
            SortedSet<String> unwanted = new TreeSet<>();
            json.path("unwanted").forEach(tag -> unwanted.add(tag.asText()));
            return new NodeRecord(
                    json.path("node").asText(),
                    json.path("host").asText(),
                    json.path("epoch").asLong(),
                    json.path("completed").asText(),
                    changes,
                    copies,
                    unwanted,
                    json.path("loads").asLong());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Change readChange(JsonNode json) {
        return new Change(
                new RestoreId(json.path("restore").asText(), json.path("epoch").asLong()),
                valueOf(Change.Way.class, json.path("way")),
                valueOf(Phase.class, json.path("phase")),
                valueOf(Scope.class, json.path("scope")),
                json.path("safetyCopy").asText(),
                valueOf(Change.Tables.class, json.path("tables")));
    }

    static String textOf(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E valueOf(Class<E> type, JsonNode json) {
        return Enum.valueOf(type, json.asText().toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
