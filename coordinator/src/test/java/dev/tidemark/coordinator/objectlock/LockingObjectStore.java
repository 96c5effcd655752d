package dev.tidemark.coordinator.objectlock;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreChecks;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Locks each new object, as a bucket with object lock does: a deletion of a locked object is accepted, as it hides a version and destroys
 * nothing. Objects that were there before have no lock.
 */
public final class LockingObjectStore implements ObjectStore {
    private final ObjectStore store;
    private final InstantSource clock;
    private final Duration period;
    private final boolean isRequired;
    private final Map<String, Instant> ends = new ConcurrentHashMap<>();
    private volatile Predicate<ObjectKey> refused = key -> false;

    public LockingObjectStore(ObjectStore store, InstantSource clock, Duration period, boolean isRequired) {
        this.store = store;
        this.clock = clock;
        this.period = period;
        this.isRequired = isRequired;
    }

    /** Refuses to extend the locks of some objects, as for credentials without the right. */
    public void refuse(Predicate<ObjectKey> keys) {
        refused = keys;
    }

    /** Makes every lock last until a time at least. */
    public void extendAll(Instant until) {
        ends.replaceAll((key, end) -> end.isAfter(until) ? end : until);
    }

    /** Returns when the lock of an object ends; the beginning of time when it has none. */
    public Instant end(ObjectKey key) {
        return ends.getOrDefault(key.value(), Instant.MIN);
    }

    @Override
    public void create(ObjectKey key, ByteBuffer content) {
        store.create(key, content);
        ends.put(key.value(), clock.instant().plus(period));
    }

    @Override
    public void delete(ObjectKey key) {
        store.delete(key);
        ends.remove(key.value());
    }

    @Override
    public byte[] read(ObjectKey key) {
        return store.read(key);
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return store.read(key, offset, length);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return store.head(key);
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        return store.list(prefix, startAfter, limit);
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public Optional<ObjectLocks> locks() {
        return Optional.of(new Locks());
    }

    private final class Locks implements ObjectLocks {
        @Override
        public Duration period() {
            return period;
        }

        @Override
        public boolean isRequired() {
            return isRequired;
        }

        @Override
        public Optional<Lock> lock(ObjectKey key) {
            requireObject(key);
            return Optional.ofNullable(ends.get(key.value())).map(end -> new Lock(Mode.COMPLIANCE, end));
        }

        @Override
        public void extend(ObjectKey key, Instant until) {
            requireObject(key);
            if (refused.test(key)) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "no right to lock '" + key + "'", "");
            }
            ends.merge(key.value(), until, (end, other) -> end.isAfter(other) ? end : other);
        }

        @Override
        public boolean isEnforced(ObjectKey key) {
            return true;
        }

        private void requireObject(ObjectKey key) {
            if (store.head(key).isEmpty()) {
                throw ObjectStoreChecks.missing(key);
            }
        }
    }
}
