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
import dev.tidemark.kvs.transactiontable.Tickets;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The values at version timestamp 0 of one table, which change by Paxos alone.
 *
 * <p>Where two changes of a row meet, or a node is slow, the cluster answers that it does not know whether a change was made. A
 * serial read ends what is under way; after it a change that has not happened will not. If the value is as before, the change is made
 * again. In a transactions table a value that equals the wanted one is as good as one's own, since nobody else decides
 * otherwise by the same value, and any other one tells what was decided instead. In any other table the question stays open, and the
 * answer is the error.
 */
final class AtomicTable {
    private static final String ROW = "SELECT key, column1, column2, value FROM %s WHERE key = ?";
    private static final String CELL =
            "SELECT key, column1, column2, value FROM %s WHERE key = ? AND column1 = ? AND column2 = -1";
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

    /** Returns the values of a row, which must be few, by column, after what is under way has ended. */
    Map<Bytes, Bytes> row(Bytes row) {
        return read(keyspace.prepare("read from", ROW, table).bind(row.toBuffer()));
    }

    private Map<Bytes, Bytes> read(BoundStatement statement) {
        List<Row> rows = keyspace.session()
                .all(
                        keyspace.what("read from", table),
                        statement.setConsistencyLevel(ConsistencyLevel.SERIAL).setIdempotent(true));
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
        for (int attempt = 1; ; attempt++) {
            try {
                return tryToPut(cell, value);
            } catch (KeyValueStoreException e) {
                Optional<Bytes> current = settled(cell, attempt, e);
                if (current.isPresent()) {
                    requireTransactions(e);
                    return current.filter(found -> !found.equals(value));
                }
            }
        }
    }

    private Optional<Bytes> tryToPut(Cell cell, Bytes value) {
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
        try {
            return tryToReplace(cell, expected, update);
        } catch (KeyValueStoreException e) {
            return compareAndSetAfter(e, cell, expected, update);
        }
    }

    /**
     * Goes on with a compare-and-set that has failed.
     *
     * @param failure how
     */
    boolean compareAndSetAfter(RuntimeException failure, Cell cell, Bytes expected, Bytes update) {
        RuntimeException last = failure;
        for (int attempt = 1; ; attempt++) {
            Bytes current = settled(cell, attempt, last).orElse(null);
            if (!expected.equals(current)) {
                requireTransactions(last);
                return update.equals(current);
            }
            if (expected.equals(update)) {
                return true;
            }
            try {
                return tryToReplace(cell, expected, update);
            } catch (KeyValueStoreException e) {
                last = e;
            }
        }
    }

    private boolean tryToReplace(Cell cell, Bytes expected, Bytes update) {
        return keyspace.session()
                .execute(keyspace.what("write to", table), replacement(cell, expected, update))
                .wasApplied();
    }

    /** Returns the value after everything that is under way has ended, or throws the failure if waiting does not help. */
    private Optional<Bytes> settled(Cell cell, int attempt, RuntimeException failure) {
        keyspace.session().retries().pauseOrThrow(attempt, failure);
        BoundStatement statement = keyspace.prepare("read from", CELL, table)
                .bind(cell.row().toBuffer(), cell.column().toBuffer());
        return Optional.ofNullable(read(statement).get(cell.column()));
    }

    private void requireTransactions(RuntimeException failure) {
        if (!table.equals(Tickets.TABLE)
                && !table.equals(TransactionsEncoding.ofSchema(1).table())) {
            throw failure;
        }
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
