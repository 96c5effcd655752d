package dev.tidemark.coordinator.archive.inventory;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.inventory.Inventory.NeededPack;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The inventories of one namespace, read with the archive's public key alone. Thread-safe. */
public final class InventoryReader {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final String archiveId;
    private final VerifyingKey verifyingKey;

    /**
     * Creates access to inventories.
     *
     * @param archiveId the archive that they must belong to, 32 hexadecimal digits
     */
    public InventoryReader(ObjectStore store, NamespaceLayout layout, String archiveId, VerifyingKey verifyingKey) {
        this.store = store;
        this.layout = layout;
        this.archiveId = archiveId;
        this.verifyingKey = verifyingKey;
    }

    /**
     * Returns the last generation of a backup's inventory; empty when it has none.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when it is not what this archive's owner has signed for this
     *     backup, {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version
     */
    public Optional<Inventory> find(String backupId) {
        Optional<ObjectKey> last = lastKey(backupId);
        return last.map(key -> read(key, backupId));
    }

    /**
     * Streams the packs of an inventory in the order of their ids; one part at a time is in memory.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} or {@link ErrorCode#OBJECT_DAMAGED} when a part is not there
     *     or not the one that the inventory names
     */
    public void forEachPack(Inventory inventory, Consumer<NeededPack> action) {
        for (Inventory.Part part : inventory.parts()) {
            ObjectKey key = partKey(part.object());
            byte[] content = store.read(key);
            if (!ObjectHash.ofContent(ByteBuffer.wrap(content)).equals(part.sha256())) {
                throw FormatErrors.damaged(key.value(), "it is not the object that the inventory names");
            }
            PackList.decode(key.value(), content, part.packs(), action);
        }
    }

    /** Returns the name of the object of a generation. */
    public ObjectKey key(String backupId, int generation) {
        return layout.key("inventories/" + backupId + "/" + String.format(Locale.ROOT, "%08d", generation));
    }

    /** Returns the name of a part. */
    public ObjectKey partKey(ObjectId part) {
        return layout.key("packlists/" + part);
    }

    /** Returns the number of the last generation, 0 when there is none. */
    int lastGeneration(String backupId) {
        return lastKey(backupId).map(key -> Integer.parseInt(key.name())).orElse(0);
    }

    private Optional<ObjectKey> lastKey(String backupId) {
        ObjectKey[] last = new ObjectKey[1];
        store.forEach(layout.prefix() + "inventories/" + backupId + "/", info -> {
            if (info.key().name().matches("[0-9]{8}")) {
                last[0] = info.key();
            }
        });
        return Optional.ofNullable(last[0]);
    }

    private Inventory read(ObjectKey key, String backupId) {
        SignedDocument document =
                SignedDocument.verify(key, store.read(key), verifyingKey, SignedDocument.Kind.INVENTORY);
        Inventory inventory = decode(key, document.payload());
        boolean isItsOwn = inventory.archiveId().equals(archiveId)
                && inventory.namespace().equals(layout.namespace())
                && inventory.backupId().equals(backupId)
                && key.equals(key(backupId, inventory.generation()));
        if (!isItsOwn) {
            throw FormatErrors.damaged(key.value(), "it is of another archive, namespace, backup or generation");
        }
        return inventory;
    }

    private static Inventory decode(ObjectKey key, byte[] payload) {
        try {
            long version = StrictJson.number(payload, "formatVersion");
            if (version > Inventory.FORMAT_VERSION) {
                throw FormatErrors.unknownVersion(key.value(), version, Inventory.FORMAT_VERSION);
            }
            return StrictJson.decode(payload, Inventory.class);
        } catch (IOException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
    }
}
