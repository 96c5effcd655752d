package dev.tidemark.coordinator.agent.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;

/** Reads and writes the protocol's JSON. Thread-safe. */
public final class AgentJson {
    private static final ObjectMapper REQUESTS = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .withCoercionConfig(
                    LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();
    private static final ObjectMapper ANSWERS =
            REQUESTS.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private AgentJson() {}

    /** Writes a request or an answer. */
    public static byte[] write(Object document) {
        try {
            return REQUESTS.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("can't write " + document.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /**
     * Reads a request; whatever it has beyond what is known is an error.
     *
     * @throws IOException when it is not the JSON of that type
     */
    public static <T> T readRequest(byte[] json, Class<T> type) throws IOException {
        return read(REQUESTS, json, type);
    }

    /**
     * Reads an answer; fields that are not known are left out.
     *
     * @throws IOException when it is not the JSON of that type
     */
    public static <T> T readAnswer(byte[] json, Class<T> type) throws IOException {
        return read(ANSWERS, json, type);
    }

    private static <T> T read(ObjectMapper mapper, byte[] json, Class<T> type) throws IOException {
        T document = mapper.readValue(json, type);
        if (document == null) {
            throw new IOException("null (expected: " + type.getSimpleName() + ")");
        }
        return document;
    }
}
