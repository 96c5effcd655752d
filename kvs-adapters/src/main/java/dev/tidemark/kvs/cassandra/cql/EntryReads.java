package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.transactiontable.Tickets;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads chosen entries of the transactions tables, many in one request. */
final class EntryReads {
    private static final int MAX_UNDER_WAY = 16;
    private static final int MAX_ROWS = 50;
    private static final int MAX_COLUMNS = 100;
    private static final String BY_ROWS =
            "SELECT key, column1, value FROM %s WHERE key IN ? AND column1 = ? AND column2 = -1";
    private static final String BY_COLUMNS =
            "SELECT key, column1, value FROM %s WHERE key = ? AND column1 IN ? AND column2 = -1";

    private final Keyspace keyspace;
    private final ConsistencyLevel level;
    private final Requests requests;

    EntryReads(Keyspace keyspace, ConsistencyLevel level) {
        this.keyspace = keyspace;
        this.level = level;
        this.requests = new Requests(keyspace.session().retries(), MAX_UNDER_WAY);
    }

    /** Returns the states of those transactions that have an entry, by start timestamp; all of one schema. */
    Map<Long, TransactionState> read(TransactionsEncoding encoding, Collection<Long> starts) {
        List<Cell> cells = starts.stream().map(encoding::cellOf).toList();
        List<BoundStatement> statements =
                encoding.table().equals(Tickets.TABLE) ? byColumns(encoding, cells) : byRows(encoding, cells);
        Map<Long, TransactionState> states = new HashMap<>();
        requests.forEach(
                keyspace.what("read from", encoding.table()),
                statements,
                keyspace.session()::executeAsync,
                (statement, answer) -> {
                    for (Row row : answer.currentPage()) {
                        if (!row.isNull(2)) {
                            Cell cell = Cell.of(TableScans.bytes(row, 0), TableScans.bytes(row, 1));
                            long start = encoding.startTimestampOf(cell);
                            states.put(start, encoding.decode(start, TableScans.bytes(row, 2)));
                        }
                    }
                });
        return states;
    }

    private List<BoundStatement> byRows(TransactionsEncoding encoding, List<Cell> cells) {
        List<BoundStatement> statements = new ArrayList<>();
        for (int from = 0; from < cells.size(); from += MAX_ROWS) {
            List<Cell> group = cells.subList(from, Math.min(cells.size(), from + MAX_ROWS));
            List<ByteBuffer> rows =
                    group.stream().map(cell -> cell.row().toBuffer()).toList();
            statements.add(
                    statement(encoding, BY_ROWS, rows, group.get(0).column().toBuffer()));
        }
        return statements;
    }

    private List<BoundStatement> byColumns(TransactionsEncoding encoding, List<Cell> cells) {
        Map<Bytes, List<ByteBuffer>> columnsByRow = new LinkedHashMap<>();
        for (Cell cell : cells) {
            columnsByRow
                    .computeIfAbsent(cell.row(), row -> new ArrayList<>())
                    .add(cell.column().toBuffer());
        }
        List<BoundStatement> statements = new ArrayList<>();
        columnsByRow.forEach((row, columns) -> {
            for (int from = 0; from < columns.size(); from += MAX_COLUMNS) {
                List<ByteBuffer> group = columns.subList(from, Math.min(columns.size(), from + MAX_COLUMNS));
                statements.add(statement(encoding, BY_COLUMNS, row.toBuffer(), group));
            }
        });
        return statements;
    }

    /** The answer fits into one page. */
    private BoundStatement statement(TransactionsEncoding encoding, String cql, Object... values) {
        return keyspace.prepare("read from", cql, encoding.table())
                .bind(values)
                .setConsistencyLevel(level)
                .setPageSize(Math.max(MAX_ROWS, MAX_COLUMNS) + 1)
                .setIdempotent(true);
    }
}
