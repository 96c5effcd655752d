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
import java.util.List;

/**
 * What a scan of one part of the transactions tables reads of the store; it may be more than the entries of the part:
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
final class EntryQueries {
    private static final Bytes ZERO_BYTE = Bytes.wrap(new byte[] {0});
    private static final int MAX_QUANTA = 1_000;
    private static final int MAX_ROWS_PER_QUERY = 64;

    private final Partitioner partitioner;
    private final Part part;

    EntryQueries(Partitioner partitioner, Part part) {
        this.partitioner = partitioner;
        this.part = part;
    }

    /**
     * Returns the queries.
     *
     * @param range an interval within the part, of one schema
     */
    List<BoundStatement> of(TableScans scans, TransactionsEncoding encoding, TimestampRange range) {
        boolean isOrdered = partitioner == Partitioner.ORDERED;
        boolean isTickets = encoding.table().equals(Tickets.TABLE);
        if (isTickets && !hasManyQuanta(range)) {
            return rowsOfQuanta(scans, range);
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

    private List<BoundStatement> rowsOfQuanta(TableScans scans, TimestampRange range) {
        long firstQuantum = range.lower() / Tickets.QUANTUM;
        long lastQuantum = range.upper() / Tickets.QUANTUM;
        List<BoundStatement> queries = new ArrayList<>();
        List<Bytes> wholeRows = new ArrayList<>();
        for (long quantum = firstQuantum; quantum <= lastQuantum; quantum++) {
            for (int row = part.slice(); row < Tickets.ROWS_PER_QUANTUM; row += part.slices()) {
                if (quantum == firstQuantum || quantum == lastQuantum) {
                    queries.addAll(scans.ofRange(Tickets.slice(within(range, quantum), row)));
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

    private static TimestampRange within(TimestampRange range, long quantum) {
        long first = quantum * Tickets.QUANTUM;
        long last = first > Long.MAX_VALUE - Tickets.QUANTUM ? Long.MAX_VALUE : first + Tickets.QUANTUM - 1;
        return new TimestampRange(Math.max(Math.max(1, first), range.lower()), Math.min(last, range.upper()));
    }

    private static boolean hasManyQuanta(TimestampRange range) {
        return range.upper() / Tickets.QUANTUM - range.lower() / Tickets.QUANTUM >= MAX_QUANTA;
    }
}
