package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.operation.Operations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * A restore that has ended and was checked.
 *
 * @param isResumed whether it was begun by an earlier process
 * @param targetTimestamp the restored state is exactly the commits at or below it
 * @param abortedCommits commits above the target timestamp that were turned into aborted
 * @param abortedStraddlers how many of them had started before the target timestamp
 * @param safetyCopies nodes on which the data from before is kept, as {@code store/node}, for an undo; empty when there was none
 * @param cleanPasses scans of the transactions table until none was left, &gt;= 1
 * @param fastForwardTarget the oracle issues only greater timestamps
 * @param tables the tables that were restored; empty for all
 * @param files files restored
 * @param bytes bytes restored
 */
public record RestoreReport(
        String namespace,
        String operationId,
        String backupId,
        boolean isResumed,
        long backupTimestamp,
        long targetTimestamp,
        long abortedCommits,
        long abortedStraddlers,
        int cleanPasses,
        long fastForwardTarget,
        List<String> tables,
        long files,
        long bytes,
        SortedSet<String> safetyCopies,
        Duration duration) {
    static RestoreReport of(String namespace, Operations.Run<RestoreState> run, Duration duration) {
        RestoreState state = run.state();
        return new RestoreReport(
                namespace,
                run.operationId(),
                state.plan().backupId(),
                run.isResumed(),
                state.plan().backupTimestamp(),
                state.plan().targetTimestamp(),
                sum(state.abortedCommits()),
                sum(state.abortedStraddlers()),
                state.cleanPasses().values().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(0),
                state.fastForwardTarget(),
                state.plan().tables(),
                state.plan().files(),
                state.plan().bytes(),
                state.safetyCopies(),
                duration);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
