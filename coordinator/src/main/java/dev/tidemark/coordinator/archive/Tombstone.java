package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.archive.object.ObjectId;
import java.time.Instant;

/**
 * Says that the first data keys of a namespace were destroyed, so that everything that they encrypt is gone for ever: the signed
 * object {@code ns/NS/shredded/KEYID}.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param archiveId the archive
 * @param namespace name of the namespace
 * @param keyId the data keys up to this one are destroyed; &gt;= 1
 * @param at when
 * @param who user and host, for people to read
 * @param operationId the operation that did it
 * @param epoch that operation's fencing epoch: what operations with lesser ones have left counts no more
 * @param backups number of backups that went with the keys
 */
public record Tombstone(
        int formatVersion,
        String archiveId,
        String namespace,
        int keyId,
        Instant at,
        String who,
        String operationId,
        long epoch,
        int backups) {
    /** The version that this software writes and reads. */
    public static final int FORMAT_VERSION = 1;

    private static final int MAX_TEXT = 200;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a value is outside of its range
     */
    public Tombstone {
        ObjectId.parse(archiveId);
        if (formatVersion != FORMAT_VERSION || keyId < 1 || epoch < 0 || backups < 0) {
            throw new IllegalArgumentException("formatVersion, keyId, epoch, backups: " + formatVersion + ", " + keyId
                    + ", " + epoch + ", " + backups + " (expected: 1, >= 1, >= 0, >= 0)");
        }
        if (who.length() > MAX_TEXT || operationId.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "who, operationId: longer than " + MAX_TEXT + " characters (expected: at most " + MAX_TEXT + ")");
        }
    }
}
