package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.JsonObjects;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.MasterKey;
import dev.tidemark.coordinator.archive.key.NamespaceKey;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.DataKeys;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The objects {@code ns/NS/keys/KEYID.json} of an archive. */
final class NamespaceKeys {
    private static final int FIRST_KEY = 1;

    private final ObjectStore store;
    private final ObjectId archiveId;
    private final MasterKey masterKey;
    private final RandomGenerator random;

    NamespaceKeys(ObjectStore store, ObjectId archiveId, MasterKey masterKey, RandomGenerator random) {
        this.store = store;
        this.archiveId = archiveId;
        this.masterKey = masterKey;
        this.random = random;
    }

    /** Creates the first key of a namespace; a namespace that somebody creates at the same time is fine. */
    void create(NamespaceLayout layout) {
        byte[] secret = new byte[NamespaceKey.BYTES];
        random.nextBytes(secret);
        MasterKey.Purpose purpose = MasterKey.Purpose.namespace(layout.namespace(), FIRST_KEY);
        NamespaceKey key = new NamespaceKey(
                NamespaceKey.FORMAT,
                archiveId.toString(),
                layout.namespace(),
                FIRST_KEY,
                masterKey.wrap(purpose, secret, random));
        try {
            store.create(layout.dataKey(FIRST_KEY), ByteBuffer.wrap(StrictJson.encode(key)));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        }
    }

    /** Makes keys durable that somebody else has created, for those who are about to rely on them. */
    void confirm(NamespaceLayout layout) {
        store.forEach(layout.dataKeys(), info -> store.confirm(info.key()));
    }

    boolean exist(NamespaceLayout layout) {
        return !store.list(layout.dataKeys(), "", 1).isEmpty();
    }

    DataKeys read(NamespaceLayout layout) {
        TreeMap<Integer, byte[]> keys = new TreeMap<>();
        List<ObjectInfo> listed = store.list(layout.dataKeys(), "", ObjectStore.MAX_PAGE);
        for (ObjectInfo info : listed) {
            NamespaceKey key = JsonObjects.decode(
                    store.read(info.key()),
                    NamespaceKey.class,
                    NamespaceKey.FORMAT,
                    info.key().value());
            keys.put(key.keyId(), unwrap(layout, info.key(), key));
        }
        return new DataKeys(archiveId, layout.namespace(), keys);
    }

    private byte[] unwrap(NamespaceLayout layout, ObjectKey objectKey, NamespaceKey key) {
        boolean isItsOwn = objectKey.equals(layout.dataKey(key.keyId()))
                && key.archiveId().equals(archiveId.toString())
                && key.namespace().equals(layout.namespace());
        if (!isItsOwn) {
            throw FormatErrors.damaged(objectKey.value(), "it is the key of another place");
        }
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
