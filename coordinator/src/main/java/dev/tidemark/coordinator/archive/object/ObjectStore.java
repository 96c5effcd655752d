package dev.tidemark.coordinator.archive.object;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A place for write-once objects: a directory, an S3 bucket, memory. Everything above relies on two guarantees: of several
 * creations of one key exactly one succeeds, and what {@link #create} returned from is durable and seen by every later
 * {@link #read}, {@link #head} and {@link #list}. {@link ObjectStoreProbe} checks them.
 *
 * <p>All methods block and are thread-safe. They throw {@link CoordinatorException}: {@link ErrorCode#ARCHIVE_UNAVAILABLE}
 * when the store does not answer (the effect is then unknown: some, none or all), {@link ErrorCode#ARCHIVE_ACCESS_DENIED} when
 * it does not accept the credentials, {@link ErrorCode#DISK_FULL} when it has no room, {@link ErrorCode#INTERRUPTED} when the
 * thread was interrupted. An error that may pass has a {@link TransientFailure} as its cause.
 */
public interface ObjectStore {
    /** Largest object; every object is read and written whole or in ranges in memory. */
    int MAX_OBJECT_BYTES = 64 << 20;

    /** Largest page of {@link #list}. */
    int MAX_PAGE = 1000;

    /**
     * Creates an object. Atomic: it is there with its whole content or not at all. Never replaces one.
     *
     * @param content from position to limit; 0..{@link #MAX_OBJECT_BYTES} bytes; the buffer is not changed
     * @throws CoordinatorException {@link ErrorCode#OBJECT_EXISTS} when the key is taken, whatever its content
     */
    void create(ObjectKey key, ByteBuffer content);

    /**
     * Reads an object whole.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} when there is none, {@link ErrorCode#OBJECT_DAMAGED}
     *     when it is larger than {@link #MAX_OBJECT_BYTES}
     */
    byte[] read(ObjectKey key);

    /**
     * Reads an object whole as {@link #read(ObjectKey)} does, into memory that the caller has used before.
     *
     * @param spare a buffer with an array whose content is no longer needed
     * @return the content from position to limit; the spare buffer when the store can use it and the object fits, else a new
     *     one
     */
    default ByteBuffer read(ObjectKey key, ByteBuffer spare) {
        return ByteBuffer.wrap(read(key));
    }

    /**
     * Reads a part of an object.
     *
     * @param offset first byte, &gt;= 0
     * @param length number of bytes, 0..{@link #MAX_OBJECT_BYTES}; fewer are returned where the object ends
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} when there is none
     */
    byte[] read(ObjectKey key, long offset, int length);

    /** Returns the size of an object, or nothing when there is none. */
    Optional<ObjectInfo> head(ObjectKey key);

    /**
     * Lists one page, ordered by key.
     *
     * @param prefix how the keys begin; empty for all
     * @param startAfter only keys greater than this text; empty for all
     * @param limit 1..{@link #MAX_PAGE}
     * @return at most {@code limit} objects; fewer only at the end
     */
    List<ObjectInfo> list(String prefix, String startAfter, int limit);

    /**
     * Deletes an object durably; does nothing when there is none.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_LOCKED} when the store holds a lock on it
     */
    void delete(ObjectKey key);

    /** Returns where the store is, for messages: a path or a URL without secrets. */
    String location();

    /**
     * Creates an object under a name that nobody else uses (a random one, or one whose content follows from its name). Unlike
     * {@link #create} it succeeds when the object is there with exactly this content, as after an answer that was lost.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_EXISTS} when the key is taken by another content
     */
    default void createOrConfirm(ObjectKey key, ByteBuffer content) {
        try {
            create(key, content);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS
                    || !ByteBuffer.wrap(read(key)).equals(content)) {
                throw e;
            }
        }
    }

    /**
     * Makes an object durable that is there and whose writer may never have been told that it is: creating it once more tells. The
     * store answers that it exists, durably, or has lost it meanwhile and takes it again.
     */
    default void confirm(ObjectKey key) {
        createOrConfirm(key, ByteBuffer.wrap(read(key)));
    }

    /** Returns the locks that the store keeps on objects, or nothing when this store was not told to lock any. */
    default Optional<ObjectLocks> locks() {
        return Optional.empty();
    }

    /** Returns the uploads in parts that the store may hold, or nothing when it knows none. */
    default Optional<PendingUploads> pendingUploads() {
        return Optional.empty();
    }

    /** Lists all pages. Objects that are created or deleted meanwhile are seen or not. */
    default void forEach(String prefix, Consumer<ObjectInfo> action) {
        String last = "";
        while (true) {
            List<ObjectInfo> page = list(prefix, last, MAX_PAGE);
            page.forEach(action);
            if (page.size() < MAX_PAGE) {
                return;
            }
            last = page.get(page.size() - 1).key().value();
        }
    }
}
