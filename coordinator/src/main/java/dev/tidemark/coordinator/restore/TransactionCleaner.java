package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionTable.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Aborts, in a restored transactions table, every commit above the backup timestamp.
 *
 * <p>Which entries can be such: a transaction that committed above B got its commit timestamp after B was issued, and
 * its own lease on the immutable timestamp was alive then. That lease was alive at the hold or was granted later, so it
 * holds, and with it the transaction's start timestamp, at or above the immutable timestamp at the hold (L). Every start
 * timestamp in a snapshot is below the fast-forward timestamp (F), which was fetched after the last snapshot. So
 * the scan covers [L, F], which includes the transactions that started before B and committed after it; a scan from B would
 * leave them, torn.
 *
 * <p>Entries are aborted by value, never deleted: a deleted entry means "still running", and whoever reads such a
 * transaction would have to decide again. After a pass the whole interval is scanned again, until a pass finds nothing.
 *
 * <p>Streams, and aborts in batches, each durable at once; memory depends on the size of a batch and not on the number of
 * entries. Idempotent. Not thread-safe; uses the workers it is given.
 */
public final class TransactionCleaner {
    private static final int MAX_PASSES = 10;
    private static final int MAX_ABORT_TRIES = 10;
    /** Entries between two calls of {@link Progress}. */
    private static final int PROGRESS_INTERVAL = 10_000;
    /** Commits that are aborted together: enough to share the wait for the disk, few enough to be told of in time. */
    private static final int BATCH = 1_000;

    private final TransactionTable table;
    private final long backupTimestamp;
    private final ParallelWork work;
    private final Progress progress;

    private final LongAdder scanned = new LongAdder();
    private final LongAdder aborted = new LongAdder();
    private final LongAdder straddlers = new LongAdder();

    /** Creates a cleaner that aborts every commit above the backup timestamp. */
    public TransactionCleaner(TransactionTable table, long backupTimestamp, ParallelWork work, Progress progress) {
        this.table = table;
        this.backupTimestamp = backupTimestamp;
        this.work = work;
        this.progress = progress;
    }

    /**
     * Cleans the entries of an interval.
     *
     * @param starts interval of start timestamps, [L, F]
     * @return what was done; its last pass found nothing to abort
     * @throws CoordinatorException {@link ErrorCode#VERIFICATION_FAILED} when commits keep appearing
     */
    public Result clean(TimestampRange starts) {
        for (int pass = 1; pass <= MAX_PASSES; pass++) {
            LongAdder found = new LongAdder();
            List<Part> parts = table.split(starts, work.parallelism());
            work.run(parts, part -> cleanPart(part, found));
            if (found.sum() == 0) {
                return new Result(scanned.sum(), aborted.sum(), straddlers.sum(), pass);
            }
        }
        throw new CoordinatorException(
                ErrorCode.VERIFICATION_FAILED,
                "commits above timestamp " + backupTimestamp + " were still found after " + MAX_PASSES + " passes",
                "Stop every client of the namespace, then resume the operation.");
    }

    /** Counts the commits above the backup timestamp and changes nothing. */
    public long count(TimestampRange starts) {
        LongAdder found = new LongAdder();
        work.run(table.split(starts, work.parallelism()), part -> {
            try (CloseableIterator<TransactionEntry> entries = table.scan(part)) {
                while (entries.hasNext()) {
                    if (isAbove(entries.next().state())) {
                        found.increment();
                    }
                }
            }
        });
        return found.sum();
    }

    private void cleanPart(Part part, LongAdder found) {
        long sinceProgress = 0;
        List<TransactionEntry> batch = new ArrayList<>(BATCH);
        try (CloseableIterator<TransactionEntry> entries = table.scan(part)) {
            while (entries.hasNext()) {
                TransactionEntry entry = entries.next();
                scanned.increment();
                if (isAbove(entry.state())) {
                    found.increment();
                    batch.add(entry);
                }
                if (batch.size() == BATCH || ++sinceProgress == PROGRESS_INTERVAL) {
                    sinceProgress = 0;
                    abortBatch(batch);
                }
            }
            abortBatch(batch);
        }
        progress.cleaned(scanned.sum(), aborted.sum());
    }

    /** Nothing is aborted unless {@link Progress}, who may object, has heard of how far the scan has got. */
    private void abortBatch(List<TransactionEntry> batch) {
        progress.cleaned(scanned.sum(), aborted.sum());
        if (batch.isEmpty()) {
            return;
        }
        List<TransactionEntry> changed = table.abortAll(batch);
        Set<TransactionEntry> again = Set.copyOf(changed);
        batch.stream().filter(entry -> !again.contains(entry)).forEach(this::count);
        changed.forEach(this::abortChanged);
        batch.clear();
    }

    /** The entry is not what was scanned: it is read and aborted as it is, unless it must stay. */
    private void abortChanged(TransactionEntry scannedEntry) {
        for (int tries = 0; tries < MAX_ABORT_TRIES; tries++) {
            Optional<TransactionState> current = table.read(scannedEntry.startTimestamp());
            if (current.isEmpty() || !isAbove(current.get())) {
                return;
            }
            if (table.abort(new TransactionEntry(scannedEntry.startTimestamp(), current.get()))) {
                count(scannedEntry);
                return;
            }
        }
        throw new CoordinatorException(
                ErrorCode.VERIFICATION_FAILED,
                "the entry of transaction " + scannedEntry.startTimestamp() + " changed " + MAX_ABORT_TRIES
                        + " times while it was being aborted",
                "Stop every client of the namespace, then resume the operation.");
    }

    private void count(TransactionEntry abortedEntry) {
        aborted.increment();
        if (abortedEntry.startTimestamp() < backupTimestamp) {
            straddlers.increment();
        }
    }

    private boolean isAbove(TransactionState state) {
        if (state instanceof TransactionState.Committed committed) {
            return committed.commitTimestamp() > backupTimestamp;
        }
        return state instanceof TransactionState.Staging staging && staging.commitTimestamp() > backupTimestamp;
    }

    /**
     * Is told how far the cleaning has got, at least each 10,000 entries and before each batch of aborts; called from the
     * workers. What it throws ends the cleaning.
     */
    @FunctionalInterface
    public interface Progress {
        /** Receives the number of entries scanned in all passes, and of those aborted. */
        void cleaned(long scanned, long aborted);
    }

    /**
     * What a cleaning did.
     *
     * @param scanned entries read in all passes
     * @param aborted commits turned into aborted
     * @param straddlers how many of them had started before the backup timestamp
     * @param passes scans of the interval, the last of which found nothing
     */
    public record Result(long scanned, long aborted, long straddlers, int passes) {}
}
