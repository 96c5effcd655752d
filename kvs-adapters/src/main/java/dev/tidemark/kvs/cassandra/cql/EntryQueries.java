package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.Tickets;
import dev.tidemark.kvs.transactiontable.TransactionTable.Part;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.VarLong;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What a scan of one part of the transactions tables reads of the store; it may be more than the entries of the part:
 *
 * <ul>
 *   <li>schema 1 on an ordered ring: the rows of the interval, which lie next to each other;
 *   <li>schema 1 on another ring: the part of the ring that is the part's slice, of which most may be outside of the interval;
 *   <li>schemas 2 and 3: the slice's rows of every quantum in the interval, cut to the columns of the interval;
 *   <li>schemas 2 and 3 when the quanta are many, as after a fast-forward to a far timestamp: the names of the table's rows, which
 *       are few beside its entries, and then those of the rows that are in the interval and the slice.
 * </ul>
 */
final class EntryQueries {
    private static final Bytes ZERO_BYTE = Bytes.wrap(new byte[] {0});
    private static final int MAX_QUANTA = 64;

    private final Keyspace keyspace;
    private final Part part;

    EntryQueries(Keyspace keyspace, Part part) {
        this.keyspace = keyspace;
        this.part = part;
    }

    /**
     * Returns the queries.
     *
     * @param range an interval within the part, of one schema
     */
    Iterator<BoundStatement> of(TableScans scans, TransactionsEncoding encoding, TimestampRange range) {
        boolean isOrdered = keyspace.session().facts().partitioner() == Partitioner.ORDERED;
        if (encoding.table().equals(Tickets.TABLE)) {
            return hasManyQuanta(range)
                    ? new RowsInInterval(
                            new PagedRows(keyspace.session(), scans.what(), namesOfRows(scans, isOrdered)),
                            row -> isInSlice(row) ? cells(row, range) : null,
                            scans)
                    : rowsOfQuanta(scans, range).iterator();
        }
        if (!isOrdered) {
            return List.of(scans.ofRing(part.slice(), part.slices())).iterator();
        }
        return part.slice() > 0
                ? List.<BoundStatement>of().iterator()
                : scans.ofRange(CellRange.rows(
                                VarLong.encode(range.lower()),
                                VarLong.encode(range.upper()).concat(ZERO_BYTE)))
                        .iterator();
    }

    private List<BoundStatement> rowsOfQuanta(TableScans scans, TimestampRange range) {
        List<BoundStatement> queries = new ArrayList<>();
        for (long quantum = range.lower() / Tickets.QUANTUM; quantum <= range.upper() / Tickets.QUANTUM; quantum++) {
            for (int row = part.slice(); row < Tickets.ROWS_PER_QUANTUM; row += part.slices()) {
                queries.addAll(scans.ofRange(Tickets.slice(within(range, quantum), row)));
            }
        }
        return queries;
    }

    private Iterator<BoundStatement> namesOfRows(TableScans scans, boolean isOrdered) {
        TableScans names = scans.ofNamesOfRows();
        if (!isOrdered) {
            return List.of(names.ofRing(0, 1)).iterator();
        }
        List<BoundStatement> queries = new ArrayList<>();
        for (int row = part.slice(); row < Tickets.ROWS_PER_QUANTUM; row += part.slices()) {
            queries.addAll(names.ofRange(Tickets.sliceOfAllQuanta(row)));
        }
        return queries.iterator();
    }

    private boolean isInSlice(Bytes row) {
        return Tickets.rowOf(row) % part.slices() == part.slice();
    }

    /** Returns the cells of the row that can be in the interval, or null when none can. */
    private static CellRange cells(Bytes row, TimestampRange range) {
        long quantum = Tickets.quantumOf(row);
        return quantum < range.lower() / Tickets.QUANTUM || quantum > range.upper() / Tickets.QUANTUM
                ? null
                : Tickets.slice(within(range, quantum), Tickets.rowOf(row));
    }

    private static TimestampRange within(TimestampRange range, long quantum) {
        long first = quantum * Tickets.QUANTUM;
        long last = first > Long.MAX_VALUE - Tickets.QUANTUM ? Long.MAX_VALUE : first + Tickets.QUANTUM - 1;
        return new TimestampRange(Math.max(Math.max(1, first), range.lower()), Math.min(last, range.upper()));
    }

    private static boolean hasManyQuanta(TimestampRange range) {
        return range.upper() / Tickets.QUANTUM - range.lower() / Tickets.QUANTUM >= MAX_QUANTA;
    }
}
