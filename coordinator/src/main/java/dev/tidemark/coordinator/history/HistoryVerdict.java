package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.Finding.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a check has found.
 *
 * @param timestamp the timestamp whose state the stores were compared with
 * @param counts what was looked at
 * @param findings the first of what is wrong, by commit timestamp, at most {@link HistoryChecker#MAX_FINDINGS}
 * @param totals how many findings there are of each kind; kinds without one are absent
 */
public record HistoryVerdict(long timestamp, Counts counts, List<Finding> findings, Map<Kind, Long> totals) {
    /** Copies the collections. */
    public HistoryVerdict {
        findings = List.copyOf(findings);
        totals = Map.copyOf(totals);
    }

    /** Tells whether the stores hold exactly the state at the timestamp, and every read was right. */
    public boolean isExact() {
        return findings.isEmpty();
    }

    /** Returns the first thing that is wrong, by commit timestamp. */
    public Optional<Finding> firstWrong() {
        return findings.stream().findFirst();
    }

    /** Returns how many findings there are in all. */
    public long totalFindings() {
        return totals.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * What was looked at.
     *
     * @param transactions transactions of the history
     * @param committed committed at or below the timestamp, with writes
     * @param above committed above it, with writes
     * @param unknownCommitted of unknown outcome, with writes, and committed at or below the timestamp by the store's word
     * @param unknownNotCommitted of unknown outcome, with writes, and not so
     * @param reads reads that were compared with the state at their start timestamp
     * @param cells cells that are as they ought to be
     * @param olderThanHistory cells and reads that could not be judged, because the history begins later
     */
    public record Counts(
            long transactions,
            long committed,
            long above,
            long unknownCommitted,
            long unknownNotCommitted,
            long reads,
            long cells,
            long olderThanHistory) {}
}
