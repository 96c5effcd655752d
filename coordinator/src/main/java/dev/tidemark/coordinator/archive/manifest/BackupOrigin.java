package dev.tidemark.coordinator.archive.manifest;

import dev.tidemark.coordinator.archive.object.ObjectKey;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Where a backup was taken over from, by an import or by a copy between archives.
 *
 * @param archiveId id of the archive that had it, 32 lower-case hexadecimal digits
 * @param namespace name of the namespace there
 * @param backupId id of the backup there
 * @param manifestSha256 SHA-256 of the manifest as it stood there, signature and all, 64 lower-case hexadecimal digits
 * @param takenOverAt time when the import or the copy began
 */
public record BackupOrigin(
        String archiveId, String namespace, String backupId, String manifestSha256, Instant takenOverAt) {
    private static final Pattern ARCHIVE_ID = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** Checks the ranges. */
    public BackupOrigin {
        Limits.require(ARCHIVE_ID.matcher(archiveId).matches(), "archiveId", archiveId, "32 hexadecimal digits");
        Limits.requireText("namespace", namespace);
        ObjectKey.escape(namespace);
        Limits.require(Manifest.isBackupId(backupId), "backupId", backupId, "1 to 100 of A-Z a-z 0-9 _ . -");
        Limits.require(SHA256.matcher(manifestSha256).matches(), "manifestSha256", manifestSha256, "64 digits");
        Limits.requireInstant("takenOverAt", takenOverAt);
    }
}
