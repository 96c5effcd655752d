package dev.tidemark.kvs.transactiontable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * AtlasDB's JSON of a {@link TransactionsSchemaMap}:
 * {@code {"timestampToTransactionsTableSchemaVersion":{"timestampMappings":[{"longRange":{"lowerEndpoint":1,"lowerBoundType":
 * "CLOSED","upperEndpoint":50,"upperBoundType":"OPEN"},"value":1},...]}}}. The ranges stand in any order, begin at 1 without a gap,
 * and the last one has no upper end. Older files write the four names inside a range with dashes and in lower case; both are read, the
 * newer form is written. Source: {@code InternalSchemaMetadata} and {@code ExternalBackupPersister} of AtlasDB.
 */
public final class SchemaMapJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MAP = "timestampToTransactionsTableSchemaVersion";
    private static final String MAPPINGS = "timestampMappings";
    private static final String RANGE = "longRange";
    private static final String LOWER = "lowerEndpoint";
    private static final String LOWER_TYPE = "lowerBoundType";
    private static final String UPPER = "upperEndpoint";
    private static final String UPPER_TYPE = "upperBoundType";

    private SchemaMapJson() {}

    /**
     * Reads the object.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} when it is none, has a gap or an overlap, or names a
     *     version that is not known
     */
    public static TransactionsSchemaMap decode(JsonNode object) {
        try {
            NavigableMap<Long, Integer> versions = new TreeMap<>();
            NavigableMap<Long, Long> ends = new TreeMap<>();
            for (JsonNode mapping : object.required(MAP).required(MAPPINGS)) {
                JsonNode range = mapping.required(RANGE);
                requireType(range, LOWER_TYPE, "CLOSED");
                long lower = number(named(range, LOWER));
                long end = Long.MAX_VALUE;
                if (!named(range, UPPER).isMissingNode()) {
                    requireType(range, UPPER_TYPE, "OPEN");
                    end = number(named(range, UPPER));
                }
                requireThat(end > lower && ends.put(lower, end) == null, "range from " + lower + " to " + end);
                versions.put(lower, Math.toIntExact(number(mapping.required("value"))));
            }
            long next = 1;
            for (Map.Entry<Long, Long> range : ends.entrySet()) {
                requireThat(
                        range.getKey() == next,
                        "a range begins at " + range.getKey() + ", the one before ends at " + next);
                next = range.getValue();
            }
            requireThat(next == Long.MAX_VALUE, "the last range ends at " + next);
            return new TransactionsSchemaMap(versions);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new KeyValueStoreException(
                    ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                    "the map of transactions schemas can't be understood: " + e.getMessage(),
                    "Use a version of Tidemark that supports this store; nothing was changed.",
                    e);
        }
    }

    /**
     * Reads the object from text.
     *
     * @throws KeyValueStoreException as {@link #decode(JsonNode)}
     */
    public static TransactionsSchemaMap decode(String text) {
        try {
            return decode(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new KeyValueStoreException(
                    ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                    "the map of transactions schemas is no JSON: " + e.getOriginalMessage(),
                    "Use a version of Tidemark that supports this store; nothing was changed.",
                    e);
        }
    }

    /** Writes the object, the newest range first as AtlasDB does. */
    public static ObjectNode encode(TransactionsSchemaMap schemas) {
        ObjectNode object = JSON.createObjectNode();
        ArrayNode mappings = object.putObject(MAP).putArray(MAPPINGS);
        Long upper = null;
        for (Map.Entry<Long, Integer> schema :
                schemas.firstTimestampToVersion().descendingMap().entrySet()) {
            ObjectNode mapping = mappings.addObject();
            ObjectNode range = mapping.putObject(RANGE);
            range.put(LOWER, schema.getKey()).put(LOWER_TYPE, "CLOSED");
            if (upper != null) {
                range.put(UPPER, upper).put(UPPER_TYPE, "OPEN");
            }
            mapping.put("value", schema.getValue());
            upper = schema.getKey();
        }
        return object;
    }

    private static JsonNode named(JsonNode range, String name) {
        JsonNode found = range.path(name);
        return found.isMissingNode() ? range.path(withDashes(name)) : found;
    }

    private static String withDashes(String name) {
        StringBuilder text = new StringBuilder();
        name.chars()
                .forEach(c -> text.append(Character.isUpperCase(c) ? "-" : "").append((char) Character.toLowerCase(c)));
        return text.toString();
    }

    private static void requireType(JsonNode range, String name, String expected) {
        String type = named(range, name).asText();
        requireThat(type.equals(expected), name + " '" + type + "' (expected: " + expected + ")");
    }

    private static long number(JsonNode node) {
        requireThat(node.isIntegralNumber() && node.canConvertToLong(), "'" + node + "' (expected: a number)");
        return node.longValue();
    }

    private static void requireThat(boolean isSo, String problem) {
        if (!isSo) {
            throw new IllegalArgumentException(problem);
        }
    }
}
