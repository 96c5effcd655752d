package dev.tidemark.coordinator.verify;

import java.util.List;

/**
 * What verification found out about one backup.
 *
 * @param backupId id of the backup
 * @param files number of files that were looked at
 * @param bytes their bytes
 * @param damageCount number of damaged objects and files; 0 when the backup is good
 * @param damages the first {@value #MAX_DAMAGES} of them
 */
public record BackupVerification(String backupId, long files, long bytes, long damageCount, List<Damage> damages) {
    /** Most entries that are kept for one backup. */
    public static final int MAX_DAMAGES = 100;

    /** Copies the list. */
    public BackupVerification {
        damages = List.copyOf(damages);
    }

    /** Tells whether nothing was wrong. */
    public boolean isGood() {
        return damageCount == 0;
    }
}
