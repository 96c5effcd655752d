package dev.tidemark.coordinator.archive.object;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The locks that a store keeps on its objects: until a lock ends nobody deletes the object or overwrites it, whatever this process
 * believes. Every object is locked as it is created; here the lock is looked at and extended. Thread-safe.
 */
public interface ObjectLocks {
    /** How strong a lock is. */
    enum Mode {
        /** Whoever has a special right may lift it. */
        GOVERNANCE,
        /** Nobody can lift it before its time. */
        COMPLIANCE
    }

    /**
     * A lock.
     *
     * @param until when it ends, exclusive
     */
    record Lock(Mode mode, Instant until) {}

    /** Returns how long a new object is locked, from its creation on. */
    Duration period();

    /** Tells whether a backup fails when the store refuses to lock what it needs. */
    boolean isRequired();

    /**
     * Returns the lock of an object, or nothing when it has none.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} when there is no object, {@link ErrorCode#ARCHIVE_TOO_WEAK}
     *     when the store has no locks, {@link ErrorCode#ARCHIVE_ACCESS_DENIED} when these credentials may not look
     */
    Optional<Lock> lock(ObjectKey key);

    /**
     * Makes the lock of an object last until a time at least, in the configured mode. Idempotent; never shortens one.
     *
     * @throws CoordinatorException as {@link #lock}; {@link ErrorCode#OBJECT_LOCKED} when the store refuses the change
     */
    void extend(ObjectKey key, Instant until);

    /**
     * Finds out whether a lock holds, by trying to destroy an object that has one: only for a probe.
     *
     * @return whether the store has refused
     */
    boolean isEnforced(ObjectKey key);
}
