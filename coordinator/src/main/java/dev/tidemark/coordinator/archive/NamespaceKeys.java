package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.JsonObjects;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.MasterKey;
import dev.tidemark.coordinator.archive.key.NamespaceKey;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.DataKeys;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The objects {@code ns/NS/keys/KEYID.json} of an archive. A data key that a {@link Tombstone} names is destroyed from the moment on in
 * which that exists, and is not used although it may still be there. Thread-safe.
 */
final class NamespaceKeys {
    private static final Pattern NAME = Pattern.compile("[0-9]{8}\\.json");

    private final ObjectStore store;
    private final ObjectId archiveId;
    private final MasterKey masterKey;
    private final VerifyingKey verifyingKey;
    private final RandomGenerator random;

    NamespaceKeys(
            ObjectStore store,
            ObjectId archiveId,
            MasterKey masterKey,
            VerifyingKey verifyingKey,
            RandomGenerator random) {
        this.store = store;
        this.archiveId = archiveId;
        this.masterKey = masterKey;
        this.verifyingKey = verifyingKey;
        this.random = random;
    }

    Tombstones tombstones(NamespaceLayout layout) {
        return new Tombstones(store, layout, archiveId.toString(), verifyingKey);
    }

    /**
     * Creates the next data key of a namespace; what somebody creates at the same time under the same number is as good.
     *
     * @return its number, greater than that of every key there is or was
     */
    int create(NamespaceLayout layout) {
        int next = lastId(layout) + 1;
        byte[] secret = new byte[NamespaceKey.BYTES];
        random.nextBytes(secret);
        MasterKey.Purpose purpose = MasterKey.Purpose.namespace(layout.namespace(), next);
        NamespaceKey key = new NamespaceKey(
                NamespaceKey.FORMAT,
                archiveId.toString(),
                layout.namespace(),
                next,
                masterKey.wrap(purpose, secret, random));
        try {
            store.create(layout.dataKey(next), ByteBuffer.wrap(StrictJson.encode(key)));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        }
        return next;
    }

    /** Makes keys durable that somebody else has created, for those who are about to rely on them. */
    void confirm(NamespaceLayout layout) {
        store.forEach(layout.dataKeys(), info -> store.confirm(info.key()));
    }

    /** Tells whether there is any object where data keys are. */
    boolean exist(NamespaceLayout layout) {
        return !store.list(layout.dataKeys(), "", 1).isEmpty();
    }

    /** Returns the greatest number of a data key that is or was there, from the names of the objects; 0 when there is none. */
    int lastId(NamespaceLayout layout) {
        int[] last = {tombstones(layout).last().map(Tombstone::keyId).orElse(0)};
        store.forEach(layout.dataKeys(), info -> {
            String name = info.key().name();
            if (NAME.matcher(name).matches()) {
                last[0] = Math.max(last[0], Integer.parseInt(name, 0, 8, 10));
            }
        });
        return last[0];
    }

    /** Deletes the data keys up to one, in ascending order. */
    void destroy(NamespaceLayout layout, int upTo) {
        store.forEach(layout.dataKeys(), info -> {
            if (info.key().compareTo(layout.dataKey(upTo)) <= 0) {
                store.delete(info.key());
            }
        });
    }

    /** Returns no data key, for whoever needs none. */
    DataKeys none(NamespaceLayout layout) {
        return withoutDataKey(layout.namespace());
    }

    /** Returns the keys of the archive's own documents, which are those of a namespace without a name; no namespace can be that. */
    DataKeys none() {
        return withoutDataKey("");
    }

    private DataKeys withoutDataKey(String namespace) {
        return new DataKeys(archiveId, namespace, masterKey.recordsKey(namespace), new TreeMap<>(), (keyId, object) -> {
            throw new IllegalStateException("'" + object + "' needs a data key, and none was opened");
        });
    }

    /** Returns the data keys that were not destroyed; perhaps none. */
    DataKeys read(NamespaceLayout layout) {
        Optional<Tombstone> tombstone = tombstones(layout).last();
        int destroyed = tombstone.map(Tombstone::keyId).orElse(0);
        TreeMap<Integer, byte[]> keys = new TreeMap<>();
        List<ObjectInfo> listed = store.list(layout.dataKeys(), "", ObjectStore.MAX_PAGE);
        for (ObjectInfo info : listed) {
            NamespaceKey key = read(layout, info.key());
            if (key.keyId() > destroyed) {
                keys.put(key.keyId(), unwrap(layout, info.key(), key));
            }
        }
        return new DataKeys(
                archiveId,
                layout.namespace(),
                masterKey.recordsKey(layout.namespace()),
                keys,
                (keyId, object) -> tombstone
                        .filter(found -> keyId <= found.keyId())
                        .map(found -> shredded(found, keyId))
                        .orElseGet(() -> FormatErrors.damaged(
                                object, "its data key '" + layout.dataKey(keyId) + "' is missing")));
    }

    private static CoordinatorException shredded(Tombstone tombstone, int keyId) {
        return Tombstones.shredded(
                tombstone,
                keyId == 0
                        ? "Nobody can read its backups any more; a new backup begins it anew."
                        : "Use what was backed up afterwards; nobody can read this any more.");
    }

    private NamespaceKey read(NamespaceLayout layout, ObjectKey objectKey) {
        NamespaceKey key =
                JsonObjects.decode(store.read(objectKey), NamespaceKey.class, NamespaceKey.FORMAT, objectKey.value());
        boolean isItsOwn = objectKey.equals(layout.dataKey(key.keyId()))
                && key.archiveId().equals(archiveId.toString())
                && key.namespace().equals(layout.namespace());
        if (!isItsOwn) {
            throw FormatErrors.damaged(objectKey.value(), "it is the key of another place");
        }
        return key;
    }

    private byte[] unwrap(NamespaceLayout layout, ObjectKey objectKey, NamespaceKey key) {
        MasterKey.Purpose purpose = MasterKey.Purpose.namespace(layout.namespace(), key.keyId());
        byte[] secret = masterKey
                .unwrap(purpose, key.dataKey())
                .orElseThrow(() -> FormatErrors.damaged(
                        objectKey.value(), "it was changed, or is the key of another archive or namespace"));
        if (secret.length != NamespaceKey.BYTES) {
            throw FormatErrors.damaged(objectKey.value(), "the key has a wrong length");
        }
        return secret;
    }
}
