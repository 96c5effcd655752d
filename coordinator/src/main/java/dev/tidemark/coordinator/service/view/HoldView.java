package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.retention.BackupHold;
import java.time.Instant;

/**
 * A hold.
 *
 * @param hold its id
 * @param backup the backup that it keeps
 * @param reason why
 * @param placedBy who placed it
 * @param placedAt when
 * @param expiresAt from when on it counts no more; null when it stays until it is released
 * @param active whether it counts
 */
public record HoldView(
        String hold,
        String backup,
        String reason,
        String placedBy,
        Instant placedAt,
        Instant expiresAt,
        boolean active) {
    /** Returns the view of a hold at an instant. */
    public static HoldView of(BackupHold hold, Instant now) {
        boolean isForever = hold.expiresAt().equals(BackupHold.FOREVER);
        return new HoldView(
                hold.holdId(),
                hold.backupId(),
                hold.reason(),
                hold.placedBy(),
                hold.placedAt(),
                isForever ? null : hold.expiresAt(),
                hold.isActive(now));
    }
}
