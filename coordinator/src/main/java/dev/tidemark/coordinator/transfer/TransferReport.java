package dev.tidemark.coordinator.transfer;

import java.time.Duration;

/**
 * A backup that was taken over, or was there already.
 *
 * @param backupId its id in the archive that it came into
 * @param isThereAlready whether nothing had to be done: the same backup was taken over before
 * @param isResumed whether an earlier process had begun it
 * @param originArchiveId the archive that it comes from
 * @param originBackupId its id there
 * @param backupTimestamp its backup timestamp
 * @param files number of files
 * @param rawBytes their bytes
 * @param readBytes bytes that were read from the source and handed to the archive
 * @param newRawBytes bytes of the chunks that the archive did not have
 * @param storedBytes bytes added to the archive, after compression and encryption
 */
public record TransferReport(
        String namespace,
        String backupId,
        boolean isThereAlready,
        boolean isResumed,
        String originArchiveId,
        String originBackupId,
        long backupTimestamp,
        long files,
        long rawBytes,
        long readBytes,
        long newRawBytes,
        long storedBytes,
        Duration duration) {}
