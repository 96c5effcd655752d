package dev.tidemark.coordinator.exchange;

import java.time.Instant;

/**
 * A backup that was exported.
 *
 * @param archiveId the archive that it is from
 * @param timeAtBackupTimestamp time of the state that it holds
 * @param files number of its files
 * @param rawBytes their bytes
 * @param exportBytes length of the stream
 * @param sha256 SHA-256 of the stream, 64 lower-case hexadecimal digits
 */
public record ExportReport(
        String namespace,
        String backupId,
        String archiveId,
        long backupTimestamp,
        Instant timeAtBackupTimestamp,
        long files,
        long rawBytes,
        long exportBytes,
        String sha256) {}
