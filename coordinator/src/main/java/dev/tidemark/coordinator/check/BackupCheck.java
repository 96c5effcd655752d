package dev.tidemark.coordinator.check;

import java.time.Instant;
import java.util.List;

/**
 * What was found out about one backup.
 *
 * @param backupId its id
 * @param timeAtBackupTimestamp time of the state that it holds; the epoch when its manifest can't be believed
 * @param objects objects that it needs and that were looked at
 * @param bytes their bytes
 * @param problems what is wrong, at most {@value #MAX_PROBLEMS}; empty when it is restorable
 */
public record BackupCheck(
        String backupId, Instant timeAtBackupTimestamp, long objects, long bytes, List<String> problems) {
    static final int MAX_PROBLEMS = 20;

    /** Copies the list. */
    public BackupCheck {
        problems = List.copyOf(problems);
    }

    /** Tells whether nothing is wrong. */
    public boolean isGood() {
        return problems.isEmpty();
    }
}
