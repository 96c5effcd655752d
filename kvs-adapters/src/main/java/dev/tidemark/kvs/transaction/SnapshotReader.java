package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads the state that was committed before a start timestamp. Versions carry start timestamps and a transaction commits
 * above its own, so only versions below the reader's start timestamp can be visible to it; of these the newest counts whose
 * transaction committed below it.
 */
final class SnapshotReader {
    private final CellStore cells;
    private final Outcomes outcomes;
    private final long start;

    SnapshotReader(CellStore cells, Outcomes outcomes, long start) {
        this.cells = cells;
        this.outcomes = outcomes;
        this.start = start;
    }

    /** Returns the visible values; cells that were never written or are deleted are absent. */
    Map<Cell, Bytes> get(TableName table, Set<Cell> wanted) {
        Map<Cell, Bytes> values = new HashMap<>();
        cells.getLatest(table, wanted, start - 1).forEach((cell, newest) -> {
            Version version = newest;
            while (version != null && !isVisible(version.timestamp())) {
                version = cells.getLatest(table, Set.of(cell), version.timestamp() - 1)
                        .get(cell);
            }
            if (version != null && !version.value().isEmpty()) {
                values.put(cell, version.value());
            }
        });
        return values;
    }

    CloseableIterator<CellVersion> scan(TableName table, CellRange range) {
        return new VisibleScan(cells.scan(table, range, start - 1), this::isVisible);
    }

    private boolean isVisible(long version) {
        return version >= 1
                && outcomes.await(version) instanceof TransactionState.Committed committed
                && committed.commitTimestamp() < start;
    }
}
