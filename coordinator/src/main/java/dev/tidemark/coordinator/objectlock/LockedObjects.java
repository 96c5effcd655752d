package dev.tidemark.coordinator.objectlock;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Removes objects whose locks have ended. A bucket with versions would hide a locked object from everybody who asks for it, and free
 * nothing; so the lock is looked at first, where the store was told to lock. Thread-safe.
 */
public final class LockedObjects {
    private final ObjectStore store;
    private final InstantSource clock;

    /** Creates access to the objects of a store. */
    public LockedObjects(ObjectStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Deletes an object; does nothing when there is none.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_LOCKED} when it stays until its lock has ended
     */
    public void delete(ObjectKey key) {
        requireUnlocked(key);
        store.delete(key);
    }

    /**
     * Makes sure that no lock keeps an object from being deleted.
     *
     * @throws CoordinatorException as {@link #delete}
     */
    public void requireUnlocked(ObjectKey key) {
        store.locks()
                .flatMap(locks -> lock(locks, key))
                .filter(lock -> lock.until().isAfter(clock.instant()))
                .ifPresent(lock -> {
                    throw new CoordinatorException(
                            ErrorCode.OBJECT_LOCKED,
                            "object '" + key + "' is locked until " + lock.until(),
                            "Run the command again when the lock has ended.");
                });
    }

    /** Where nobody may look at locks, the store decides. */
    private static Optional<ObjectLocks.Lock> lock(ObjectLocks locks, ObjectKey key) {
        try {
            return locks.lock(key);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_MISSING
                    && e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED
                    && e.code() != ErrorCode.ARCHIVE_TOO_WEAK) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
