package dev.tidemark.coordinator.restore;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A transactions table that tells what was aborted in it. */
final class RecordingTransactionTable implements TransactionTable {
    private final TransactionTable table;
    private final Consumer<TransactionEntry> recorder;

    /** Creates a table over another one; the recorder is called by whoever aborts, from any thread. */
    RecordingTransactionTable(TransactionTable table, Consumer<TransactionEntry> recorder) {
        this.table = table;
        this.recorder = recorder;
    }

    @Override
    public List<Part> split(TimestampRange starts, int maxParts) {
        return table.split(starts, maxParts);
    }

    @Override
    public CloseableIterator<TransactionEntry> scan(Part part) {
        return table.scan(part);
    }

    @Override
    public Optional<TransactionState> read(long startTimestamp) {
        return table.read(startTimestamp);
    }

    @Override
    public boolean abort(TransactionEntry seen) {
        boolean isAborted = table.abort(seen);
        if (isAborted) {
            recorder.accept(seen);
        }
        return isAborted;
    }

    @Override
    public List<TransactionEntry> abortAll(List<TransactionEntry> seen) {
        List<TransactionEntry> changed = table.abortAll(seen);
        Set<TransactionEntry> others = Set.copyOf(changed);
        seen.stream().filter(entry -> !others.contains(entry)).forEach(recorder);
        return changed;
    }
}
