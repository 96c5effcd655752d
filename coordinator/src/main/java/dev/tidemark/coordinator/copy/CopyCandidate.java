package dev.tidemark.coordinator.copy;

import java.time.Instant;

/**
 * A backup that a copy was asked for.
 *
 * @param backupId its id in the source
 * @param copyId its id in the target when it is there already, else empty
 * @param files number of its files
 * @param rawBytes their bytes
 */
public record CopyCandidate(
        String backupId,
        String copyId,
        long backupTimestamp,
        Instant timeAtBackupTimestamp,
        long files,
        long rawBytes) {
    /** Tells whether nothing has to be done. */
    public boolean isThereAlready() {
        return !copyId.isEmpty();
    }
}
