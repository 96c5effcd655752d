package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.JsonObjects;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.KeySlot;
import dev.tidemark.coordinator.archive.key.MasterKey;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The objects {@code keys/master/SLOT.json} of an archive. */
final class KeySlots {
    /** Most slots that are tried, so that a hostile archive can't stop the process. */
    static final int MAX_SLOTS = 32;

    private static final String FOLDER = "keys/master/";
    private static final String SUFFIX = ".json";

    private final ObjectStore store;

    KeySlots(ObjectStore store) {
        this.store = store;
    }

    void add(MasterKey masterKey, ArchiveKey key, RandomGenerator random) {
        KeySlot slot = masterKey.slot(key, random);
        ObjectKey objectKey = new ObjectKey(FOLDER + slot.slot() + SUFFIX);
        store.createOrConfirm(objectKey, ByteBuffer.wrap(StrictJson.encode(slot)));
    }

    /** Returns the slots of the archive; damaged ones are left out and their errors added to the list. */
    List<KeySlot> read(String archiveId, List<CoordinatorException> damage) {
        List<KeySlot> slots = new ArrayList<>();
        store.list(FOLDER, "", ObjectStore.MAX_PAGE).forEach(info -> {
            Optional<KeySlot> slot = read(info.key(), damage);
            if (slot.isPresent() && slot.get().archiveId().equals(archiveId) && slots.size() < MAX_SLOTS) {
                slots.add(slot.get());
            }
        });
        return slots;
    }

    MasterKey open(String archiveId, ArchiveKey key) {
        List<CoordinatorException> damage = new ArrayList<>();
        List<KeySlot> slots = read(archiveId, damage);
        for (KeySlot slot : slots) {
            Optional<byte[]> secret = slot.open(key);
            if (secret.isPresent()) {
                return new MasterKey(secret.get(), ObjectId.parse(archiveId));
            }
        }
        if (!damage.isEmpty()) {
            throw damage.get(0);
        }
        if (slots.isEmpty()) {
            throw new CoordinatorException(
                    ErrorCode.OBJECT_MISSING,
                    "the archive at '" + store.location() + "' has no key slots below '" + FOLDER + "'",
                    "Restore them from a copy of the archive; without them nothing can be decrypted.");
        }
        boolean isPassphrase = key.kind() == ArchiveKey.Kind.PASSPHRASE;
        throw new CoordinatorException(
                ErrorCode.WRONG_KEY,
                "the " + (isPassphrase ? "passphrase" : "key file") + " fits none of the " + slots.size()
                        + " key slots of the archive at '" + store.location() + "'",
                "Check that it is the passphrase or key file of this archive; if it is, compare the objects below '"
                        + FOLDER + "' with a copy of the archive.");
    }

    private Optional<KeySlot> read(ObjectKey key, List<CoordinatorException> damage) {
        try {
            KeySlot slot = JsonObjects.decode(store.read(key), KeySlot.class, KeySlot.FORMAT, key.value());
            return key.value().equals(FOLDER + slot.slot() + SUFFIX) ? Optional.of(slot) : Optional.empty();
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION) {
                damage.add(e);
                return Optional.empty();
            }
            throw e;
        }
    }
}
