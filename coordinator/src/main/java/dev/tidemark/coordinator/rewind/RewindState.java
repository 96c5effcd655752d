package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.restore.FencedState;
import dev.tidemark.coordinator.restore.TransactionCleaner;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * State of a rewind.
 *
 * @param plan what was planned and accepted
 * @param startedAt when it was accepted
 * @param largestTimestampAtFence largest timestamp that the oracle had issued when it was fenced, or 0 before
 * @param abortedCommits by store, what cleaning has aborted so far
 * @param abortedStraddlers by store, how many of them had started before the target timestamp
 * @param cleanPasses by store, scans until none was left
 */
record RewindState(
        RewindPlan plan,
        Instant startedAt,
        long largestTimestampAtFence,
        Map<String, Long> abortedCommits,
        Map<String, Long> abortedStraddlers,
        Map<String, Integer> cleanPasses)
        implements FencedState<RewindState> {
    RewindState {
        abortedCommits = Collections.unmodifiableMap(new TreeMap<>(abortedCommits));
        abortedStraddlers = Collections.unmodifiableMap(new TreeMap<>(abortedStraddlers));
        cleanPasses = Collections.unmodifiableMap(new TreeMap<>(cleanPasses));
    }

    static RewindState begin(RewindPlan plan, Instant startedAt) {
        return new RewindState(plan, startedAt, 0, Map.of(), Map.of(), Map.of());
    }

    @Override
    public RewindState fencedAt(long largestTimestamp) {
        return new RewindState(plan, startedAt, largestTimestamp, abortedCommits, abortedStraddlers, cleanPasses);
    }

    /** Adds what one run of the cleaner did; runs that were interrupted have done their part before. */
    RewindState cleaned(String store, TransactionCleaner.Result result) {
        Map<String, Long> commits = new TreeMap<>(abortedCommits);
        commits.merge(store, result.aborted(), Long::sum);
        Map<String, Long> straddlers = new TreeMap<>(abortedStraddlers);
        straddlers.merge(store, result.straddlers(), Long::sum);
        Map<String, Integer> passes = new TreeMap<>(cleanPasses);
        passes.put(store, result.passes());
        return new RewindState(plan, startedAt, largestTimestampAtFence, commits, straddlers, passes);
    }

    @Override
    public long fastForwardTarget() {
        return Math.max(plan.fastForwardTarget(), largestTimestampAtFence);
    }
}
