package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.operation.Operations;
import java.time.Duration;
import java.util.Map;

/**
 * A restore that has ended and was checked.
 *
 * @param isResumed whether it was begun by an earlier process
 * @param abortedCommits commits above the backup timestamp that were turned into aborted
 * @param abortedStraddlers how many of them had started before the backup timestamp
 * @param cleanPasses scans of the transactions table until none was left, &gt;= 1
 * @param fastForwardTarget the oracle issues only greater timestamps
 * @param files files restored
 * @param bytes bytes restored
 */
public record RestoreReport(
        String namespace,
        String operationId,
        String backupId,
        boolean isResumed,
        long backupTimestamp,
        long abortedCommits,
        long abortedStraddlers,
        int cleanPasses,
        long fastForwardTarget,
        long files,
        long bytes,
        Duration duration) {
    static RestoreReport of(String namespace, Operations.Run<RestoreState> run, Duration duration) {
        RestoreState state = run.state();
        return new RestoreReport(
                namespace,
                run.operationId(),
                state.plan().backupId(),
                run.isResumed(),
                state.plan().backupTimestamp(),
                sum(state.abortedCommits()),
                sum(state.abortedStraddlers()),
                state.cleanPasses().values().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(0),
                state.fastForwardTarget(),
                state.plan().files(),
                state.plan().bytes(),
                duration);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
