package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cluster.StoreCluster;
import java.nio.file.Path;
import java.util.Map;

/**
 * Decides by a recorded history whether stores hold exactly the state at a timestamp B, and names the first transaction that is
 * wrong.
 *
 * <p>From the history follows the state at every timestamp: of each cell, the write with the greatest commit timestamp at or below
 * it. So the history is sorted on disk by cell and, within a cell, by the timestamp at which a read looked or a write became
 * visible. One pass over that gives three things at once. The last write of a cell is what the store has to hold at B. A read has to
 * find the write before it. And a write whose transaction started before the write before it was committed has overwritten what it
 * could not see. What the cells ought to hold and what a reader of the store finds in them are then merged like two sorted lists:
 * nothing that is missing and nothing that is too much can hide. A second list, sorted by start timestamp, is merged with the
 * stores' transactions tables in the same way.
 *
 * <p>A visible value has to be of the very transaction that the history names, not only equal to its value: each version carries the
 * start timestamp of its writer. A transaction of unknown outcome is committed if the store says so, and then with all of its
 * writes; if the store says nothing, or aborted, with none. Reads are held against the state if they happened at or below B and
 * their transaction is committed: one that aborts is promised nothing.
 *
 * <p>Only one batch, one cell's access and the first findings are in memory. Each object serves one check. Not thread-safe.
 */
public final class HistoryChecker {
    /** Findings that a verdict lists; the rest is counted. */
    public static final int MAX_FINDINGS = 20;

    private final CellStore scratch;
    private final OperationListener listener;

    /**
     * Creates a checker.
     *
     * @param scratch an empty place for the sorted history, such as a {@link Workspace}
     * @param listener is told how far the check is
     */
    public HistoryChecker(CellStore scratch, OperationListener listener) {
        this.scratch = scratch;
        this.listener = listener;
    }

    /**
     * Checks the stores of a namespace.
     *
     * @param history the file
     * @param timestamp B: what committed at or below it must be there, and nothing else
     * @param stores by the names that the history gives them, exactly those; nothing is changed in them, and nobody else may
     *     change them meanwhile
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when the history can't be accepted,
     *     {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it has another version, {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when
     *     garbage collection has passed the timestamp or the history begins above it, {@link ErrorCode#INTERRUPTED}
     */
    public HistoryVerdict check(Path history, long timestamp, Map<String, StoreCluster> stores, StoreView view) {
        try (HistoryReader reader = HistoryReader.open(history)) {
            requireInHistory(reader.header(), timestamp);
            CheckedStores checked = CheckedStores.of(reader.header(), stores);
            checked.requireReadable(timestamp);
            Findings findings = new Findings(MAX_FINDINGS);
            Tally tally = new Tally(listener, reader.header().namespace());
            HistoryIndex index = new HistoryIndex(scratch, reader.header(), timestamp);
            tally.begin("read");
            index.load(history, reader, checked::commitOf, tally);
            tally.end();
            tally.begin("entries");
            new EntryCheck(index, checked, view, scratch, findings, tally).run(history);
            tally.end();
            tally.begin("cells");
            new CellCheck(index, checked, findings, tally).run();
            tally.end();
            checked.requireReadable(timestamp);
            return new HistoryVerdict(timestamp, tally.counts(), findings.first(), findings.totals());
        }
    }

    private static void requireInHistory(HistoryHeader header, long timestamp) {
        if (timestamp < header.from()) {
            throw new CoordinatorException(
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                    "timestamp " + timestamp + " is not in the history (expected: at least " + header.from() + ")",
                    "Use a timestamp at or above the one at which the history begins.");
        }
    }
}
