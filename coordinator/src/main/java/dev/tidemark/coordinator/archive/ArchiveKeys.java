package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.KeySlot;
import dev.tidemark.coordinator.archive.key.MasterKey;
import dev.tidemark.coordinator.archive.key.Role;
import dev.tidemark.coordinator.archive.key.SlotSecrets;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Who can open an archive: its key slots, listed, added and removed. To change a passphrase or key file, add the new one and remove the
 * old one; the data is not touched. A slot that is removed takes the access from those who have not opened the archive with it before;
 * who has may have kept what was in it. Thread-safe; several at a time are several changes.
 */
public final class ArchiveKeys {
    private final ObjectStore store;
    private final KeySlots slots;
    private final MasterKey masterKey;
    private final KeySlots.Opened opened;
    private final InstantSource clock;
    private final RandomGenerator random;

    ArchiveKeys(
            ObjectStore store,
            String archiveId,
            MasterKey masterKey,
            KeySlots.Opened opened,
            InstantSource clock,
            RandomGenerator random) {
        this.store = store;
        slots = new KeySlots(store, archiveId);
        this.masterKey = masterKey;
        this.opened = opened;
        this.clock = clock;
        this.random = random;
    }

    /** Returns all slots. Those that were changed, by whatever, are told from the others by the master key. */
    public KeySlotList list() {
        KeySlots.Found found = slots.read();
        List<KeySlotList.Slot> intact = new ArrayList<>();
        List<KeySlotList.Damaged> damaged = new ArrayList<>();
        found.damaged().forEach((key, failure) -> {
            String name = key.name().replaceFirst("\\.json$", "");
            damaged.add(new KeySlotList.Damaged(name, failure.getMessage()));
        });
        for (KeySlot slot : found.slots()) {
            if (masterKey.isAuthentic(slot)) {
                intact.add(info(slot));
            } else {
                damaged.add(new KeySlotList.Damaged(
                        slot.slot(),
                        "object '" + KeySlots.objectKey(slot.slot())
                                + "' is damaged: it was changed since it was made"));
            }
        }
        intact.sort(Comparator.comparing(KeySlotList.Slot::createdAt).thenComparing(KeySlotList.Slot::slot));
        return new KeySlotList(intact, damaged);
    }

