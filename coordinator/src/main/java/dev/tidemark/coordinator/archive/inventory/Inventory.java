package dev.tidemark.coordinator.archive.inventory;

import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.time.Instant;
import java.util.List;

/**
 * The head of an inventory: what is signed. The packs themselves are in its parts.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param archiveId id of the archive that it belongs to
 * @param namespace name of the namespace
 * @param backupId the backup that needs the packs
 * @param generation &gt;= 1; a later one replaces an earlier one, after chunks have moved to other packs
 * @param writtenAt time when it was written
 * @param keyIds data keys that the packs were written with, ascending
 * @param packs number of packs
 * @param bytes their bytes
 * @param parts where the packs are listed, in order; none when the backup needs none
 */
public record Inventory(
        int formatVersion,
        String archiveId,
        String namespace,
        String backupId,
        int generation,
        Instant writtenAt,
        List<Integer> keyIds,
        int packs,
        long bytes,
        List<Part> parts) {
    /** The version that this software writes and reads. */
    public static final int FORMAT_VERSION = 1;

    private static final int MAX_PARTS = 10_000;

    /** Copies the lists and checks the ranges. */
    public Inventory {
        keyIds = List.copyOf(keyIds);
        parts = List.copyOf(parts);
        int listed = parts.stream().mapToInt(Part::packs).sum();
        boolean isPossible = formatVersion == FORMAT_VERSION
                && generation >= 1
                && packs >= 0
                && packs == listed
                && bytes >= packs
                && parts.size() <= MAX_PARTS
                && keyIds.stream().allMatch(keyId -> keyId >= 1);
        if (!isPossible) {
            throw new IllegalArgumentException("inventory of backup '" + backupId + "': version " + formatVersion
                    + ", generation " + generation + ", " + packs + " packs, " + listed + " in its parts, " + bytes
                    + " bytes (expected: a possible combination)");
        }
    }

    /**
     * An object that lists packs.
     *
     * @param object last segment of its name
     * @param sha256 of the object
     * @param packs how many it lists, 1..{@value #MAX_PACKS}
     */
    public record Part(ObjectId object, ObjectHash sha256, int packs) {
        /** Most packs of a part. */
        public static final int MAX_PACKS = 100_000;

        /** Checks the range. */
        public Part {
            if (packs < 1 || packs > MAX_PACKS) {
                throw new IllegalArgumentException("packs: " + packs + " (expected: 1.." + MAX_PACKS + ")");
            }
        }
    }

    /**
     * A pack that the backup needs.
     *
     * @param pack its id
     * @param sizeBytes its length
     * @param sha256 of the object as it is stored
     */
    public record NeededPack(ObjectId pack, int sizeBytes, ObjectHash sha256) {}
}
