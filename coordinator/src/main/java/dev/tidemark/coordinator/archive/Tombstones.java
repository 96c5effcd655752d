package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The objects {@code ns/NS/shredded/KEYID} of a namespace. Thread-safe. */
final class Tombstones {
    private static final SignedDocument.Kind KIND = SignedDocument.Kind.SHREDDED;

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final String archiveId;
    private final VerifyingKey verifyingKey;

    Tombstones(ObjectStore store, NamespaceLayout layout, String archiveId, VerifyingKey verifyingKey) {
        this.store = store;
        this.layout = layout;
        this.archiveId = archiveId;
        this.verifyingKey = verifyingKey;
    }

    /**
     * Returns the one with the greatest key id; it speaks for those before it.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when an object where tombstones are is none that the
     *     archive's owner has signed for this place
     */
    Optional<Tombstone> last() {
        List<ObjectInfo> listed = store.list(layout.tombstones(), "", ObjectStore.MAX_PAGE);
        Optional<Tombstone> last = Optional.empty();
        for (ObjectInfo info : listed) {
            last = Optional.of(read(info.key()));
        }
        return last;
    }

    /** Signs one and creates it; durable on return. Does nothing when exactly this one is there. */
    void create(Tombstone tombstone, SigningKey signingKey) {
        ObjectKey key = layout.tombstone(tombstone.keyId());
        byte[] signed = new SignedDocument(KIND, StrictJson.encode(tombstone)).sign(key, signingKey);
        store.createOrConfirm(key, ByteBuffer.wrap(signed));
    }

    /** Returns what everything says that needs a key that is destroyed. */
    static CoordinatorException shredded(Tombstone tombstone, String hint) {
        return new CoordinatorException(
                ErrorCode.KEY_DESTROYED,
                "namespace '" + tombstone.namespace() + "' was shredded on " + tombstone.at() + " by " + tombstone.who()
                        + ": its data keys up to " + tombstone.keyId() + " are destroyed",
                hint);
    }

    private Tombstone read(ObjectKey key) {
        SignedDocument document = SignedDocument.verify(key, store.read(key), verifyingKey, KIND);
        Tombstone tombstone;
        try {
            long version = StrictJson.number(document.payload(), "formatVersion");
            if (version > Tombstone.FORMAT_VERSION) {
                throw FormatErrors.unknownVersion(key.value(), version, Tombstone.FORMAT_VERSION);
            }
            tombstone = StrictJson.decode(document.payload(), Tombstone.class);
        } catch (IOException e) {
            throw KIND.invalid(key, "its content is not acceptable", e);
        }
        boolean isOfThisPlace = key.equals(layout.tombstone(tombstone.keyId()))
                && tombstone.archiveId().equals(archiveId)
                && tombstone.namespace().equals(layout.namespace());
        if (!isOfThisPlace) {
            throw KIND.invalid(key, "it is of another archive, namespace or key");
        }
        return tombstone;
    }
}
