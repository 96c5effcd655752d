package dev.tidemark.coordinator.history;

import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * One transaction of a history.
 *
 * @param store name of the store that it worked on; a transaction is recorded in one store's transactions table
 * @param start start timestamp, &gt;= 1
 * @param commit commit timestamp, &gt; start; {@link #NO_COMMIT} when there is none or it is not known
 * @param outcome what its client was told
 * @param reads what it found in the state at its start timestamp, each cell once; what it had written itself is left out
 * @param writes what it wrote, each cell once, with its last value
 */
public record HistoryTransaction(
        String store, long start, long commit, Outcome outcome, List<RecordedCell> reads, List<RecordedCell> writes) {
    /** Stands for a commit timestamp that is not there. */
    public static final long NO_COMMIT = 0;

    /**
     * Copies the lists and checks the parts.
     *
     * @throws IllegalArgumentException when a timestamp is out of its range, when a transaction that committed writes has no
     *     commit timestamp, and when a cell is read twice or written twice
     */
    public HistoryTransaction {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(outcome, "outcome");
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
        if (start < 1) {
            throw new IllegalArgumentException("start: " + start + " (expected: at least 1)");
        }
        if (commit != NO_COMMIT && commit <= start) {
            throw new IllegalArgumentException("commit: " + commit + " (expected: above the start " + start + ")");
        }
        if (outcome == Outcome.COMMITTED && commit == NO_COMMIT && !writes.isEmpty()) {
            throw new IllegalArgumentException(
                    "commit: none (expected: a timestamp, because the transaction committed writes)");
        }
        requireOnce("reads", reads);
        requireOnce("writes", writes);
    }

    private static void requireOnce(String what, List<RecordedCell> cells) {
        Set<Place> places = new HashSet<>();
        for (RecordedCell cell : cells) {
            if (!places.add(new Place(cell.table(), cell.cell()))) {
                throw new IllegalArgumentException(what + ": table '" + cell.table() + "' row "
                        + cell.cell().row().toHex() + " column "
                        + cell.cell().column().toHex() + " twice (expected: each cell once)");
            }
        }
    }

    private record Place(TableName table, Cell cell) {}

    /** What the client of a transaction was told. */
    public enum Outcome {
        /** It is committed. Without writes: its reads hold. */
        COMMITTED,
        /** It never becomes visible. */
        ABORTED,
        /** Nothing: it may be committed or not, but not in part. */
        UNKNOWN
    }
}
