package dev.tidemark.coordinator.archive.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import dev.tidemark.coordinator.archive.object.ObjectStoreProbe;
import dev.tidemark.coordinator.archive.s3.server.Fault;
import dev.tidemark.coordinator.archive.s3.server.FaultProxy;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/** Stores that must be refused: S3Mock accepts too much, and forgets what it was told. */
class WeakStoresIT {
    private final URI endpoint = S3Server.shared(S3Software.S3MOCK).endpoint();

    private S3Client client;
    private String bucket;
    private S3ObjectStore store;

    @BeforeEach
    void open() {
        client = S3Fixture.client(endpoint);
        bucket = S3Fixture.createBucket(endpoint);
        store = S3Fixture.open(endpoint, bucket, S3Fixture.PLAIN);
    }

    @AfterEach
    void close() {
        store.close();
        client.close();
    }

    /** E11: a store that takes the condition and lets several creators win is found out. */
    @Test
    void probe_storeWhoseRacesHaveSeveralWinners_isTooWeak() {
        ExecutorService workers = Executors.newFixedThreadPool(8);
        try {
            assertThatThrownBy(() -> new ObjectStoreProbe(store, workers, new Random(1)).run())
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.ARCHIVE_TOO_WEAK))
                    .hasMessageContaining("concurrent creations of one object");
            assertThat(store.list("", "", 10)).isEmpty();
        } finally {
            workers.shutdown();
        }
    }

    /** E11: a store that ignores the condition of a creation is found out. */
    @Test
    void probe_storeThatOverwrites_isTooWeak() throws IOException {
        try (FaultProxy proxy = FaultProxy.start(endpoint);
                S3ObjectStore weak = S3Fixture.open(proxy.endpoint(), bucket, S3Fixture.PLAIN)) {
            proxy.times(1000, Fault.CONDITION_IGNORED, request -> true);

            assertThatThrownBy(() -> new ObjectStoreProbe(weak, Runnable::run, new Random(1)).run())
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.ARCHIVE_TOO_WEAK))
                    .hasMessageContaining("a second creation of one object was accepted");
        }
    }

    /** E9: a store that does not lock what it was told to lock is found out; a lock is looked at and extended, never shortened. */
    @Test
    void probe_storeThatDoesNotLock_isTooWeak() {
        String locked = "l-" + bucket;
        client.createBucket(request -> request.bucket(locked).objectLockEnabledForBucket(true));
        S3Writing writing = new S3Writing(
                ChecksumMode.SDK,
                "",
                S3Fixture.PLAIN.encryption(),
                new S3Writing.Lock(ObjectLocks.Mode.GOVERNANCE, Duration.ofHours(1), true),
                S3Fixture.PLAIN.multipart());
        try (S3ObjectStore locking = S3Fixture.open(endpoint, locked, writing)) {
            // On the calling thread: nobody races.
            assertThatThrownBy(() -> new ObjectStoreProbe(locking, Runnable::run, new Random(1)).run())
                    .hasMessageContaining("an object that was created with a lock has none");

            locking.create(key("a"), bytes("x"));
            ObjectLocks locks = locking.locks().orElseThrow();
            assertThat(locks.lock(key("a"))).isEmpty();
            ObjectLocks.Lock lock = new ObjectLocks.Lock(
                    ObjectLocks.Mode.GOVERNANCE, Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS));
            locks.extend(key("a"), lock.until());
            assertThat(locks.lock(key("a"))).contains(lock);
            locks.extend(key("a"), lock.until().minusSeconds(100));
            assertThat(locks.lock(key("a"))).contains(lock);
            locks.extend(key("a"), lock.until().plusSeconds(100));
            assertThat(locks.lock(key("a")).orElseThrow().until())
                    .isEqualTo(lock.until().plusSeconds(100));
            assertCode(ErrorCode.OBJECT_MISSING, () -> locks.lock(key("none")));
            assertThat(locks.isEnforced(key("a"))).isFalse();
        }
    }

    private static ObjectKey key(String value) {
        return new ObjectKey(value);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertCode(ErrorCode code, ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
