package dev.tidemark.coordinator.archive.audit;

import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.time.Instant;

/**
 * One entry of the audit log: the payload of the signed object {@code audit/}.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param archiveId the archive
 * @param sequence number of the entry, from 1 without gaps
 * @param previous SHA-256 of the object of the entry before; {@link ObjectHash#UNKNOWN} in the first one
 * @param at when, by the clock of who wrote it
 * @param who user, host and process, for people to read: whoever has a key can say to be anybody
 * @param statement what happened
 */
public record AuditEntry(
        int formatVersion,
        String archiveId,
        long sequence,
        ObjectHash previous,
        Instant at,
        String who,
        AuditStatement statement) {
    /** The version that this software writes and reads. */
    public static final int FORMAT_VERSION = 1;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a value is outside of its range
     */
    public AuditEntry {
        ObjectId.parse(archiveId);
        who = AuditStatement.text(who);
        if (formatVersion != FORMAT_VERSION || sequence < 1) {
            throw new IllegalArgumentException(
                    "formatVersion, sequence: " + formatVersion + ", " + sequence + " (expected: 1, >= 1)");
        }
    }
}
