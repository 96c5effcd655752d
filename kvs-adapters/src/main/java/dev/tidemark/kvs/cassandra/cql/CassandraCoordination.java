package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.transactiontable.SchemaMapJson;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.kvs.transactiontable.VarLong;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * AtlasDB's table {@code _coordination}: which transactions schema applies to which start timestamps, and up to which start timestamp
 * that is decided. Row {@code m}; column VAR_LONG(0) holds {@code {"sequence":S,"bound":N}}, column VAR_LONG(S) the decision
 * {@code {"version":1,"payload":"<base64 of the map>"}}; all of it written by compare-and-set and read at SERIAL. Source: AtlasDB's
 * {@code KeyValueServiceCoordinationStore}. Thread-safe.
 */
public final class CassandraCoordination {
    /** The table. */
    public static final TableName TABLE = TableName.of("_coordination");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Bytes ROW = Bytes.utf8("m");
    private static final Bytes POINTER = VarLong.encode(0);
    private static final int VERSION = 1;
    private static final String READ = "SELECT column1, value FROM %s WHERE key = ?";
    private static final String PUT =
            "INSERT INTO %s (key, column1, column2, value) VALUES (?, ?, -1, ?) IF NOT EXISTS";
    private static final String REPLACE =
            "UPDATE %s SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1 IF value = ?";

    private final Keyspace keyspace;

    /** Creates access to the table of a keyspace. */
    public CassandraCoordination(CassandraSession session, String keyspace) {
        this.keyspace = new Keyspace(session, keyspace);
    }

    /**
     * What is decided.
     *
     * @param bound last start timestamp for which the schemas are decided; {@link Long#MAX_VALUE} when they are for good
     */
    public record Decision(TransactionsSchemaMap schemas, long bound) {}

    /**
     * Reads what is decided. A table without content is that of an AtlasDB from before such decisions: schema 1 for good.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when there is no such table: nothing is assumed;
     *     {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} when the content is not understood, {@link ErrorCode#STORE_DAMAGED} when a part
     *     of it is missing
     */
    public Decision read() {
        return decision(rows());
    }

    /** Creates the table and writes the first decision, unless there is one. */
    public void initialise(TransactionsSchemaMap schemas, TableStorage storage) {
        keyspace.session()
                .execute(
                        keyspace.what("create", TABLE),
                        SimpleStatement.newInstance(TableLayout.createTable(keyspace, TABLE, storage)));
        if (rows().isEmpty()) {
            write(new TreeMap<>(), new Decision(schemas, Long.MAX_VALUE));
        }
    }

    /**
     * Makes the keyspace use what a backup says, after a restore: the snapshots of its nodes lie apart, and the table may be older than
     * entries that are in them.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} when the two contradict each other
     */
    public void adopt(Decision saved) {
        Map<Bytes, Bytes> rows = rows();
        Decision restored = decision(rows);
        long common = Math.min(saved.bound, restored.bound);
        if (!agreeUpTo(common, saved.schemas, restored.schemas)) {
            throw new KeyValueStoreException(
                    ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                    "table '" + TABLE + "' of keyspace '" + keyspace + "' says " + describe(restored)
                            + " (expected, from the backup: " + describe(saved) + ")",
                    "Make sure that the files are those of the backup; nothing was cleaned.");
        }
        if (saved.bound > restored.bound) {
            write(rows, saved);
        }
    }

    private static String describe(Decision decision) {
        return decision.schemas.firstTimestampToVersion() + " up to " + decision.bound;
    }

    private static boolean agreeUpTo(long last, TransactionsSchemaMap one, TransactionsSchemaMap other) {
        NavigableSet<Long> changes = new TreeSet<>(one.firstTimestampToVersion().keySet());
        changes.addAll(other.firstTimestampToVersion().keySet());
        return changes.headSet(last, true).stream().allMatch(start -> one.versionAt(start) == other.versionAt(start));
    }

