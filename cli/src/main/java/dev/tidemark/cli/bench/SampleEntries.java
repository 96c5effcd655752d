package dev.tidemark.cli.bench;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Entries of transactions that have committed, in a transactions table, as a restore finds them; and what the bare driver makes of
 * them. Entry i starts at 2i + 1 and commits at 2i + 2. What has to be changed is taken from the lower end, entries that are to be
 * left for others from the upper one.
 */
final class SampleEntries {
    private static final int MAX_UNDER_WAY = 128;
    private static final int PER_BATCH = 100;
    private static final int CHECK_INTERVAL = 1_000;
    /** Where AtlasDB puts commits of schema 3. */
    private static final long DECIDED = 9_223_372_036_854_775_797L;
    /** A time in the past, in microseconds. */
    private static final long LONG_AGO = 1_600_000_000_000_000L;

    private final SampleKeyspace keyspace;
    private final TransactionsEncoding encoding;
    private final int schema;
    private final long count;
    private long next;

    SampleEntries(SampleKeyspace keyspace, int schema, long count) {
        this.keyspace = keyspace;
        this.schema = schema;
        this.encoding = TransactionsEncoding.ofSchema(schema);
        this.count = count;
    }

    long count() {
        return count;
    }

    long lastCommit() {
        return 2 * count;
    }

    TimestampRange starts() {
        return new TimestampRange(1, 2 * count);
    }

    /** Returns the start timestamps of the last entries. */
    TimestampRange lastStarts(long entries) {
        return new TimestampRange(2 * (count - entries) + 1, 2 * count);
    }

    /** Writes all of them. */
    void fill() throws InterruptedException {
        PreparedStatement insert = prepare(
                "INSERT INTO %s (key, column1, column2, value) VALUES (?, ?, -1, ?) USING TIMESTAMP " + writeTime());
        write(0, count, start -> {
            Cell cell = encoding.cellOf(start);
            return insert.bind(
                    cell.row().toBuffer(),
                    cell.column().toBuffer(),
                    encoding.encode(start, TransactionState.committed(start + 1))
                            .toBuffer());
        });
    }

    private long writeTime() {
        return schema == 3 ? DECIDED : LONG_AGO;
    }

    /** Reads every entry with a query for all of the table; returns how many there were. */
    long scan() {
        long found = 0;
        SimpleStatement all = SimpleStatement.newInstance("SELECT key, column1, value FROM " + table())
                .setPageSize(5_000);
        for (Row row : keyspace.bare().execute(all)) {
            if (row.getByteBuffer(2) != null) {
                found++;
            }
        }
        return found;
    }

    /** Aborts the next of the entries as whoever does not look would: without reading anything before or after. */
    void abort(long entries) throws InterruptedException {
        long from = next;
        next += entries;
        if (next > count) {
            throw new IllegalStateException("no entries are left: " + count);
        }
        if (schema == 3) {
            PreparedStatement abort = prepare("UPDATE %s USING TIMESTAMP " + (DECIDED + 1)
                    + " SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1");
            write(from, next, start -> bind(abort, start));
            return;
        }
        PreparedStatement abort =
                prepare("UPDATE %s SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1 IF value = ?");
        UnderWay underWay = new UnderWay(keyspace.bare(), MAX_UNDER_WAY / 2);
        for (long i = from; i < next; i++) {
            checkInterrupted(i);
            long start = 2 * i + 1;
            Cell cell = encoding.cellOf(start);
            underWay.send(abort.bind(
                            encoding.encode(start, TransactionState.ABORTED).toBuffer(),
                            cell.row().toBuffer(),
                            cell.column().toBuffer(),
                            encoding.encode(start, TransactionState.committed(start + 1))
                                    .toBuffer())
                    .setSerialConsistencyLevel(ConsistencyLevel.SERIAL)
                    .setConsistencyLevel(ConsistencyLevel.QUORUM));
        }
        underWay.await();
    }

    private BoundStatement bind(PreparedStatement abort, long start) {
        Cell cell = encoding.cellOf(start);
        return abort.bind(
                encoding.encode(start, TransactionState.ABORTED).toBuffer(),
                cell.row().toBuffer(),
                cell.column().toBuffer());
    }

    /** Writes one statement for each entry, those of a row together where a row has many. */
    private void write(long from, long to, LongFunction<BoundStatement> statement) throws InterruptedException {
        UnderWay underWay = new UnderWay(keyspace.bare(), MAX_UNDER_WAY);
        Map<Bytes, List<BatchableStatement<?>>> open = new HashMap<>();
        for (long i = from; i < to; i++) {
            checkInterrupted(i);
            long start = 2 * i + 1;
            if (schema == 1) {
                underWay.send(statement.apply(start));
                continue;
            }
            Bytes row = encoding.cellOf(start).row();
            List<BatchableStatement<?>> ofRow = open.computeIfAbsent(row, key -> new ArrayList<>());
            ofRow.add(statement.apply(start));
            if (ofRow.size() == PER_BATCH) {
                underWay.send(BatchStatement.newInstance(BatchType.UNLOGGED, ofRow));
                open.remove(row);
            }
        }
        open.values().forEach(ofRow -> underWay.send(BatchStatement.newInstance(BatchType.UNLOGGED, ofRow)));
        underWay.await();
    }

    private static void checkInterrupted(long number) throws InterruptedException {
        if (number % CHECK_INTERVAL == 0 && Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private PreparedStatement prepare(String cql) {
        return keyspace.bare().prepare(cql.formatted(table()));
    }

    private String table() {
        return "\"" + keyspace.name() + "\".\"" + encoding.table() + "\"";
    }
}
