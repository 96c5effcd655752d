package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hides entries of schema 3 by aborted ones, many of one row in one request, on all replicas. */
final class TimestampedAborts {
    private static final int MAX_PER_REQUEST = 100;
    private static final int MAX_UNDER_WAY = 16;
    private static final String ABORT = "UPDATE %s USING TIMESTAMP " + TwoPhaseWrites.ABORTED_TIMESTAMP
            + " SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1";

    private final Keyspace keyspace;
    private final Requests requests;

    TimestampedAborts(Keyspace keyspace) {
        this.keyspace = keyspace;
        this.requests = new Requests(keyspace.session().retries(), MAX_UNDER_WAY);
    }

    void abortAll(TransactionsEncoding encoding, Collection<Long> starts) {
        PreparedStatement abort = keyspace.prepare("abort in", ABORT, encoding.table());
        Map<Bytes, List<BatchableStatement<?>>> byRow = new LinkedHashMap<>();
        for (long start : starts) {
            Cell cell = encoding.cellOf(start);
            byRow.computeIfAbsent(cell.row(), row -> new ArrayList<>())
                    .add(abort.bind(
                            encoding.encode(start, TransactionState.ABORTED).toBuffer(),
                            cell.row().toBuffer(),
                            cell.column().toBuffer()));
        }
        List<BatchStatement> batches = new ArrayList<>();
        for (List<BatchableStatement<?>> ofRow : byRow.values()) {
            for (int from = 0; from < ofRow.size(); from += MAX_PER_REQUEST) {
                batches.add(BatchStatement.newInstance(
                                BatchType.UNLOGGED, ofRow.subList(from, Math.min(ofRow.size(), from + MAX_PER_REQUEST)))
                        .setConsistencyLevel(ConsistencyLevel.ALL)
                        .setIdempotent(true));
            }
        }
        requests.forEach(
                keyspace.what("abort in", encoding.table()),
                batches,
                keyspace.session()::executeAsync,
                (batch, answer) -> {});
    }
}
