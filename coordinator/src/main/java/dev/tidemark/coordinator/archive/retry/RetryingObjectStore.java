package dev.tidemark.coordinator.archive.retry;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.PendingUploads;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A store whose passing failures are tried again, with waits that grow, within a budget. Every method can be repeated: reading and
 * deleting are idempotent, and a creation whose answer was lost is told from a refused one by what is there afterwards. So when two
 * creators send the same content at the same time, and the answer to one of them is lost, both may be told that they have created
 * it; whoever must be the only one puts something into the content that only it can have written. Thread-safe.
 */
public final class RetryingObjectStore implements ObjectStore {
    private final ObjectStore store;
    private final Retries retries;

    /** Creates a decorator; what the store throws counts as passing when it has a {@link TransientFailure} as its cause. */
    public RetryingObjectStore(ObjectStore store, RetrySettings settings, RetrySeams seams) {
        this(store, new Retries(settings, seams));
    }

    /** Creates a decorator of a store that tries parts of its calls again itself, by the same count. */
    public RetryingObjectStore(ObjectStore store, Retries retries) {
        this.store = store;
        this.retries = retries;
    }

    /** Returns what trying again has come to. */
    public RetryCounts counts() {
        return retries.counts();
    }

    @Override
    public void create(ObjectKey key, ByteBuffer content) {
        run(before -> {
            try {
                store.create(key, content);
            } catch (CoordinatorException e) {
                boolean mayBeOurs = e.code() == ErrorCode.OBJECT_EXISTS && before == TransientFailure.Effect.UNKNOWN;
                if (!mayBeOurs || !ByteBuffer.wrap(store.read(key)).equals(content)) {
                    throw e;
                }
            }
        });
    }

    @Override
    public void createOrConfirm(ObjectKey key, ByteBuffer content) {
        run(before -> store.createOrConfirm(key, content));
    }

    @Override
    public void confirm(ObjectKey key) {
        run(before -> store.confirm(key));
    }

    @Override
    public byte[] read(ObjectKey key) {
        return retries.call(before -> store.read(key));
    }

    @Override
    public ByteBuffer read(ObjectKey key, ByteBuffer spare) {
        return retries.call(before -> store.read(key, spare));
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return retries.call(before -> store.read(key, offset, length));
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return retries.call(before -> store.head(key));
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        return retries.call(before -> store.list(prefix, startAfter, limit));
    }

    @Override
    public void delete(ObjectKey key) {
        run(before -> store.delete(key));
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public Optional<ObjectLocks> locks() {
        return store.locks().map(Locks::new);
    }

    @Override
    public Optional<PendingUploads> pendingUploads() {
        return store.pendingUploads().map(Uploads::new);
    }

    private void run(Step step) {
        retries.call(before -> {
            step.run(before);
            return true;
        });
    }

    /** An attempt without a result. */
    @FunctionalInterface
    private interface Step {
        void run(TransientFailure.Effect before);
    }

    private final class Locks implements ObjectLocks {
        private final ObjectLocks locks;

        Locks(ObjectLocks locks) {
            this.locks = locks;
        }

        @Override
        public Duration period() {
            return locks.period();
        }

        @Override
        public boolean isRequired() {
            return locks.isRequired();
        }

        @Override
        public Optional<Lock> lock(ObjectKey key) {
            return retries.call(before -> locks.lock(key));
        }

        @Override
        public void extend(ObjectKey key, Instant until) {
            run(before -> locks.extend(key, until));
        }

        @Override
        public boolean isEnforced(ObjectKey key) {
            return retries.call(before -> locks.isEnforced(key));
        }
    }

    private final class Uploads implements PendingUploads {
        private final PendingUploads uploads;

        Uploads(PendingUploads uploads) {
            this.uploads = uploads;
        }

        @Override
        public int thresholdBytes() {
            return uploads.thresholdBytes();
        }

        @Override
        public List<PendingUpload> startedBefore(String prefix, Instant time) {
            return retries.call(before -> uploads.startedBefore(prefix, time));
        }

        @Override
        public void abort(PendingUpload upload) {
            run(before -> uploads.abort(upload));
        }
    }
}
