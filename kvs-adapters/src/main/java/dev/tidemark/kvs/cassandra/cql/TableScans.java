package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.TableName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The queries that together give all versions of the cells in a range, or a part of the ring, of one table. Their rows are
 * read by {@link #version}.
 */
final class TableScans {
    private static final Bytes ZERO_BYTE = Bytes.wrap(new byte[] {0});
    private static final String SELECT = "SELECT key, column1, column2, value";
    private static final String SELECT_WRITE_TIME = SELECT + ", writetime(value)";
    private static final String SELECT_NAMES = "SELECT DISTINCT key";

    private final Keyspace keyspace;
    private final TableName table;
    private final ConsistencyLevel level;
    private final String select;

    private TableScans(Keyspace keyspace, TableName table, ConsistencyLevel level, String select) {
        this.keyspace = keyspace;
        this.table = table;
        this.level = level;
        this.select = select;
    }

    TableScans(Keyspace keyspace, TableName table, ConsistencyLevel level) {
        this(keyspace, table, level, SELECT);
    }

    /** Returns queries whose rows have a {@link #writeTime} too. */
    TableScans withWriteTimes() {
        return new TableScans(keyspace, table, level, SELECT_WRITE_TIME);
    }

    /** Returns queries, for whole rows alone, whose rows have the names of rows in their first column and no more. */
    TableScans ofNamesOfRows() {
        return new TableScans(keyspace, table, level, SELECT_NAMES);
    }

    /** Returns what the queries do, for errors. */
    String what() {
        return keyspace.what("scan", table);
    }

    /** Reads a row of any of the queries; the value is null where the cluster has a row without one. */
    static CellVersion version(Row row) {
        ByteBuffer value = row.getBytesUnsafe(3);
        if (value == null) {
            return null;
        }
        return new CellVersion(Cell.of(bytes(row, 0), bytes(row, 1)), ~row.getLong(2), Bytes.wrap(content(value)));
    }

    /** Reads when a value was written, in microseconds since 1970 as somebody's clock had it. */
    static long writeTime(Row row) {
        return row.getLong(4);
    }

    static Bytes bytes(Row row, int column) {
        return Bytes.wrap(content(row.getBytesUnsafe(column)));
    }

    static byte[] content(ByteBuffer buffer) {
        byte[] content = new byte[buffer.remaining()];
        buffer.get(buffer.position(), content);
        return content;
    }

    /** Tells whether there is no cell in the range. */
    static boolean isEmpty(CellRange range) {
        return range.endExclusive() != null && range.endExclusive().compareTo(range.startInclusive()) <= 0;
    }

    /** Tells whether the range has cells of one row only. */
    static boolean isOneRow(CellRange range) {
        Cell end = range.endExclusive();
        return end != null
                && (end.row().equals(range.startInclusive().row())
                        || (end.row().equals(range.startInclusive().row().concat(ZERO_BYTE))
                                && end.column().isEmpty()));
    }

    /**
     * Returns queries for a range of cells, in the order of the cells: one for the rest of the first row, one for the rows after
     * it, one for the beginning of the last row, as far as they are needed.
     *
     * @param range one row, or any range when the ring is ordered
     */
    List<BoundStatement> ofRange(CellRange range) {
        List<BoundStatement> statements = new ArrayList<>();
        if (isEmpty(range)) {
            query(""); // refuses a table that does not exist
            return statements;
        }
        Cell start = range.startInclusive();
        Cell end = range.endExclusive();
        if (isOneRow(range)) {
            addRow(statements, start.row(), start.column(), end.row().equals(start.row()) ? end.column() : null);
            return statements;
        }
        boolean isWithinFirstRow = !start.column().isEmpty();
        if (isWithinFirstRow) {
            addRow(statements, start.row(), start.column(), null);
        }
        addRows(statements, start.row(), isWithinFirstRow ? ">" : ">=", end == null ? null : end.row());
        if (end != null && !end.column().isEmpty()) {
            addRow(statements, end.row(), Bytes.EMPTY, end.column());
        }
        return statements;
    }

    /**
     * Returns a query for a part of the ring of a cluster that is not ordered.
     *
     * @param slice 0..slices-1
     */
    BoundStatement ofRing(int slice, int slices) {
        List<Object> ends = keyspace.session().facts().partitioner().slice(slice, slices);
        return query(" WHERE token(key) > ? AND token(key) <= ?", ends.get(0), ends.get(1));
    }

    /** Cassandra has no row without a name, and refuses the question. */
    private void addRow(List<BoundStatement> statements, Bytes row, Bytes columnInclusive, Bytes columnExclusive) {
        if (row.isEmpty()) {
            query("");
        } else if (columnExclusive == null) {
            statements.add(query(" WHERE key = ? AND column1 >= ?", row.toBuffer(), columnInclusive.toBuffer()));
        } else {
            statements.add(query(
                    " WHERE key = ? AND column1 >= ? AND column1 < ?",
                    row.toBuffer(),
                    columnInclusive.toBuffer(),
                    columnExclusive.toBuffer()));
        }
    }

    private void addRows(List<BoundStatement> statements, Bytes start, String comparison, Bytes endExclusive) {
        String fromStart = start.isEmpty() ? "" : "token(key) " + comparison + " token(?)";
        if (endExclusive == null) {
            statements.add(start.isEmpty() ? query("") : query(" WHERE " + fromStart, start.toBuffer()));
        } else if (start.isEmpty()) {
            statements.add(query(" WHERE token(key) < token(?)", endExclusive.toBuffer()));
        } else if (start.compareTo(endExclusive) < 0) {
            statements.add(query(
                    " WHERE " + fromStart + " AND token(key) < token(?)", start.toBuffer(), endExclusive.toBuffer()));
        }
    }

    private BoundStatement query(String where, Object... values) {
        return keyspace.prepare("scan", select + " FROM %s" + where, table)
                .bind(values)
                .setConsistencyLevel(level)
                .setIdempotent(true);
    }
}
