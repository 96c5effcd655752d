package dev.tidemark.coordinator.restore;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * State of a restore.
 *
 * @param plan what was planned and accepted
 * @param startedAt when it was accepted
 * @param largestTimestampAtFence largest timestamp that the oracle had issued when it was fenced, or 0 when it had none
 * @param stagedNodes nodes whose files are all staged and verified, as {@code store/node}
 * @param safetyCopies nodes that keep the data from before, as {@code store/node}
 * @param abortedCommits by store, what cleaning has aborted so far
 * @param abortedStraddlers by store, how many of them had started before the target timestamp
 * @param cleanPasses by store, scans until none was left
 */
record RestoreState(
        RestorePlan plan,
        Instant startedAt,
        long largestTimestampAtFence,
        SortedSet<String> stagedNodes,
        SortedSet<String> safetyCopies,
        Map<String, Long> abortedCommits,
        Map<String, Long> abortedStraddlers,
        Map<String, Integer> cleanPasses)
        implements FencedState<RestoreState> {
    RestoreState {
        stagedNodes = Collections.unmodifiableSortedSet(new TreeSet<>(stagedNodes));
        safetyCopies = Collections.unmodifiableSortedSet(new TreeSet<>(safetyCopies));
        abortedCommits = Collections.unmodifiableMap(new TreeMap<>(abortedCommits));
        abortedStraddlers = Collections.unmodifiableMap(new TreeMap<>(abortedStraddlers));
        cleanPasses = Collections.unmodifiableMap(new TreeMap<>(cleanPasses));
    }

    static RestoreState begin(RestorePlan plan, Instant startedAt) {
        return new RestoreState(plan, startedAt, 0, new TreeSet<>(), new TreeSet<>(), Map.of(), Map.of(), Map.of());
    }

    @Override
    public RestoreState fencedAt(long largestTimestamp) {
        return new RestoreState(
                plan,
                startedAt,
                largestTimestamp,
                stagedNodes,
                safetyCopies,
                abortedCommits,
                abortedStraddlers,
                cleanPasses);
    }

    RestoreState staged(String node) {
        SortedSet<String> nodes = new TreeSet<>(stagedNodes);
        nodes.add(node);
        return new RestoreState(
                plan,
                startedAt,
                largestTimestampAtFence,
                nodes,
                safetyCopies,
                abortedCommits,
                abortedStraddlers,
                cleanPasses);
    }

    RestoreState withSafetyCopies(SortedSet<String> nodes) {
        return new RestoreState(
                plan,
                startedAt,
                largestTimestampAtFence,
                stagedNodes,
                nodes,
                abortedCommits,
                abortedStraddlers,
                cleanPasses);
    }

    /** Forgets what was staged; files that are still there are found again. */
    RestoreState withNothingStaged() {
        return new RestoreState(
                plan,
                startedAt,
                largestTimestampAtFence,
                new TreeSet<>(),
                safetyCopies,
                abortedCommits,
                abortedStraddlers,
                cleanPasses);
    }

    /** Adds what one run of the cleaner did; runs that were interrupted have done their part before. */
    RestoreState cleaned(String store, TransactionCleaner.Result result) {
        Map<String, Long> commits = new TreeMap<>(abortedCommits);
        commits.merge(store, result.aborted(), Long::sum);
        Map<String, Long> straddlers = new TreeMap<>(abortedStraddlers);
        straddlers.merge(store, result.straddlers(), Long::sum);
        Map<String, Integer> passes = new TreeMap<>(cleanPasses);
        passes.put(store, result.passes());
        return new RestoreState(
                plan, startedAt, largestTimestampAtFence, stagedNodes, safetyCopies, commits, straddlers, passes);
    }

    @Override
    public long fastForwardTarget() {
        return Math.max(plan.fastForwardTarget(), largestTimestampAtFence);
    }
}
