package dev.tidemark.kvs.cassandra.cql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.SchemaMapJson;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.kvs.transactiontable.VarLong;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * AtlasDB's {@code _coordination} table: which transactions schema applies to which start timestamps, and up to which start
 * timestamp that is decided. What can't be read is refused, because a value of one schema can look like one of another.
 *
 * <p>Format (AtlasDB's {@code KeyValueServiceCoordinationStore}): row {@code m}; in column 0, as {@link VarLong}, the pointer
 * {@code {"sequence":S,"bound":B}}; in column S the value {@code {"version":1,"payload":P}}, P being the base64 of the object of
 * {@link SchemaMapJson}. A sequence number is a timestamp that was issued for it, so nobody puts another value there. Values
 * are put unless they exist, the pointer is replaced by compare-and-set. An empty table is that of an AtlasDB that has not used
 * it: schema 1 for good. Thread-safe.
 */
public final class CassandraCoordination {
    /** The table. */
    public static final TableName TABLE = TableName.of("_coordination");

    private static final ObjectMapper JSON = new ObjectMapper();
    static final Bytes ROW = Bytes.utf8("m");
    private static final Bytes POINTER = VarLong.encode(0);
    private static final int VERSION = 1;
    private static final int MAX_TRIES = 10;

    private final Keyspace keyspace;
    private final AtomicTable table;

    /**
     * Creates access to the table of a keyspace.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when Cassandra has no keyspaces of this name
     */
    public CassandraCoordination(CassandraSession session, String keyspace) {
        this.keyspace = new Keyspace(session, keyspace);
        this.table = new AtomicTable(this.keyspace, TABLE);
    }

    /**
     * Reads what was decided.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} when the table is missing, or what it holds is
     *     not understood
     */
    public Decision read() {
        return find().decision();
    }

    /**
     * Makes the keyspace decide what another one, or an earlier state of this one, has decided. Never takes back what was decided:
     * where both have decided, they must agree, and what has gone further stays. Idempotent.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} when they do not agree, and as {@link #read};
     *     {@link ErrorCode#STORE_IN_USE} when somebody else changes the table all the time
     */
    public void adopt(Decision wanted) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Found found = find();
            if (found.pointer().isPresent()) {
                requireAgreement(found.decision(), wanted);
                if (found.decision().bound() >= wanted.bound() || wanted.bound() == Long.MAX_VALUE) {
                    return; // what was decided for good by not deciding says nothing about later timestamps
                }
            } else if (found.decision().equals(wanted)) {
                return;
            }
            if (write(found, wanted)) {
                return;
            }
        }
        throw new KeyValueStoreException(
                ErrorCode.STORE_IN_USE,
                "table '" + TABLE + "' of keyspace '" + keyspace + "' changes all the time",
                "Stop the clients of the store, then try again.");
    }

    private boolean write(Found found, Decision wanted) {
        if (found.decision().schemas().equals(wanted.schemas())
                && found.pointer().isPresent()) {
            return replacePointer(found, new Pointer(found.sequence(), wanted.bound()));
        }
        long sequence = found.sequence() + 1;
        Bytes value = encode(wanted.schemas());
        while (!value.equals(table.putUnlessExists(Cell.of(ROW, VarLong.encode(sequence)), value)
                .orElse(value))) {
            sequence++; // a value that was put and never pointed to
        }
        return replacePointer(found, new Pointer(sequence, wanted.bound()));
    }

    private boolean replacePointer(Found found, Pointer update) {
        Cell cell = Cell.of(ROW, POINTER);
        Optional<Bytes> expected = found.pointer();
        return expected.isPresent()
                ? table.compareAndSet(cell, expected.get(), update.encode())
                : table.putUnlessExists(cell, update.encode()).isEmpty();
    }

    private Found find() {
        Map<Bytes, Bytes> values;
        try {
            values = table.row(ROW);
        } catch (KeyValueStoreException e) {
            if (e.code() == ErrorCode.UNKNOWN_TABLE) {
                throw refused("the keyspace '" + keyspace + "' has no table '" + TABLE + "'", e);
            }
            throw e;
        }
        if (values.isEmpty()) {
            return new Found(Optional.empty(), 0, new Decision(TransactionsSchemaMap.always(1), Long.MAX_VALUE));
        }
        Bytes pointerText = values.get(POINTER);
        if (pointerText == null) {
            throw refused("table '" + TABLE + "' has values and no pointer to one of them", null);
        }
        Pointer pointer = Pointer.decode(pointerText);
        Bytes value = values.get(VarLong.encode(pointer.sequence()));
        if (value == null) {
            throw refused("table '" + TABLE + "' has no value " + pointer.sequence() + ", to which it points", null);
        }
        return new Found(Optional.of(pointerText), pointer.sequence(), new Decision(decode(value), pointer.bound()));
    }

    private static void requireAgreement(Decision found, Decision wanted) {
        TimestampRange both = new TimestampRange(1, Math.max(1, Math.min(found.bound(), wanted.bound())));
        if (!found.schemas().oneVersionEach(both).equals(wanted.schemas().oneVersionEach(both))
                || found.schemas().oneVersionEach(both).stream()
                        .anyMatch(range -> found.schemas().versionAt(range.lower())
                                != wanted.schemas().versionAt(range.lower()))) {
            throw refused(
                    "the store has decided on transactions schemas "
                            + found.schemas().firstTimestampToVersion() + " up to " + found.bound() + " (expected: "
                            + wanted.schemas().firstTimestampToVersion() + " up to " + wanted.bound() + ")",
                    null);
        }
    }

    private static Bytes encode(TransactionsSchemaMap schemas) {
        String payload = Base64.getEncoder()
                .encodeToString(SchemaMapJson.encode(schemas).toString().getBytes(StandardCharsets.UTF_8));
        return Bytes.utf8(JSON.createObjectNode()
                .put("version", VERSION)
                .put("payload", payload)
                .toString());
    }

    private static TransactionsSchemaMap decode(Bytes value) {
        JsonNode object = parse(value);
        JsonNode version = object.path("version");
        if (!version.isIntegralNumber() || version.longValue() != VERSION) {
            throw refused(
                    "table '" + TABLE + "' has a value of version " + version + " (expected: " + VERSION + ")", null);
        }
        try {
            byte[] payload = Base64.getDecoder().decode(object.path("payload").asText());
            return SchemaMapJson.decode(new String(payload, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw refused("table '" + TABLE + "' has a payload that is not base64", e);
        }
    }

    private static JsonNode parse(Bytes value) {
        try {
            return JSON.readTree(value.toUtf8());
        } catch (JsonProcessingException e) {
            throw refused("table '" + TABLE + "' has a value that is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static KeyValueStoreException refused(String message, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                message,
                "Check that the keyspace is that of an AtlasDB namespace, and that this version of Tidemark supports it; "
                        + "nothing was changed.",
                cause);
    }

    /**
     * What was decided.
     *
     * @param bound the last start timestamp for which it was, &gt;= 1; {@link Long#MAX_VALUE} when it was decided for good
     */
    public record Decision(TransactionsSchemaMap schemas, long bound) {
        /** Checks both parts. */
        public Decision {
            Objects.requireNonNull(schemas, "schemas");
            if (bound < 1) {
                throw new IllegalArgumentException("bound: " + bound + " (expected: >= 1)");
            }
        }
    }

    private record Found(Optional<Bytes> pointer, long sequence, Decision decision) {}

    private record Pointer(long sequence, long bound) {
        static Pointer decode(Bytes text) {
            JsonNode object = parse(text);
            JsonNode sequence = object.path("sequence");
            JsonNode bound = object.path("bound");
            if (!isPositive(sequence) || !isPositive(bound)) {
                throw refused("table '" + TABLE + "' has the pointer '" + text.toUtf8() + "'", null);
            }
            return new Pointer(sequence.longValue(), bound.longValue());
        }

        Bytes encode() {
            return Bytes.utf8(JSON.createObjectNode()
                    .put("sequence", sequence)
                    .put("bound", bound)
                    .toString());
        }

        private static boolean isPositive(JsonNode number) {
            return number.isIntegralNumber() && number.canConvertToLong() && number.longValue() >= 1;
        }
    }
}
