package dev.tidemark.coordinator.archive.sealed;

import dev.tidemark.coordinator.archive.format.FormatErrors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Seals and opens the objects of one namespace.
 *
 * <p>A sealed object is a header of 28 bytes and {@link Frames}: magic {@code TDMK}, version 1, type, two zero bytes, key id
 * (4 bytes big-endian), salt (16 random bytes). The key is derived from the data key, the salt and the type; the additional
 * data binds version, type, key id, archive, namespace and the object's name. A chunk inside a pack has the salt alone in
 * front, since its pack's header says the rest. Thread-safe.
 */
public final class Sealer {
    /** Length of the header of a sealed object. */
    public static final int HEADER_BYTES = 28;

    /** The version that this software writes and reads. */
    public static final int VERSION = 1;

    private static final byte[] MAGIC = {'T', 'D', 'M', 'K'};
    private static final int SALT_BYTES = 16;

    private final DataKeys keys;
    private final RandomGenerator random;

    /** Creates a sealer; the generator is never used by two threads at a time. */
    public Sealer(DataKeys keys, RandomGenerator random) {
        this.keys = keys;
        this.random = random;
    }

    /** Returns the keys that objects are sealed with. */
    public DataKeys keys() {
        return keys;
    }

    /** Returns how long an object with a plaintext of this length is. */
    public static int sealedLength(int plaintextLength) {
        return HEADER_BYTES + Frames.sealedLength(plaintextLength);
    }

    /** Returns how long a chunk is inside a pack. */
    public static int sealedChunkLength(int plaintextLength) {
        return SALT_BYTES + Frames.sealedLength(plaintextLength);
    }

    /** Returns a new random name. */
    public byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        synchronized (random) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    /**
     * Seals a whole object.
     *
     * @param name its key; it can be opened under this name alone
     */
    public byte[] seal(ObjectType type, String name, byte[] plaintext) {
        int keyId = keys.keyIdFor(type);
        byte[] salt = randomBytes(SALT_BYTES);
        ByteBuffer sealed = ByteBuffer.allocate(sealedLength(plaintext.length));
        sealed.put(MAGIC).put((byte) VERSION).put((byte) type.number()).putShort((short) 0);
        sealed.putInt(keyId).put(salt);
        frame(type, name, keyId, salt, plaintext, plaintext.length, sealed);
        return sealed.array();
    }

    /**
     * Opens a whole object.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException {@link dev.tidemark.kvs.ErrorCode#OBJECT_DAMAGED} when it is not
     *     exactly what was sealed under this name and type, {@link dev.tidemark.kvs.ErrorCode#UNKNOWN_FORMAT_VERSION} when it
     *     is of a later version, {@link dev.tidemark.kvs.ErrorCode#KEY_DESTROYED} when its data key was shredded
     */
    public byte[] open(ObjectType type, String name, byte[] sealed) {
        int keyId = keyIdOf(type, name, sealed);
        byte[] salt = Arrays.copyOfRange(sealed, HEADER_BYTES - SALT_BYTES, HEADER_BYTES);
        ByteBuffer frames = ByteBuffer.wrap(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES);
        byte[] plaintext = new byte[frames.remaining()];
        return Arrays.copyOf(plaintext, unframe(type, name, keyId, salt, frames, ByteBuffer.wrap(plaintext)));
    }

    /** Checks the header of a whole object and returns its key id; nothing is authenticated yet. */
    public int keyIdOf(ObjectType type, String name, byte[] sealed) {
        if (sealed.length < HEADER_BYTES) {
            throw FormatErrors.damaged(name, "it is cut off");
        }
        ByteBuffer header = ByteBuffer.wrap(sealed);
        byte[] magic = new byte[MAGIC.length];
        header.get(magic);
        int version = Byte.toUnsignedInt(header.get());
        if (!Arrays.equals(magic, MAGIC)) {
            throw FormatErrors.damaged(name, "it is no object of an archive");
        }
        if (version != VERSION) {
            throw FormatErrors.unknownVersion(name, version, VERSION);
        }
        int number = Byte.toUnsignedInt(header.get());
        if (number != type.number() || header.getShort() != 0) {
            throw FormatErrors.damaged(name, "it has type " + number + " (expected: " + type.number() + ")");
        }
        return header.getInt();
    }

    /** Seals a chunk to be put into a pack that is written with the current key. */
    public byte[] sealChunk(String name, byte[] plaintext) {
        ByteBuffer sealed = ByteBuffer.allocate(sealedChunkLength(plaintext.length));
        sealChunk(name, plaintext, plaintext.length, sealed);
        return sealed.array();
    }

    /**
     * Seals a chunk as {@link #sealChunk(String, byte[])} does.
     *
     * @param plaintext begins with the plaintext
     * @param length length of the plaintext
     * @param target a buffer with an array, where {@link #sealedChunkLength} bytes are put from its position on
     */
    public void sealChunk(String name, byte[] plaintext, int length, ByteBuffer target) {
        byte[] salt = randomBytes(SALT_BYTES);
        target.put(salt);
        frame(ObjectType.CHUNK, name, keys.currentKeyId(), salt, plaintext, length, target);
    }

    /** Opens a chunk of a pack; the buffer holds exactly it. */
    public byte[] openChunk(String name, int keyId, ByteBuffer sealed) {
        byte[] plaintext = new byte[sealed.remaining()];
        return Arrays.copyOf(plaintext, openChunk(name, keyId, sealed, plaintext));
    }

    /**
     * Opens a chunk as {@link #openChunk(String, int, ByteBuffer)} does.
     *
     * @param target where the plaintext goes, from its beginning on; as long as the sealed chunk or longer
     * @return length of the plaintext
     */
    public int openChunk(String name, int keyId, ByteBuffer sealed, byte[] target) {
        if (sealed.remaining() < SALT_BYTES) {
            throw FormatErrors.damaged(name, "it is cut off");
        }
        ByteBuffer frames = sealed.slice();
        byte[] salt = new byte[SALT_BYTES];
        frames.get(salt);
        return unframe(ObjectType.CHUNK, name, keyId, salt, frames, ByteBuffer.wrap(target));
    }

    private void frame(
            ObjectType type, String name, int keyId, byte[] salt, byte[] plaintext, int length, ByteBuffer target) {
        byte[] additionalData = keys.additionalData(type, VERSION, keyId, name);
        Frames.seal(keys.objectKey(keyId, salt, type, name), additionalData, plaintext, length, target);
    }

    private int unframe(ObjectType type, String name, int keyId, byte[] salt, ByteBuffer frames, ByteBuffer target) {
        byte[] additionalData = keys.additionalData(type, VERSION, keyId, name);
        return Frames.open(keys.objectKey(keyId, salt, type, name), additionalData, frames, target, name);
    }
}
