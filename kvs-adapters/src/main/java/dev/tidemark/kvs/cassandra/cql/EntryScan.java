package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.Tickets;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionTable.Part;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.kvs.transactiontable.VarLong;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A scan of one part of the transactions tables, schema by schema. What it reads of the store:
 *
 * <ul>
 *   <li>schema 1 on an ordered ring: the rows of the interval, which lie next to each other;
 *   <li>schema 1 on another ring: the part of the ring that is the part's slice, of which most may be outside of the interval;
 *   <li>schemas 2 and 3: the slice's rows of every quantum in the interval, cut to the columns of the interval in the first and
 *       the last quantum; whole rows of many quanta go into one query;
 *   <li>schemas 2 and 3 when the quanta are too many, as after a fast-forward to a far timestamp: the slice's rows of all
 *       quanta, or the slice of the ring.
 * </ul>
 */
final class EntryScan implements CloseableIterator<TransactionEntry> {
    private static final Bytes ZERO_BYTE = Bytes.wrap(new byte[] {0});
    private static final int MAX_QUANTA = 1_000;
    private static final int MAX_ROWS_PER_QUERY = 64;

    private final Keyspace keyspace;
    private final TransactionsSchemaMap schemas;
    private final ConsistencyLevel level;
    private final Part part;
    private final Iterator<TimestampRange> ranges;

    private TimestampRange range;
    private TransactionsEncoding encoding;
    private PagedRows rows;
    private TransactionEntry next;

    EntryScan(Keyspace keyspace, TransactionsSchemaMap schemas, ConsistencyLevel level, Part part) {
        this.keyspace = keyspace;
        this.schemas = schemas;
        this.level = level;
        this.part = part;
        this.ranges = schemas.oneVersionEach(part.starts()).iterator();
    }

    /** Tells whether an interval has so many quanta that all rows of the table are read. */
    static boolean hasManyQuanta(TimestampRange range) {
        return range.upper() / Tickets.QUANTUM - range.lower() / Tickets.QUANTUM >= MAX_QUANTA;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            if (rows != null && rows.hasNext()) {
                next = entry(TableScans.version(rows.next()));
            } else if (!openNext()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public TransactionEntry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        TransactionEntry result = next;
        next = null;
        return result;
    }

    @Override
    public void close() {
        next = null;
        if (rows != null) {
            rows.close();
            rows = null;
        }
        while (ranges.hasNext()) {
            ranges.next();
        }
    }

    /** Returns null for what is no entry of the interval. */
    private TransactionEntry entry(CellVersion version) {
        if (version == null || version.timestamp() != 0) {
            return null;
        }
        long start = encoding.startTimestampOf(version.cell());
        return range.contains(start) ? new TransactionEntry(start, encoding.decode(start, version.value())) : null;
    }

    private boolean openNext() {
        if (!ranges.hasNext()) {
            return false;
        }
        range = ranges.next();
        encoding = TransactionsEncoding.ofSchema(schemas.versionAt(range.lower()));
        TableScans scans = new TableScans(keyspace, encoding.table(), level);
        rows = new PagedRows(keyspace.session(), scans.what(), queries(scans).iterator());
        return true;
    }

    private List<BoundStatement> queries(TableScans scans) {
        boolean isOrdered = keyspace.session().facts().partitioner() == Partitioner.ORDERED;
        boolean isTickets = encoding.table().equals(Tickets.TABLE);
        if (isTickets && !hasManyQuanta(range)) {
            return rowsOfQuanta(scans);
        }
        if (!isOrdered) {
            return List.of(scans.ofRing(part.slice(), part.slices()));
        }
        List<BoundStatement> queries = new ArrayList<>();
        if (isTickets) {
            for (int row = part.slice(); row < Tickets.ROWS_PER_QUANTUM; row += part.slices()) {
                queries.addAll(scans.ofRange(Tickets.sliceOfAllQuanta(row)));
            }
        } else if (part.slice() == 0) {
            queries.addAll(scans.ofRange(CellRange.rows(
                    VarLong.encode(range.lower()), VarLong.encode(range.upper()).concat(ZERO_BYTE))));
        }
        return queries;
    }

    private List<BoundStatement> rowsOfQuanta(TableScans scans) {
        long firstQuantum = range.lower() / Tickets.QUANTUM;
        long lastQuantum = range.upper() / Tickets.QUANTUM;
        List<BoundStatement> queries = new ArrayList<>();
        List<Bytes> wholeRows = new ArrayList<>();
        for (long quantum = firstQuantum; quantum <= lastQuantum; quantum++) {
            for (int row = part.slice(); row < Tickets.ROWS_PER_QUANTUM; row += part.slices()) {
                if (quantum == firstQuantum || quantum == lastQuantum) {
                    queries.addAll(scans.ofRange(Tickets.slice(within(quantum), row)));
                    continue;
                }
                wholeRows.add(Tickets.row(quantum, row));
                if (wholeRows.size() == MAX_ROWS_PER_QUERY) {
                    queries.add(scans.ofRows(wholeRows));
                    wholeRows.clear();
                }
            }
        }
        if (!wholeRows.isEmpty()) {
            queries.add(scans.ofRows(wholeRows));
        }
        return queries;
    }

    private TimestampRange within(long quantum) {
        long first = quantum * Tickets.QUANTUM;
        long last = first > Long.MAX_VALUE - Tickets.QUANTUM ? Long.MAX_VALUE : first + Tickets.QUANTUM - 1;
        return new TimestampRange(Math.max(Math.max(1, first), range.lower()), Math.min(last, range.upper()));
    }
}
