package dev.tidemark.coordinator.backup;

import java.time.Duration;

/**
 * A backup that was committed and read back.
 *
 * @param backupId id of the backup and of its operation
 * @param isResumed whether it was begun by an earlier process
 * @param immutableTimestamp immutable timestamp under the hold
 * @param backupTimestamp what is restored: every commit at or below it
 * @param fastForwardTimestamp greater than every timestamp in the snapshots
 * @param holdDuration from the hold to its release, as measured by the process that released it
 * @param isSettled whether every commit at or below the backup timestamp had its outcome recorded before the first snapshot
 * @param isDegraded whether a replica is missing
 * @param files number of files
 * @param rawBytes bytes of all files
 * @param readBytes bytes that were read from the nodes
 * @param newRawBytes bytes of the chunks that the archive did not have
 * @param storedBytes bytes added to the archive, after compression and encryption
 */
public record BackupReport(
        String namespace,
        String backupId,
        boolean isResumed,
        long immutableTimestamp,
        long backupTimestamp,
        long fastForwardTimestamp,
        Duration holdDuration,
        boolean isSettled,
        boolean isDegraded,
        long files,
        long rawBytes,
        long readBytes,
        long newRawBytes,
        long storedBytes,
        Duration duration) {}
