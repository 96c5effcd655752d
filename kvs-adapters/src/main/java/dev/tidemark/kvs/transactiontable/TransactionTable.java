package dev.tidemark.kvs.transactiontable;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The transactions table of a store, whatever its schema: start timestamp to state. Reads see one outcome of every entry
 * only after the table was repaired on all nodes, or read all replicas. All methods block and are thread-safe.
 */
public interface TransactionTable {
    /**
     * Cuts an interval into parts that can be scanned in parallel without contention, in ascending order, together exactly
     * the interval.
     *
     * @param maxParts upper limit for the number of parts, &gt;= 1
     */
    List<Part> split(TimestampRange starts, int maxParts);

    /**
     * Scans the entries of one part, in the order of the store, each once, streaming with bounded memory. Entries that are
     * written meanwhile may or may not be seen.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} when an entry can't be decoded
     */
    CloseableIterator<TransactionEntry> scan(Part part);

    /** Returns the state of one transaction; empty when it has no entry. */
    Optional<TransactionState> read(long startTimestamp);

    /**
     * Turns the entry of a transaction into aborted, by value, when it is what the caller has seen. Durable on return;
     * idempotent: an entry that is aborted already counts as done.
     *
     * @param seen the entry as it was scanned or read
     * @return true when the transaction is aborted now; false when the entry has changed otherwise, and the caller must read
     *     it again
     */
    boolean abort(TransactionEntry seen);

    /**
     * Does for many entries what {@link #abort} does for one. Each entry is atomic by itself; the call as a whole is not.
     * Durable on return; after an exception some, none or all of the entries are aborted.
     *
     * @param seen entries as they were scanned or read, at most {@link CellStore#MAX_CHANGES}, each of another transaction
     * @return those that have changed otherwise, in the order of the list; the caller must read them again
     */
    default List<TransactionEntry> abortAll(List<TransactionEntry> seen) {
        List<TransactionEntry> changed = new ArrayList<>();
        for (TransactionEntry entry : seen) {
            if (!abort(entry)) {
                changed.add(entry);
            }
        }
        return changed;
    }

    /**
     * A part of the table for one scanner.
     *
     * @param starts interval of start timestamps
     * @param slice which slice of the interval, for tables that spread neighbouring timestamps over rows: 0..slices-1
     * @param slices number of slices that together hold the interval, &gt;= 1
     */
    record Part(TimestampRange starts, int slice, int slices) {
        /** Checks the slice. */
        public Part {
            if (slices < 1 || slice < 0 || slice >= slices) {
                throw new IllegalArgumentException("slice: " + slice + " (expected: 0.." + (slices - 1) + ")");
            }
        }
    }
}