    /**
     * Makes a slot and does not write it: everything is tried out that can be, a key service included.
     *
     * @param label 1..{@value KeySlot#MAX_LABEL} characters; no other slot has it
     * @throws CoordinatorException {@link ErrorCode#READ_ONLY_KEY} with a reader's key, {@link ErrorCode#INVALID_INPUT} for a
     *     label that can't be used, {@link ErrorCode#NOT_ALLOWED_NOW} when the archive has as many slots as it can have, and
     *     those of {@link dev.tidemark.coordinator.archive.key.KeyService}
     */
    public NewSlot prepare(ArchiveKey key, String label, Role role) {
        byte[] writerKey = writerKey();
        KeySlotList present = list();
        boolean isTaken = present.slots().stream().anyMatch(slot -> slot.label().equals(label));
        if (!KeySlot.isLabel(label) || isTaken) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "label '" + label + "' "
                            + (isTaken
                                    ? "is that of another key slot"
                                    : "can't be used (expected: 1 to " + KeySlot.MAX_LABEL
                                            + " printable characters, no blank at either end)"),
                    "Choose another label; 'tidemark archive key list' shows those in use.");
        }
        if (present.slots().size() + present.damaged().size() >= KeySlots.MAX_SLOTS) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "the archive has " + KeySlots.MAX_SLOTS + " key slots (expected: fewer)",
                    "Remove a key slot that nobody uses.");
        }
        byte[] secret = opened.secrets().masterKey();
        SlotSecrets secrets = role == Role.WRITER ? SlotSecrets.writer(secret, writerKey) : SlotSecrets.reader(secret);
        ObjectId archiveId = ObjectId.parse(opened.slot().archiveId());
        return new NewSlot(KeySlot.create(archiveId, key, label, clock.instant(), secrets, random));
    }

    /** Writes a slot that was prepared; durable on return. From then on its key opens the archive. */
    public KeySlotList.Slot add(NewSlot slot) {
        writerKey();
        slots.add(slot.slot);
        return info(slot.slot);
    }

    /**
     * Finds the slot that {@link #remove} would remove, and refuses what it would refuse.
     *
     * @param name label or id of the slot
     * @param isForced whether the slot may be the one that the archive was opened with
     * @return its id
     * @throws CoordinatorException {@link ErrorCode#READ_ONLY_KEY} with a reader's key, {@link ErrorCode#INVALID_INPUT} when no
     *     slot, or more than one, has this name, {@link ErrorCode#NOT_ALLOWED_NOW} for the last slot for writers, and for
     *     the one that is in use
     */
    public String planRemoval(String name, boolean isForced) {
        writerKey();
        KeySlotList present = list();
        List<String> named = new ArrayList<>();
        present.damaged().stream()
                .map(KeySlotList.Damaged::slot)
                .filter(name::equals)
                .forEach(named::add);
        present.slots().stream()
                .filter(slot -> slot.slot().equals(name) || slot.label().equals(name))
                .map(KeySlotList.Slot::slot)
                .forEach(named::add);
        if (named.size() != 1) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    named.size() + " key slots have the label or id '" + name + "' (expected: one)",
                    "See 'tidemark archive key list'; the id is unique.");
        }
        String slot = named.get(0);
        if (countWriters(present, slot) == 0) {
            throw lastWriter(slot);
        }
        if (slot.equals(opened.slot().slot()) && !isForced) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "key slot '" + slot + "' is the one that this command has opened the archive with",
                    "Use another key to remove it, or --force when that key is known to work.");
        }
        return slot;
    }

    /**
     * Removes a slot. Of two removals at the same time that would leave no slot for writers, at least one is taken back.
     *
     * @throws CoordinatorException as {@link #planRemoval}
     */
    public void remove(String name, boolean isForced) {
        String slot = planRemoval(name, isForced);
        List<KeySlot> before = slots.read().slots();
        store.delete(KeySlots.objectKey(slot));
        if (countWriters(list(), slot) == 0) {
            before.stream().filter(found -> found.slot().equals(slot)).forEach(slots::add);
            throw lastWriter(slot);
        }
    }

    private static long countWriters(KeySlotList list, String without) {
        return list.slots().stream()
                .filter(slot -> slot.role() == Role.WRITER && !slot.slot().equals(without))
                .count();
    }

    private byte[] writerKey() {
        return opened.secrets()
                .writerKey()
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.READ_ONLY_KEY,
                        "the key that opened the archive is a reader's (expected: a writer's, to change keys)",
                        "Use the key of a slot with the role 'writer'; 'tidemark archive key list' shows them."));
    }

    private static CoordinatorException lastWriter(String slot) {
        return new CoordinatorException(
                ErrorCode.NOT_ALLOWED_NOW,
                "without key slot '" + slot + "' the archive would have no intact one with the role 'writer'",
                "Add another one first: without any, no backup can be taken any more.");
    }

    private KeySlotList.Slot info(KeySlot slot) {
        return new KeySlotList.Slot(
                slot.slot(),
                slot.label(),
                slot.kind(),
                Role.of(slot.role()).orElseThrow(),
                slot.createdAt(),
                slot.serviceKey(),
                slot.slot().equals(opened.slot().slot()));
    }

    /** A slot that is made and not written. */
    public static final class NewSlot {
        private final KeySlot slot;

        private NewSlot(KeySlot slot) {
            this.slot = slot;
        }

        /** Returns the id that it will have. */
        public String id() {
            return slot.slot();
        }
    }
}
