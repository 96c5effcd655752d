package dev.tidemark.coordinator.operation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** How the journal and the lock write their records as JSON. Unknown fields are refused: they mean another version. */
final class Documents {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Documents() {}

    static byte[] encode(Object document) {
        try {
            return MAPPER.writeValueAsString(document).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("can't write " + document.getClass().getSimpleName() + " as JSON", e);
        }
    }

    static <T> T decode(byte[] content, Class<T> type, String name) {
        try {
            return MAPPER.readValue(content, type);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    static JsonNode toTree(Object value) {
        return MAPPER.valueToTree(value);
    }

    static <T> T fromTree(JsonNode tree, Class<T> type, String name) {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw unreadable(name, e);
        }
    }

    private static CoordinatorException unreadable(String name, IOException cause) {
        return new CoordinatorException(
                ErrorCode.UNKNOWN_FORMAT_VERSION,
                "record '" + name + "' can't be read by this version",
                "Use the version of Tidemark that wrote it.",
                cause);
    }
}
