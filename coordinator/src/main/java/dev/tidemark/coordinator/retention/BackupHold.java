package dev.tidemark.coordinator.retention;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Keeps a backup from being removed.
 *
 * @param holdId name of the hold
 * @param backupId the backup
 * @param reason why, for people: 1 to 200 characters without control characters
 * @param placedBy who, for people
 * @param placedAt when, by the clock of who placed it
 * @param expiresAt from when on it counts no more; {@link #FOREVER} when it stays until it is released
 */
public record BackupHold(
        String holdId, String backupId, String reason, String placedBy, Instant placedAt, Instant expiresAt) {
    /** Stands for no end. */
    public static final Instant FOREVER = Instant.parse("9999-12-31T23:59:59Z");

    private static final Pattern REASON = Pattern.compile("\\P{Cntrl}{1,200}");

    /**
     * Checks the reason.
     *
     * @throws IllegalArgumentException when it is empty, too long, or has control characters
     */
    public BackupHold {
        if (!REASON.matcher(reason).matches()) {
            throw new IllegalArgumentException("reason of a hold: '" + reason
                    + "' (expected: 1 to 200 characters, none of them a control character)");
        }
    }

    /** Tells whether it counts at an instant. */
    public boolean isActive(Instant now) {
        return now.isBefore(expiresAt);
    }
}
