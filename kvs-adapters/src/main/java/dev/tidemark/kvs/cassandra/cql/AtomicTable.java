package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The values at version timestamp 0 of one table, which change by Paxos alone. */
final class AtomicTable {
    private static final String ROW = "SELECT key, column1, column2, value FROM %s WHERE key = ?";
    private static final String PUT_UNLESS_EXISTS =
            "INSERT INTO %s (key, column1, column2, value) VALUES (?, ?, -1, ?) IF NOT EXISTS";
    private static final String COMPARE_AND_SET =
            "UPDATE %s SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1 IF value = ?";

    private final Keyspace keyspace;
    private final TableName table;

    AtomicTable(Keyspace keyspace, TableName table) {
        this.keyspace = keyspace;
        this.table = table;
    }

    /** Returns the values of a row by column, after what is under way has been decided. */
    Map<Bytes, Bytes> row(Bytes row) {
        List<Row> rows = keyspace.session()
                .all(
                        keyspace.what("read from", table),
                        keyspace.prepare("read from", ROW, table)
                                .bind(row.toBuffer())
                                .setConsistencyLevel(ConsistencyLevel.SERIAL)
                                .setIdempotent(true));
        Map<Bytes, Bytes> values = new TreeMap<>();
        for (Row found : rows) {
            CellVersion version = TableScans.version(found);
            if (version != null && version.timestamp() == 0) {
                values.put(version.cell().column(), version.value());
            }
        }
        return values;
    }

    /** Does what {@link dev.tidemark.kvs.CellStore#putUnlessExists} says. */
    Optional<Bytes> putUnlessExists(Cell cell, Bytes value) {
        Row row = keyspace.session()
                .execute(
                        keyspace.what("write to", table),
                        lightweight(keyspace.prepare("write to", PUT_UNLESS_EXISTS, table)
                                .bind(cell.row().toBuffer(), cell.column().toBuffer(), value.toBuffer())))
                .one();
        if (row.getBoolean(0)) {
            return Optional.empty();
        }
        if (row.isNull("value")) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "cell " + cell + " of table '" + table + "' has no value (expected: one, or no cell)",
                    "Find out who writes to the table besides the application.");
        }
        return Optional.of(Bytes.wrap(TableScans.content(row.getBytesUnsafe("value"))));
    }

    /** Does what {@link dev.tidemark.kvs.CellStore#compareAndSet} says. */
    boolean compareAndSet(Cell cell, Bytes expected, Bytes update) {
        return keyspace.session()
                .execute(keyspace.what("write to", table), replacement(cell, expected, update))
                .wasApplied();
    }

    /** Returns the statement of {@link #compareAndSet}. */
    BoundStatement replacement(Cell cell, Bytes expected, Bytes update) {
        return lightweight(keyspace.prepare("write to", COMPARE_AND_SET, table)
                .bind(update.toBuffer(), cell.row().toBuffer(), cell.column().toBuffer(), expected.toBuffer()));
    }

    /** Returns the statement as Paxos has to see it. */
    BoundStatement lightweight(BoundStatement statement) {
        return statement.setSerialConsistencyLevel(ConsistencyLevel.SERIAL).setConsistencyLevel(keyspace.writeLevel());
    }
}
