package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.JsonObjects;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.KeySlot;
import dev.tidemark.coordinator.archive.key.SlotSecrets;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The objects {@code keys/master/SLOT.json} of an archive. */
final class KeySlots {
    /** Most slots that are tried, so that a hostile archive can't stop the process. */
    static final int MAX_SLOTS = 32;

    private static final String FOLDER = "keys/master/";
    private static final String SUFFIX = ".json";

    private final ObjectStore store;
    private final String archiveId;

    KeySlots(ObjectStore store, String archiveId) {
        this.store = store;
        this.archiveId = archiveId;
    }

    void add(KeySlot slot) {
        store.createOrConfirm(objectKey(slot.slot()), ByteBuffer.wrap(StrictJson.encode(slot)));
    }

    static ObjectKey objectKey(String slot) {
        return new ObjectKey(FOLDER + slot + SUFFIX);
    }

    /** Returns what is found where slots are, in the order of the names; slots of other archives are left out. */
    Found read() {
        List<KeySlot> slots = new ArrayList<>();
        Map<ObjectKey, CoordinatorException> damaged = new TreeMap<>();
        int foreign = 0;
        for (ObjectInfo info : store.list(FOLDER, "", ObjectStore.MAX_PAGE)) {
            ObjectKey key = info.key();
            try {
                KeySlot slot = JsonObjects.decode(store.read(key), KeySlot.class, KeySlot.FORMAT, key.value());
                if (!slot.archiveId().equals(archiveId)) {
                    foreign++;
                } else if (key.equals(objectKey(slot.slot()))) {
                    slots.add(slot);
                } else {
                    damaged.put(key, FormatErrors.damaged(key.value(), "it is the slot '" + slot.slot() + "'"));
                }
            } catch (CoordinatorException e) {
                if (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION) {
                    damaged.put(key, e);
                } else if (e.code() != ErrorCode.OBJECT_MISSING) { // removed since it was listed
                    throw e;
                }
            }
        }
        return new Found(slots, damaged, foreign);
    }

    /** Opens the first slot that the key fits. */
    Opened open(ArchiveKey key) {
        Found found = read();
        for (KeySlot slot : found.slots.subList(0, Math.min(MAX_SLOTS, found.slots.size()))) {
            Optional<SlotSecrets> secrets = slot.open(key);
            if (secrets.isPresent()) {
                return new Opened(slot, secrets.get());
            }
        }
        if (!found.damaged.isEmpty()) {
            throw found.damaged.values().iterator().next();
        }
        if (found.slots.isEmpty() && found.foreign > 0) {
            throw new CoordinatorException(
                    ErrorCode.OBJECT_DAMAGED,
                    "'" + ArchiveHeader.KEY + "' at '" + store.location() + "' is of archive '" + archiveId
                            + "', and all " + found.foreign + " key slots below '" + FOLDER + "' are of others",
                    "Compare both with a copy of the archive: one of them was changed or exchanged.");
        }
        if (found.slots.isEmpty()) {
            throw new CoordinatorException(
                    ErrorCode.OBJECT_MISSING,
                    "the archive at '" + store.location() + "' has no key slots below '" + FOLDER + "'",
                    "Restore them from a copy of the archive; without them nothing can be decrypted.");
        }
        throw new CoordinatorException(
                ErrorCode.WRONG_KEY,
                "the " + named(key) + " fits none of the " + found.slots.size() + " key slots of the archive at '"
                        + store.location() + "'",
                "Check that it is the one of this archive; if it is, compare the objects below '" + FOLDER
                        + "' with a copy of the archive.");
    }

    private static String named(ArchiveKey key) {
        return switch (key.kind()) {
            case PASSPHRASE -> "passphrase";
            case KEY_FILE -> "key file";
            case AWS_KMS -> "key of AWS KMS";
        };
    }

    /**
     * The objects where slots are.
     *
     * @param damaged why others can't be read
     * @param foreign how many are of other archives
     */
    record Found(List<KeySlot> slots, Map<ObjectKey, CoordinatorException> damaged, int foreign) {}

    /** A slot and what is in it. */
    record Opened(KeySlot slot, SlotSecrets secrets) {}
}
