package dev.tidemark.coordinator.archive.sealed;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;

/** Small documents of a namespace, one sealed object each. Thread-safe. */
public final class SealedDocuments {
    /** Largest document. */
    public static final int MAX_BYTES = 16 << 20;

    private final ObjectStore store;
    private final Sealer sealer;

    /** Creates access to the documents of the namespace that the sealer belongs to. */
    public SealedDocuments(ObjectStore store, Sealer sealer) {
        this.store = store;
        this.sealer = sealer;
    }

    /**
     * Writes a document; durable on return.
     *
     * @param content at most {@value #MAX_BYTES} bytes
     * @throws CoordinatorException {@link ErrorCode#OBJECT_EXISTS} when the key is taken
     */
    public void create(ObjectKey key, byte[] content) {
        if (content.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "content: " + content.length + " bytes (expected: <= " + MAX_BYTES + ")");
        }
        store.create(key, ByteBuffer.wrap(sealer.seal(ObjectType.DOCUMENT, key.value(), content)));
    }

    /**
     * Reads a document.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} when there is none, {@link ErrorCode#OBJECT_DAMAGED} when
     *     it is not what was written under this key
     */
    public byte[] read(ObjectKey key) {
        return sealer.open(ObjectType.DOCUMENT, key.value(), store.read(key));
    }
}