    private Map<Bytes, Bytes> rows() {
        if (!keyspace.tables().contains(TABLE)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "keyspace '" + keyspace + "' has no table '" + TABLE
                            + "' (expected: one, which says the transactions schemas)",
                    "Name a keyspace that AtlasDB or Tidemark has set up.");
        }
        PreparedStatement read = keyspace.prepare("read from", READ, TABLE);
        Map<Bytes, Bytes> rows = new TreeMap<>();
        for (Row row : keyspace.session()
                .execute(
                        keyspace.what("read from", TABLE),
                        read.bind(ROW.toBuffer()).setConsistencyLevel(ConsistencyLevel.SERIAL))) {
            if (row.getBytesUnsafe(1) != null) {
                rows.put(TableScans.bytes(row, 0), TableScans.bytes(row, 1));
            }
        }
        return rows;
    }

    private static Decision decision(Map<Bytes, Bytes> rows) {
        if (rows.isEmpty()) {
            return new Decision(TransactionsSchemaMap.always(1), Long.MAX_VALUE);
        }
        JsonNode pointer = json(rows.get(POINTER), "the pointer");
        long sequence = number(pointer, "sequence");
        JsonNode value = json(rows.get(VarLong.encode(sequence)), "decision " + sequence);
        if (number(value, "version") != VERSION) {
            throw new KeyValueStoreException(
                    ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                    "decision " + sequence + " of table '" + TABLE + "' has version " + value.path("version")
                            + " (expected: " + VERSION + ")",
                    "Use a version of Tidemark that supports this store; nothing was changed.");
        }
        try {
            String map =
                    new String(Base64.getDecoder().decode(value.path("payload").asText()), StandardCharsets.UTF_8);
            return new Decision(SchemaMapJson.decode(map), number(pointer, "bound"));
        } catch (IllegalArgumentException e) {
            throw damaged("decision " + sequence, e);
        }
    }

    /** The decision first, so that the pointer never names one that is not there. */
    private void write(Map<Bytes, Bytes> rows, Decision decision) {
        long sequence = rows.keySet().stream().mapToLong(VarLong::decode).max().orElse(0) + 1;
        String payload = Base64.getEncoder()
                .encodeToString(
                        SchemaMapJson.encode(decision.schemas).toString().getBytes(StandardCharsets.UTF_8));
        Bytes value = Bytes.utf8(JSON.createObjectNode()
                .put("version", VERSION)
                .put("payload", payload)
                .toString());
        Bytes pointer = Bytes.utf8(JSON.createObjectNode()
                .put("sequence", sequence)
                .put("bound", decision.bound)
                .toString());
        require(put(VarLong.encode(sequence), value), "decision " + sequence);
        Bytes before = rows.get(POINTER);
        require(before == null ? put(POINTER, pointer) : replace(before, pointer), "the pointer");
    }

    private boolean put(Bytes column, Bytes value) {
        return execute(keyspace.prepare("write to", PUT, TABLE), ROW, column, value);
    }

    private boolean replace(Bytes before, Bytes after) {
        return execute(keyspace.prepare("write to", REPLACE, TABLE), after, ROW, POINTER, before);
    }

    private boolean execute(PreparedStatement statement, Bytes... values) {
        Object[] buffers = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            buffers[i] = values[i].toBuffer();
        }
        return keyspace.session()
                .execute(
                        keyspace.what("write to", TABLE),
                        statement
                                .bind(buffers)
                                .setSerialConsistencyLevel(ConsistencyLevel.SERIAL)
                                .setConsistencyLevel(keyspace.writeLevel()))
                .wasApplied();
    }

    private static void require(boolean isWritten, String what) {
        if (!isWritten) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_IN_USE,
                    what + " of table '" + TABLE + "' was written by somebody else meanwhile",
                    "Stop every client of the keyspace, then try again.");
        }
    }

    private static JsonNode json(Bytes content, String what) {
        if (content == null) {
            throw damaged(what, null);
        }
        try {
            return JSON.readTree(content.toUtf8());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw damaged(what, e);
        }
    }

    private static long number(JsonNode object, String name) {
        JsonNode number = object.path(name);
        if (!number.isIntegralNumber() || !number.canConvertToLong()) {
            throw damaged("'" + name + "'", null);
        }
        return number.longValue();
    }

    private static KeyValueStoreException damaged(String what, Throwable cause) {
        return new KeyValueStoreException(
                ErrorCode.STORE_DAMAGED,
                what + " of table '" + TABLE + "' is missing or can't be read",
                "Restore the store from a backup; nothing was changed.",
                cause);
    }
}
