package dev.tidemark.coordinator.archive.sealed;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.key.Hkdf;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The data keys of one namespace of one archive, and everything that is derived from them. New objects are written with the
 * greatest one; journals and locks with the records key, which has the id {@value #RECORDS} and is no data key. Thread-safe.
 */
public final class DataKeys {
    /** Stands for the records key where an object says which key it needs. */
    static final int RECORDS = 0;

    private static final byte[] OBJECT_INFO = "tidemark object".getBytes(StandardCharsets.US_ASCII);

    private final ObjectId archiveId;
    private final String namespace;
    private final byte[] recordsKey;
    private final NavigableMap<Integer, byte[]> keys;
    private final Absence absence;

    /** Says why a data key is not there. */
    @FunctionalInterface
    public interface Absence {
        /**
         * Returns the error for whoever needs it.
         *
         * @param keyId the key, or {@value DataKeys#RECORDS} when any would do
         * @param object what needs it
         */
        CoordinatorException of(int keyId, String object);
    }

    /**
     * Takes the keys.
     *
     * @param recordsKey key of journals and locks, 32 bytes
     * @param keys 32 bytes by key id, from 1; when there is none, nothing but journals and locks can be read and written
     */
    public DataKeys(
            ObjectId archiveId,
            String namespace,
            byte[] recordsKey,
            NavigableMap<Integer, byte[]> keys,
            Absence absence) {
        this.archiveId = archiveId;
        this.namespace = namespace;
        this.recordsKey = recordsKey.clone();
        this.keys = new TreeMap<>(keys);
        this.absence = absence;
    }

    /**
     * Returns the id of the data key that new objects are written with.
     *
     * @throws CoordinatorException when there is none
     */
    public int currentKeyId() {
        if (keys.isEmpty()) {
            throw absence.of(RECORDS, namespace);
        }
        return keys.lastKey();
    }

    /** Returns the id of the key that a new object of this type is written with. */
    int keyIdFor(ObjectType type) {
        return type == ObjectType.DOCUMENT ? RECORDS : currentKeyId();
    }

    /** Returns the key under which chunk ids are computed for chunks written with a data key, 32 bytes. */
    public byte[] chunkIdKey(int keyId, String object) {
        return Hkdf.derive(dataKey(keyId, object), archiveId.toArray(), "tidemark chunk id");
    }

    /** Returns the encryption key of one object. */
    byte[] objectKey(int keyId, byte[] salt, ObjectType type, String object) {
        byte[] info = new ByteFields().raw(OBJECT_INFO).u8(type.number()).toArray();
        boolean isRecord = type == ObjectType.DOCUMENT;
        if (isRecord != (keyId == RECORDS)) {
            throw FormatErrors.damaged(object, "it has key id " + keyId);
        }
        return Hkdf.derive(isRecord ? recordsKey : dataKey(keyId, object), salt, info);
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
            throw absence.of(keyId, object);
        }
        return key;
    }
}
