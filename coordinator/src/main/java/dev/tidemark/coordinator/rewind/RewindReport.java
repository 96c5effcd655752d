package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.operation.Operations;
import java.time.Duration;
import java.util.Map;

/**
 * A rewind that has ended and was checked.
 *
 * @param isResumed whether it was begun by an earlier process
 * @param targetTimestamp the state is exactly the commits at or below it
 * @param abortedCommits commits above the target timestamp that were turned into aborted by runs that were not interrupted
 * @param abortedStraddlers how many of them had started before the target timestamp
 * @param cleanPasses scans of the transactions table until none was left, &gt;= 1
 * @param fastForwardTarget the oracle issues only greater timestamps
 */
public record RewindReport(
        String namespace,
        String operationId,
        boolean isResumed,
        long targetTimestamp,
        long abortedCommits,
        long abortedStraddlers,
        int cleanPasses,
        long fastForwardTarget,
        Duration duration) {
    static RewindReport of(String namespace, Operations.Run<RewindState> run, Duration duration) {
        RewindState state = run.state();
        return new RewindReport(
                namespace,
                run.operationId(),
                run.isResumed(),
                state.plan().targetTimestamp(),
                sum(state.abortedCommits()),
                sum(state.abortedStraddlers()),
                state.cleanPasses().values().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(0),
                state.fastForwardTarget(),
                duration);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
