package dev.tidemark.coordinator.status;

import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.retention.BackupHold;
import java.time.Instant;
import java.util.List;

/**
 * How a namespace is.
 *
 * @param namespace its name
 * @param at the time that ages are counted from
 * @param backups how many there are whose manifests can be believed
 * @param newestGood the newest good backup
 * @param next when the next one is due
 * @param objective whether the objectives are met
 * @param operation the operation that has not ended; none when the archive was opened with the public key alone
 * @param failures operations that have failed since the newest good backup, newest first, at most {@value #MAX_FAILURES}; empty when
 *     the archive was opened with the public key alone
 * @param holds holds that count at this time, ordered by id; empty when the archive was opened with the public key alone
 * @param problems what an operator should know, the worst first
 */
public record NamespaceStatus(
        String namespace,
        Instant at,
        int backups,
        GoodBackup newestGood,
        NextBackup next,
        Objective objective,
        UnfinishedOperation operation,
        List<OperationSummary> failures,
        List<BackupHold> holds,
        List<StatusProblem> problems) {
    /** Most failures that are told. */
    public static final int MAX_FAILURES = 10;

    /** Copies the lists. */
    public NamespaceStatus {
        failures = List.copyOf(failures);
        holds = List.copyOf(holds);
        problems = List.copyOf(problems);
    }

    /** Returns the worst of the problems. */
    public StatusState state() {
        return problems.stream()
                .map(StatusProblem::state)
                .max(StatusState::compareTo)
                .orElse(StatusState.OK);
    }

    /** Tells whether the time at which the next backup was due has come without one. */
    public boolean isOverdue() {
        return next.isDue(at);
    }

    /** Tells whether a schedule has stopped. */
    public boolean isScheduleStopped() {
        return problems.stream().anyMatch(problem -> problem.state() == StatusState.STOPPED);
    }

    /**
     * Whether the objectives are met.
     *
     * @param level the worst of all
     * @param reason why it is not met or at risk; empty when it is met
     */
    public record Objective(Level level, String reason) {}

    /** How far an objective is met. The later, the worse. */
    public enum Level {
        /** All are met, as far as there are any, and there is a good backup. */
        MET,
        /** All are met, and may not be for long. */
        AT_RISK,
        /** One is missed, or there is no good backup. */
        MISSED
    }
}
