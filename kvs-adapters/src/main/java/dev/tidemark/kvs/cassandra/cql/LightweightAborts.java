package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.transactiontable.Tickets;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * Replaces entries by aborted ones in lightweight transactions. Paxos runs for each row of a table: two at the same row get in
 * each other's way, and one can change many cells of the row. So there is never more than one under way for a row, and it
 * changes many entries: all of them if every one is what was seen, and none otherwise. When one is not, the others are tried
 * again without it.
 *
 * <p>A transaction whose answer is lost is sent again. If it was applied the first time, it finds the entries aborted.
 */
final class LightweightAborts {
    private static final int MAX_PER_REQUEST = 50;
    private static final int MAX_UNDER_WAY = 64;
    private static final int MAX_TRIES = 10;
    private static final String ABORT =
            "UPDATE %s SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1 IF value = ?";

    private final Keyspace keyspace;
    private final Requests requests;

    LightweightAborts(Keyspace keyspace) {
        this.keyspace = keyspace;
        this.requests = new Requests(keyspace.session().retries(), MAX_UNDER_WAY);
    }

    /** Aborts the entries, all of one schema; returns those that are something else than what was seen, and not aborted. */
    Set<TransactionEntry> abortAll(TransactionsEncoding encoding, List<TransactionEntry> seen) {
        PreparedStatement abort = keyspace.prepare("abort in", ABORT, encoding.table());
        ConsistencyLevel level = keyspace.writeLevel();
        Map<Bytes, Queue<Group>> byRow = new LinkedHashMap<>();
        for (Group group : groups(encoding, seen)) {
            byRow.computeIfAbsent(group.row(), row -> new ArrayDeque<>()).add(group);
        }
        Set<TransactionEntry> changed = new HashSet<>();
        while (!byRow.isEmpty()) {
            List<Group> round = byRow.values().stream().map(Queue::poll).toList();
            requests.forEach(
                    keyspace.what("abort in", encoding.table()),
                    round,
                    group -> keyspace.session().executeAsync(statement(abort, encoding, group, level)),
                    (group, answer) -> {
                        if (answer.wasApplied()) {
                            return;
                        }
                        Group rest = withoutChanged(encoding, group, answer, changed);
                        if (!rest.entries().isEmpty()) {
                            byRow.get(rest.row()).add(rest);
                        }
                    });
            byRow.values().removeIf(Queue::isEmpty);
        }
        return changed;
    }

    private static List<Group> groups(TransactionsEncoding encoding, List<TransactionEntry> seen) {
        int maxPerRequest = encoding.table().equals(Tickets.TABLE) ? MAX_PER_REQUEST : 1;
        Map<Bytes, Group> open = new HashMap<>();
        List<Group> groups = new ArrayList<>();
        for (TransactionEntry entry : seen) {
            Bytes row = encoding.cellOf(entry.startTimestamp()).row();
            Group group = open.get(row);
            if (group == null || group.entries().size() >= maxPerRequest) {
                group = new Group(row, new ArrayList<>(), 1);
                open.put(row, group);
                groups.add(group);
            }
            group.entries().add(entry);
        }
        return groups;
    }

    private static BatchStatement statement(
            PreparedStatement abort, TransactionsEncoding encoding, Group group, ConsistencyLevel level) {
        List<BatchableStatement<?>> statements = new ArrayList<>();
        for (TransactionEntry entry : group.entries()) {
            long start = entry.startTimestamp();
            Cell cell = encoding.cellOf(start);
            statements.add(abort.bind(
                    encoding.encode(start, TransactionState.ABORTED).toBuffer(),
                    cell.row().toBuffer(),
                    cell.column().toBuffer(),
                    encoding.encode(start, entry.state()).toBuffer()));
        }
        return BatchStatement.newInstance(BatchType.UNLOGGED, statements)
                .setSerialConsistencyLevel(ConsistencyLevel.SERIAL)
                .setConsistencyLevel(level);
    }

    /** Returns those entries that still are what was seen. */
    private Group withoutChanged(
            TransactionsEncoding encoding, Group group, AsyncResultSet answer, Set<TransactionEntry> changed) {
        Map<Bytes, Bytes> valuesByColumn = new HashMap<>();
        for (Row row : answer.currentPage()) {
            if (row.getColumnDefinitions().contains("value") && !row.isNull("value")) {
                valuesByColumn.put(
                        Bytes.wrap(TableScans.content(row.getBytesUnsafe("column1"))),
                        Bytes.wrap(TableScans.content(row.getBytesUnsafe("value"))));
            }
        }
        List<TransactionEntry> asSeen = new ArrayList<>();
        for (TransactionEntry entry : group.entries()) {
            long start = entry.startTimestamp();
            Bytes value = valuesByColumn.get(encoding.cellOf(start).column());
            if (encoding.encode(start, entry.state()).equals(value)) {
                asSeen.add(entry);
            } else if (value == null || !encoding.decode(start, value).equals(TransactionState.ABORTED)) {
                changed.add(entry);
            }
        }
        if (asSeen.size() == group.entries().size() && group.tries() >= MAX_TRIES) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "can't abort transaction " + asSeen.get(0).startTimestamp() + ": others change the same row",
                    "Stop the clients of the store, then try again.");
        }
        return new Group(group.row(), asSeen, group.tries() + 1);
    }

    /** Entries of one row for one lightweight transaction. */
    private record Group(Bytes row, List<TransactionEntry> entries, int tries) {}
}
