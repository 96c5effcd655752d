package dev.tidemark.coordinator.archive.sealed;

import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.key.Hkdf;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The data keys of one namespace of one archive, and everything that is derived from them. New objects are written with the
 * greatest one. Thread-safe.
 */
public final class DataKeys {
    private static final byte[] OBJECT_INFO = "tidemark object".getBytes(StandardCharsets.US_ASCII);

    private final ObjectId archiveId;
    private final String namespace;
    private final NavigableMap<Integer, byte[]> keys;

    /**
     * Takes the keys.
     *
     * @param keys 32 bytes by key id; not empty
     */
    public DataKeys(ObjectId archiveId, String namespace, NavigableMap<Integer, byte[]> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("keys: none (expected: one or more)");
        }
        this.archiveId = archiveId;
        this.namespace = namespace;
        this.keys = new TreeMap<>(keys);
    }

    /** Returns the id of the key that new objects are written with. */
    public int currentKeyId() {
        return keys.lastKey();
    }

    /** Returns the key under which chunk ids are computed for chunks written with a data key, 32 bytes. */
    public byte[] chunkIdKey(int keyId, String object) {
        return Hkdf.derive(dataKey(keyId, object), archiveId.toArray(), "tidemark chunk id");
    }

    /** Returns the encryption key of one object. */
    byte[] objectKey(int keyId, byte[] salt, ObjectType type, String object) {
        byte[] info = new ByteFields().raw(OBJECT_INFO).u8(type.number()).toArray();
        return Hkdf.derive(dataKey(keyId, object), salt, info);
    }

    /** Returns the part of the additional data that is the same for all frames of an object. */
    byte[] additionalData(ObjectType type, int version, int keyId, String object) {
        return new ByteFields()
                .raw(OBJECT_INFO)
                .u8(version)
                .u8(type.number())
                .u32(keyId)
                .raw(archiveId.toArray())
                .text(namespace)
                .text(object)
                .toArray();
    }

    /** Prints no secret. */
    @Override
    public String toString() {
        return "DataKeys[" + namespace + ", " + keys.keySet() + "]";
    }

    private byte[] dataKey(int keyId, String object) {
        byte[] key = keys.get(keyId);
        if (key == null) {
            throw FormatErrors.damaged(object, "the namespace has no data key " + keyId);
        }
        return key;
    }
}
