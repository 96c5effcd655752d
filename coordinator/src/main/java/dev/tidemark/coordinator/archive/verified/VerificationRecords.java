package dev.tidemark.coordinator.archive.verified;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.SealedDocuments;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * The documents in which verification remembers: sealed objects {@code ns/NS/verified/} and a random id. Content: version and number
 * of packs as 4 bytes each; for each pack its id (16 bytes), size (4 bytes), time in milliseconds since 1970 (8 bytes), level and
 * result (1 byte each; 0 is good, 1 is damaged), ordered by id. Thread-safe.
 */
public final class VerificationRecords {
    /** Most packs of one document. */
    public static final int MAX_PACKS = 100_000;

    static final int VERSION = 1;
    static final int PACK_BYTES = ObjectId.BYTES + Integer.BYTES + Long.BYTES + 2;

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final SealedDocuments documents;
    private final Supplier<ObjectId> names;

    /**
     * Creates access to the documents of a namespace.
     *
     * @param names random ids
     */
    public VerificationRecords(
            ObjectStore store, NamespaceLayout layout, SealedDocuments documents, Supplier<ObjectId> names) {
        this.store = store;
        this.layout = layout;
        this.documents = documents;
        this.names = names;
    }

    /** Lists all documents. */
    public List<ObjectKey> list() {
        List<ObjectKey> keys = new ArrayList<>();
        store.forEach(layout.verified(), info -> {
            if (ObjectId.isValid(info.key().name())) {
                keys.add(info.key());
            }
        });
        return keys;
    }

    /**
     * Writes a document; durable on return.
     *
     * @param packs at most {@value #MAX_PACKS}, each once, in any order
     */
    public ObjectKey write(List<VerifiedPack> packs) {
        if (packs.size() > MAX_PACKS) {
            throw new IllegalArgumentException("packs: " + packs.size() + " (expected: at most " + MAX_PACKS + ")");
        }
        ByteBuffer content = ByteBuffer.allocate(2 * Integer.BYTES + packs.size() * PACK_BYTES);
        content.putInt(VERSION).putInt(packs.size());
        packs.stream().sorted(Comparator.comparing(VerifiedPack::pack)).forEach(pack -> content.put(
                        pack.pack().toArray())
                .putInt(pack.sizeBytes())
                .putLong(pack.at().toEpochMilli())
                .put((byte) pack.level())
                .put((byte) (pack.isGood() ? 0 : 1)));
        ObjectKey key = layout.key("verified/" + names.get());
        documents.create(key, content.array());
        return key;
    }

    /**
     * Reads a document.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} when it was merged meanwhile, {@link ErrorCode#OBJECT_DAMAGED},
     *     {@link ErrorCode#UNKNOWN_FORMAT_VERSION}
     */
    public List<VerifiedPack> read(ObjectKey key) {
        ByteBuffer content = ByteBuffer.wrap(documents.read(key));
        if (content.remaining() < 2 * Integer.BYTES) {
            throw FormatErrors.damaged(key.value(), "it is cut off");
        }
        int version = content.getInt();
        if (version > VERSION) {
            throw FormatErrors.unknownVersion(key.value(), version, VERSION);
        }
        int count = content.getInt();
        if (count < 0 || count > MAX_PACKS || content.remaining() != (long) count * PACK_BYTES) {
            throw FormatErrors.damaged(key.value(), "it does not name " + count + " packs");
        }
        List<VerifiedPack> packs = new ArrayList<>(count);
        byte[] id = new byte[ObjectId.BYTES];
        try {
            for (int i = 0; i < count; i++) {
                content.get(id);
                packs.add(new VerifiedPack(
                        ObjectId.of(id),
                        content.getInt(),
                        Instant.ofEpochMilli(content.getLong()),
                        content.get(),
                        content.get() == 0));
            }
        } catch (IllegalArgumentException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
        return packs;
    }

    /** Deletes a document whose content is in another one. */
    public void delete(ObjectKey key) {
        store.delete(key);
    }
}
