package dev.tidemark.coordinator.archive.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes records as JSON: one line, UTF-8, fields in the order of the record's components, times in RFC 3339.
 * Reading refuses whatever the writer would not write: an unknown, missing, duplicate or null field, a number as text or
 * text as a number, anything after the document, nesting deeper than {@value #MAX_DEPTH}, numbers of more than
 * {@value #MAX_NUMBER_LENGTH} digits, documents of more than {@value #MAX_DOCUMENT_BYTES} bytes. Thread-safe.
 */
public final class StrictJson {
    /** Largest document. */
    public static final int MAX_DOCUMENT_BYTES = 16 << 20;

    private static final int MAX_DEPTH = 16;
    private static final int MAX_NUMBER_LENGTH = 25;
    private static final int MAX_STRING_LENGTH = 2 << 20;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxStringLength(MAX_STRING_LENGTH)
                            .maxNameLength(2_000)
                            .maxDocumentLength(MAX_DOCUMENT_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private StrictJson() {}

    /** Writes a record. */
    public static byte[] encode(Object document) {
        try {
            return MAPPER.writeValueAsString(document).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("can't write " + document.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /**
     * Reads a record.
     *
     * @throws IOException when the document is not acceptable; the message says where and why
     */
    public static <T> T decode(byte[] content, Class<T> type) throws IOException {
        requireSize(content);
        T document = MAPPER.readValue(content, type);
        if (document == null) {
            throw new IOException("the document is null (expected: an object)");
        }
        return document;
    }

    /**
     * Reads a record of which one field is left out when it has a certain value.
     *
     * @param optional name of the field
     * @param absent the value that stands for its absence; a document that states it is refused
     * @throws IOException as {@link #decode(byte[], Class)}
     */
    public static <T> T decode(byte[] content, Class<T> type, String optional, Object absent) throws IOException {
        requireSize(content);
        JsonNode value = MAPPER.valueToTree(absent);
        if (!(MAPPER.readTree(content) instanceof ObjectNode tree)) {
            throw new IOException("the document is no object");
        }
        if (value.equals(tree.get(optional))) {
            throw new IOException("'" + optional + "' is " + value + " (expected: left out)");
        }
        if (!tree.has(optional)) {
            tree.set(optional, value);
        }
        return MAPPER.treeToValue(tree, type);
    }

    /**
     * Reads one number of an object without looking at what stands after it: the format version, before everything else.
     *
     * @return -1 when there is no such number
     */
    public static long number(byte[] content, String field) throws IOException {
        requireSize(content);
        try (JsonParser parser = MAPPER.createParser(content)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return -1;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isMeant = parser.currentName().equals(field);
                JsonToken value = parser.nextToken();
                if (isMeant) {
                    return value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != NumberType.BIG_INTEGER
                            ? parser.getLongValue()
                            : -1;
                }
                parser.skipChildren();
            }
            return -1;
        }
    }

    private static void requireSize(byte[] content) throws IOException {
        if (content.length > MAX_DOCUMENT_BYTES) {
            throw new IOException(content.length + " bytes (expected: at most " + MAX_DOCUMENT_BYTES + ")");
        }
    }
}
