package dev.tidemark.coordinator.archive.certificate;

import dev.tidemark.coordinator.archive.object.ObjectHash;
import java.time.Instant;

/**
 * What was found out about a backup, and who says so.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param archiveId id of the archive
 * @param namespace name of the namespace
 * @param backupId the backup
 * @param number &gt;= 1; a later certificate of the backup takes the place of an earlier one
 * @param result what was found out
 * @param problem what is damaged, at most {@value #MAX_TEXT} characters; empty when nothing is
 * @param issuedAt when it was signed, by the clock of who verified
 * @param issuedBy names of the user, the machine and the process, at most {@value #MAX_TEXT} characters
 * @param createdBy version of the software
 * @param manifestSha256 of the manifest, whole, as it is stored
 * @param backupTimestamp the state that the backup holds: exactly the commits at or below it
 * @param fastForwardTimestamp the restored oracle issues only greater ones
 * @param inventoryGeneration which inventory
 * @param inventorySha256 of this inventory, whole, as it is stored
 * @param packs packs that the inventory names
 * @param bytes their bytes
 * @param level 2: every byte of each of these packs was read, and every chunk decrypted, unpacked and compared with its id
 * @param oldestVerification when the pack was read whose reading is longest ago; {@code issuedAt} when there is none
 * @param newestVerification when the pack was read that was read last; {@code issuedAt} when there is none
 */
public record Certificate(
        int formatVersion,
        String archiveId,
        String namespace,
        String backupId,
        int number,
        Result result,
        String problem,
        Instant issuedAt,
        String issuedBy,
        String createdBy,
        ObjectHash manifestSha256,
        long backupTimestamp,
        long fastForwardTimestamp,
        int inventoryGeneration,
        ObjectHash inventorySha256,
        int packs,
        long bytes,
        int level,
        Instant oldestVerification,
        Instant newestVerification) {
    /** The version that this software writes and reads. */
    public static final int FORMAT_VERSION = 1;

    /** Most characters of a text; a longer one is cut off. */
    public static final int MAX_TEXT = 500;

    /** Checks the ranges and cuts the texts. */
    public Certificate {
        problem = cut(problem);
        issuedBy = cut(issuedBy);
        boolean isPossible = formatVersion == FORMAT_VERSION
                && number >= 1
                && backupTimestamp >= 1
                && fastForwardTimestamp > backupTimestamp
                && inventoryGeneration >= 1
                && packs >= 0
                && bytes >= packs
                && level == 2
                && (result == Result.DAMAGED) != problem.isEmpty()
                && !newestVerification.isBefore(oldestVerification);
        if (!isPossible) {
            throw new IllegalArgumentException("certificate " + number + " of backup '" + backupId
                    + "': version " + formatVersion + ", " + result + ", problem '" + problem + "', timestamps "
                    + backupTimestamp + " and " + fastForwardTimestamp + ", inventory " + inventoryGeneration + " with "
                    + packs + " packs of " + bytes + " bytes, level " + level + ", verified from " + oldestVerification
                    + " to " + newestVerification + " (expected: a possible combination)");
        }
    }

    /** Returns the certificate that takes this one back. */
    public Certificate withdrawn(String why, Instant at, String by, String version) {
        return new Certificate(
                FORMAT_VERSION,
                archiveId,
                namespace,
                backupId,
                number + 1,
                Result.DAMAGED,
                why,
                at,
                by,
                version,
                manifestSha256,
                backupTimestamp,
                fastForwardTimestamp,
                inventoryGeneration,
                inventorySha256,
                packs,
                bytes,
                level,
                oldestVerification,
                newestVerification);
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), MAX_TEXT));
    }

    /** What was found out. Words are part of the format. */
    public enum Result {
        /** Everything that the backup needs was read, and is what was written. */
        RESTORABLE,
        /** Something that the backup needs is lost or damaged; an earlier certificate is taken back. */
        DAMAGED
    }
}
