package dev.tidemark.coordinator.status;

import java.time.Duration;
import java.time.Instant;

/**
 * The operation of a namespace that has not ended.
 *
 * @param operationId its id; empty when there is none
 * @param type its type, as {@code backup}
 * @param step the step that is under way, or empty
 * @param epoch fencing epoch of the process that works on it, or did
 * @param host this process, for people
 * @param startedAt when it began; the epoch when there is none
 * @param renewedAt when its lock was last renewed, by that process's clock; the epoch when there is none
 * @param silence for how long the lock was not renewed; zero while somebody renews it
 * @param isWorkedOn whether a process renews its lock
 * @param isStuck whether the lock was not renewed for {@value LockWatch#LEASES_UNTIL_STUCK} leases
 */
public record UnfinishedOperation(
        String operationId,
        String type,
        String step,
        long epoch,
        String host,
        Instant startedAt,
        Instant renewedAt,
        Duration silence,
        boolean isWorkedOn,
        boolean isStuck) {
    /** Stands for no unfinished operation. */
    static final UnfinishedOperation NONE =
            new UnfinishedOperation("", "", "", 0, "", Instant.EPOCH, Instant.EPOCH, Duration.ZERO, false, false);

    /** Tells whether there is one. */
    public boolean isPresent() {
        return !operationId.isEmpty();
    }
}
