package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.status.GoodBackup;
import dev.tidemark.coordinator.status.NamespaceStatus;
import dev.tidemark.coordinator.status.NextBackup;
import dev.tidemark.coordinator.status.StatusProblem;
import dev.tidemark.coordinator.status.StatusState;
import dev.tidemark.coordinator.status.UnfinishedOperation;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a namespace is: what {@code tidemark status --json} shows of it.
 *
 * @param namespace its name
 * @param state the worst of its problems: {@code shredded}, {@code ok}, {@code at-risk}, {@code late}, {@code stopped} or {@code stuck}
 * @param at the time that ages are counted from
 * @param backups number of backups whose manifests can be believed
 * @param newestGood the newest backup that is good, or null
 * @param nextBackupDue when the next backup is due, or null when nobody has said
 * @param nextBackupSaidBy the backup that says so, or null
 * @param overdueSince when the next backup was due that has not come, or null
 * @param scheduleStopped whether a schedule has stopped
 * @param objective {@code met}, {@code at-risk} or {@code missed}
 * @param objectiveReason why it is not met; empty when it is
 * @param operation the operation that has not ended, or null
 * @param failures operations that have failed since the newest good backup, newest first
 * @param holds number of holds that count
 * @param problems what an operator should know, the worst first
 */
public record StatusView(
        String namespace,
        String state,
        Instant at,
        int backups,
        Newest newestGood,
        Instant nextBackupDue,
        String nextBackupSaidBy,
        Instant overdueSince,
        boolean scheduleStopped,
        String objective,
        String objectiveReason,
        Unfinished operation,
        List<Failure> failures,
        int holds,
        List<Concern> problems) {
    /** Copies the lists. */
    public StatusView {
        failures = List.copyOf(failures);
        problems = List.copyOf(problems);
    }

    /** Returns the view of a status. */
    public static StatusView of(NamespaceStatus status) {
        NextBackup next = status.next();
        return new StatusView(
                status.namespace(),
                word(status.state()),
                status.at(),
                status.backups(),
                status.newestGood().isPresent() ? Newest.of(status.newestGood()) : null,
                next.isKnown() ? next.due() : null,
                next.isKnown() ? next.saidBy() : null,
                status.isOverdue() ? next.due() : null,
                status.isScheduleStopped(),
                word(status.objective().level()),
                status.objective().reason(),
                status.operation().isPresent() ? Unfinished.of(status.operation()) : null,
                status.failures().stream().map(Failure::of).toList(),
                status.holds().size(),
                status.problems().stream().map(Concern::of).toList());
    }

    /**
     * Returns the worst state of several namespaces; {@link StatusState#OK} when there are none.
     *
     * @throws IllegalArgumentException when one has a state that is not known
     */
    public static StatusState worst(List<StatusView> statuses) {
        return statuses.stream()
                .map(StatusView::state)
                .map(StatusView::stateOf)
                .max(StatusState::compareTo)
                .orElse(StatusState.OK);
    }

    /** Returns the word for a state in JSON. */
    public static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static StatusState stateOf(String word) {
        return Arrays.stream(StatusState.values())
                .filter(state -> word(state).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("state: '" + word + "' (expected: one of "
                        + Arrays.stream(StatusState.values())
                                .map(StatusView::word)
                                .collect(Collectors.joining(", "))
                        + ")"));
    }

    /**
     * The newest backup that is good.
     *
     * @param backup its id
     * @param backupTimestamp what is restored: every commit at or below it
     * @param fastForwardTimestamp greater than every timestamp in its snapshots
     * @param timeAtBackupTimestamp time of the state that it holds
     * @param finishedAt when it was committed
     * @param ageMillis age of that state
     * @param durationMillis how long it took
     * @param degraded whether a replica is missing
     */
    public record Newest(
            String backup,
            long backupTimestamp,
            long fastForwardTimestamp,
            Instant timeAtBackupTimestamp,
            Instant finishedAt,
            long ageMillis,
            long durationMillis,
            boolean degraded) {
        private static Newest of(GoodBackup good) {
            return new Newest(
                    good.backupId(),
                    good.backupTimestamp(),
                    good.fastForwardTimestamp(),
                    good.timeAtBackupTimestamp(),
                    good.finishedAt(),
                    good.age().toMillis(),
                    good.duration().toMillis(),
                    good.isDegraded());
        }
    }

    /**
     * The operation that has not ended.
     *
     * @param operation its id
     * @param type {@code backup}, {@code restore} and so on
     * @param step the step that is under way, or empty
     * @param epoch fencing epoch of the process that works on it, or did
     * @param host this process, for people
     * @param startedAt when it began
     * @param renewedAt when its lock was last renewed, by that process's clock
     * @param silentMillis for how long the lock was not renewed
     * @param workedOn whether a process renews its lock
     * @param stuck whether nobody has renewed it for so long that nobody works on it
     */
    public record Unfinished(
            String operation,
            String type,
            String step,
            long epoch,
            String host,
            Instant startedAt,
            Instant renewedAt,
            long silentMillis,
            boolean workedOn,
            boolean stuck) {
        private static Unfinished of(UnfinishedOperation operation) {
            return new Unfinished(
                    operation.operationId(),
                    operation.type(),
                    operation.step(),
                    operation.epoch(),
                    operation.host(),
                    operation.startedAt(),
                    operation.renewedAt(),
                    operation.silence().toMillis(),
                    operation.isWorkedOn(),
                    operation.isStuck());
        }
    }

    /**
     * An operation that has failed.
     *
     * @param operation its id
     * @param type {@code backup}, {@code restore} and so on
     * @param failedAt when
     * @param message why
     */
    public record Failure(String operation, String type, Instant failedAt, String message) {
        private static Failure of(OperationSummary failure) {
            return new Failure(failure.operationId(), failure.type(), failure.updatedAt(), failure.message());
        }
    }

    /**
     * What an operator should know.
     *
     * @param state how bad it is; the words are those of the namespace's state
     * @param message what is wrong
     * @param hint what to do
     */
    public record Concern(String state, String message, String hint) {
        private static Concern of(StatusProblem problem) {
            return new Concern(word(problem.state()), problem.message(), problem.hint());
        }
    }
}
