package dev.tidemark.coordinator.archive.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import dev.tidemark.kvs.ErrorCode;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

/** A bucket with versions as it was before somebody destroyed what was in it. */
class VersionedViewIT {
    private final URI endpoint =
            S3Server.shared(S3Software.S3PROXY_WITH_VERSIONS).endpoint();

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

    /** E14: somebody with the right to write has deleted and overwritten everything; the state before that is read. */
    @Test
    void asOf_afterEverythingWasOverwrittenAndDeleted_isTheStateOfThen() {
        client.putBucketVersioning(request -> request.bucket(bucket)
                .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
        for (String name : List.of("a", "b/1", "b/2", "c")) {
            store.create(key(name), bytes("good " + name));
        }
        nextSecond();
        store.delete(key("c"));
        Instant then = nextSecond();
        // What ransomware does: unconditional writes, deletions, and objects of its own.
        client.putObject(request -> request.bucket(bucket).key("tide/mark/a"), RequestBody.fromString("evil"));
        store.delete(key("b/1"));
        store.delete(key("b/2"));
        client.putObject(request -> request.bucket(bucket).key("tide/mark/c"), RequestBody.fromString("evil"));
        store.create(key("d"), bytes("evil"));

        ObjectStore view = store.asOf(then);

        assertThat(view.list("", "", 10))
                .containsExactly(
                        new ObjectInfo(key("a"), 6), new ObjectInfo(key("b/1"), 8), new ObjectInfo(key("b/2"), 8));
        assertThat(view.list("b/", "b/1", 10)).containsExactly(new ObjectInfo(key("b/2"), 8));
        assertThat(view.list("", "", 1)).containsExactly(new ObjectInfo(key("a"), 6));
        for (ObjectStore each : List.of(view, store.asOf(then))) {
            assertThat(each.read(key("a"))).isEqualTo("good a".getBytes(StandardCharsets.UTF_8));
            assertThat(each.read(key("b/1"), 5, 10)).isEqualTo("b/1".getBytes(StandardCharsets.UTF_8));
            assertThat(each.head(key("b/2"))).contains(new ObjectInfo(key("b/2"), 8));
            assertThat(each.head(key("c"))).isEmpty();
            assertCode(ErrorCode.OBJECT_MISSING, () -> each.read(key("d")));
        }
        store.delete(key("d"));
        assertThat(store.asOf(Instant.now().plusSeconds(60)).head(key("d"))).isEmpty();
        assertThat(store.asOf(then.minus(Duration.ofDays(1))).list("", "", 10)).isEmpty();
        assertThat(store.read(key("a"))).isEqualTo("evil".getBytes(StandardCharsets.UTF_8));
        assertThat(view.location()).endsWith(" as of " + then);
    }

    /** E14: the view changes nothing. */
    @Test
    void asOf_anyChange_isRefused() {
        ObjectStore view = store.asOf(Instant.now());

        assertCode(ErrorCode.ARCHIVE_READ_ONLY, () -> view.create(key("a"), bytes("x")));
        assertCode(ErrorCode.ARCHIVE_READ_ONLY, () -> view.createOrConfirm(key("a"), bytes("x")));
        assertCode(ErrorCode.ARCHIVE_READ_ONLY, () -> view.delete(key("a")));
        assertThat(store.list("", "", 1)).isEmpty();
    }

    /** Waits until what is written from now on is younger than what was written, by the store's clock, which has seconds. */
    private static Instant nextSecond() {
        Instant begin = Instant.now();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Instant.now().getEpochSecond() > begin.getEpochSecond() + 1);
        return Instant.ofEpochSecond(begin.getEpochSecond() + 1);
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
