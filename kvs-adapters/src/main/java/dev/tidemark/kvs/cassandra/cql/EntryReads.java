package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.transactiontable.Tickets;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.VarLong;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads chosen entries of the transactions tables, many in one request. Where those of a row lie close together, everything between
 * the first and the last is read: the cluster finds a slice several times faster than as many single columns.
 */
final class EntryReads {
    private static final int MAX_UNDER_WAY = 16;
    private static final int MAX_ROWS = 50;
    private static final int MAX_COLUMNS = 100;
    private static final int MAX_COLUMNS_READ_FOR_ONE = 4;
    private static final long ENTRY = -1; // as column2: version timestamp 0
    private static final String SELECT = "SELECT key, column1, column2, value FROM %s WHERE ";
    private static final String BY_ROWS = SELECT + "key IN ? AND column1 = ? AND column2 = -1";
    private static final String BY_COLUMNS = SELECT + "key = ? AND column1 IN ? AND column2 = -1";
    private static final String SLICE = SELECT + "key = ? AND column1 >= ? AND column1 <= ?";

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
        Set<Long> wanted = Set.copyOf(starts);
        Map<Long, TransactionState> states = new HashMap<>();
        List<BoundStatement> again = new ArrayList<>();
        List<Question> questions =
                encoding.table().equals(Tickets.TABLE) ? byColumns(encoding, cells) : byRows(encoding, cells);
        requests.forEach(
                keyspace.what("read from", encoding.table()),
                questions,
                question -> keyspace.session().executeAsync(question.statement()),
                (question, answer) -> {
                    if (answer.hasMorePages()) { // something else than entries is between them
                        again.add(question.oneByOne());
                    } else {
                        add(states, encoding, wanted, answer);
                    }
                });
        requests.forEach(
                keyspace.what("read from", encoding.table()),
                again,
                keyspace.session()::executeAsync,
                (statement, answer) -> add(states, encoding, wanted, answer));
        return states;
    }

    private static void add(
            Map<Long, TransactionState> states,
            TransactionsEncoding encoding,
            Set<Long> wanted,
            AsyncResultSet answer) {
        for (Row row : answer.currentPage()) {
            if (row.getLong(2) != ENTRY || row.isNull(3)) {
                continue;
            }
            long start = encoding.startTimestampOf(Cell.of(TableScans.bytes(row, 0), TableScans.bytes(row, 1)));
            if (wanted.contains(start)) {
                states.put(start, encoding.decode(start, TableScans.bytes(row, 3)));
            }
        }
    }

    private List<Question> byRows(TransactionsEncoding encoding, List<Cell> cells) {
        List<Question> questions = new ArrayList<>();
        for (int from = 0; from < cells.size(); from += MAX_ROWS) {
            List<Cell> group = cells.subList(from, Math.min(cells.size(), from + MAX_ROWS));
            List<ByteBuffer> rows =
                    group.stream().map(cell -> cell.row().toBuffer()).toList();
            BoundStatement statement =
                    statement(encoding, BY_ROWS, rows, group.get(0).column().toBuffer());
            questions.add(new Question(statement, statement));
        }
        return questions;
    }

    private List<Question> byColumns(TransactionsEncoding encoding, List<Cell> cells) {
        Map<Bytes, List<Bytes>> columnsByRow = new LinkedHashMap<>();
        for (Cell cell : cells) {
            columnsByRow.computeIfAbsent(cell.row(), row -> new ArrayList<>()).add(cell.column());
        }
        List<Question> questions = new ArrayList<>();
        columnsByRow.forEach((row, columns) -> {
            List<Bytes> sorted = columns.stream().sorted().toList();
            for (int from = 0; from < sorted.size(); from += MAX_COLUMNS) {
                questions.add(
                        question(encoding, row, sorted.subList(from, Math.min(sorted.size(), from + MAX_COLUMNS))));
            }
        });
        return questions;
    }

    private Question question(TransactionsEncoding encoding, Bytes row, List<Bytes> columns) {
        Bytes first = columns.get(0);
        Bytes last = columns.get(columns.size() - 1);
        BoundStatement oneByOne = statement(
                encoding,
                BY_COLUMNS,
                row.toBuffer(),
                columns.stream().map(Bytes::toBuffer).toList());
        boolean isDense =
                VarLong.decode(last) - VarLong.decode(first) < (long) MAX_COLUMNS_READ_FOR_ONE * columns.size();
        return new Question(
                isDense && columns.size() > 1
                        ? statement(encoding, SLICE, row.toBuffer(), first.toBuffer(), last.toBuffer())
                        : oneByOne,
                oneByOne);
    }

    /** Its answer fits into one page, if only entries are between the first and the last. */
    private BoundStatement statement(TransactionsEncoding encoding, String cql, Object... values) {
        return keyspace.prepare("read from", cql, encoding.table())
                .bind(values)
                .setConsistencyLevel(level)
                .setPageSize(MAX_COLUMNS * MAX_COLUMNS_READ_FOR_ONE + 1)
                .setIdempotent(true);
    }

    /**
     * Some entries of a row.
     *
     * @param statement reads them, maybe with what lies between them
     * @param oneByOne reads nothing else
     */
    private record Question(BoundStatement statement, BoundStatement oneByOne) {}
}
