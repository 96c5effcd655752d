package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects what one transaction does, and writes it to the history once its outcome is known. Of several reads of a cell the
 * first counts, of several writes the last; what a transaction reads after it wrote it is not a read of its snapshot and is left
 * out. Not thread-safe.
 */
public final class TransactionRecorder {
    private final HistoryWriter writer;
    private final String store;
    private final long start;
    private final Map<Place, Bytes> reads = new LinkedHashMap<>();
    private final Map<Place, Bytes> writes = new LinkedHashMap<>();

    TransactionRecorder(HistoryWriter writer, String store, long start) {
        this.writer = writer;
        this.store = store;
        this.start = start;
    }

    /** Records what was read; {@link Bytes#EMPTY} when there was nothing. */
    public TransactionRecorder read(TableName table, Cell cell, Bytes value) {
        Place place = new Place(table, cell);
        if (!writes.containsKey(place)) {
            reads.putIfAbsent(place, value);
        }
        return this;
    }

    /** Records what was written; {@link Bytes#EMPTY} for a deletion. */
    public TransactionRecorder write(TableName table, Cell cell, Bytes value) {
        writes.put(new Place(table, cell), value);
        return this;
    }

    /** Writes the transaction as committed at the timestamp; {@link HistoryTransaction#NO_COMMIT} if it wrote nothing. */
    public void committed(long commit) {
        end(commit, Outcome.COMMITTED);
    }

    /** Writes the transaction as aborted. */
    public void aborted() {
        end(HistoryTransaction.NO_COMMIT, Outcome.ABORTED);
    }

    /** Writes the transaction as one of which nobody knows whether it committed. */
    public void unknown() {
        end(HistoryTransaction.NO_COMMIT, Outcome.UNKNOWN);
    }

    private void end(long commit, Outcome outcome) {
        writer.write(new HistoryTransaction(store, start, commit, outcome, cells(reads), cells(writes)));
    }

    private static List<RecordedCell> cells(Map<Place, Bytes> values) {
        List<RecordedCell> cells = new ArrayList<>();
        values.forEach((place, value) -> cells.add(new RecordedCell(place.table, place.cell, value)));
        return cells;
    }

    private record Place(TableName table, Cell cell) {}
}
