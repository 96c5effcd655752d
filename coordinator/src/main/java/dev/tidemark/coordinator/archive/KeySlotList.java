package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.archive.key.Role;
import java.time.Instant;
import java.util.List;

/**
 * The key slots of an archive.
 *
 * @param slots those that are as they were made, the oldest first
 * @param damaged the others
 */
public record KeySlotList(List<Slot> slots, List<Damaged> damaged) {
    /** Copies the lists. */
    public KeySlotList {
        slots = List.copyOf(slots);
        damaged = List.copyOf(damaged);
    }

    /**
     * A slot.
     *
     * @param slot its id, 32 hexadecimal digits
     * @param label what a person calls it
     * @param kind {@code passphrase}, {@code key-file} or {@code aws-kms}
     * @param role what it opens
     * @param createdAt when it was made
     * @param serviceKey name of the key at a key service; empty when it is at none
     * @param isInUse whether the archive was opened with it
     */
    public record Slot(
            String slot, String label, String kind, Role role, Instant createdAt, String serviceKey, boolean isInUse) {}

    /**
     * A slot that was changed, or can't be read.
     *
     * @param slot its id, from the object's name
     * @param message what is wrong with it
     */
    public record Damaged(String slot, String message) {}
}
