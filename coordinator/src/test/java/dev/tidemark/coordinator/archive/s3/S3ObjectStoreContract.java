package dev.tidemark.coordinator.archive.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStoreContract;
import dev.tidemark.coordinator.archive.object.PendingUploads;
import dev.tidemark.coordinator.archive.retry.Retries;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.kvs.ErrorCode;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What every store that speaks the protocol does, beside what every object store does. */
abstract class S3ObjectStoreContract extends ObjectStoreContract {
    private static final int PART_BYTES = S3Writing.MIN_PART_BYTES;

    private String bucket;
    private S3ObjectStore store;
    private S3Client client;

    /** Returns the address of the server. */
    protected abstract URI endpoint();

    @BeforeEach
    void createBucket() {
        bucket = S3Fixture.createBucket(endpoint());
        store = S3Fixture.open(endpoint(), bucket, S3Fixture.PLAIN);
        client = S3Fixture.client(endpoint());
    }

    @AfterEach
    void closeClients() {
        store.close();
        client.close();
    }

    @Override
    protected S3ObjectStore store() {
        return store;
    }

    @Test
    void create_object_isBelowThePrefixWithItsSums() {
        store.create(key("a/b"), bytes("content"));

        Map<String, String> metadata = client.headObject(
                        request -> request.bucket(bucket).key("tide/mark/a/b"))
                .metadata();
        assertThat(metadata)
                .containsEntry("tidemark-sha256", Digests.sha256(bytes("content")))
                .containsEntry("tidemark-crc32c", Digests.crc32c(bytes("content")));
    }

    @Test
    void list_objectsOfOthers_areNotSeen() {
        for (String foreign : List.of("tide/mark.txt", "tide/mark/with space", "other/a", "a")) {
            client.putObject(request -> request.bucket(bucket).key(foreign), RequestBody.fromString("x"));
        }
        store.create(key("a"), bytes("x"));

        assertThat(store.list("", "", 10)).containsExactly(new ObjectInfo(key("a"), 1));
    }

    @Test
    void read_contentThatIsNotTheChecksums_isDamaged() {
        client.putObject(
                request -> request.bucket(bucket)
                        .key("tide/mark/a")
                        .metadata(Map.of("tidemark-crc32c", Digests.crc32c(bytes("content")))),
                RequestBody.fromString("another"));

        assertCode(ErrorCode.OBJECT_DAMAGED, () -> store.read(key("a")));
    }

    @Test
    void createOrConfirm_largeContent_isSentInPartsAndReadBack() {
        ExecutorService helpers = Executors.newFixedThreadPool(2);
        byte[] content = new byte[2 * PART_BYTES + 12_345];
        new Random(3).nextBytes(content);
        ByteBuffer part = ByteBuffer.wrap(content, 5, content.length - 5);
        try (S3ObjectStore parts = inParts(helpers)) {
            parts.createOrConfirm(key("large"), part);

            assertThat(parts.read(key("large"), ByteBuffer.allocate(content.length)))
                    .isEqualTo(part);
            assertThat(client.headObject(request -> request.bucket(bucket).key("tide/mark/large"))
                            .eTag())
                    .contains("-3");
            assertThat(parts.read(key("large"), PART_BYTES - 10L, 20))
                    .isEqualTo(Arrays.copyOfRange(content, PART_BYTES - 5, PART_BYTES + 15));
            parts.createOrConfirm(key("large"), part);
            content[100] ^= 1;
            assertCode(ErrorCode.OBJECT_EXISTS, () -> parts.createOrConfirm(key("large"), part));
            assertThat(pending(parts)).isEmpty();
        } finally {
            helpers.shutdown();
        }
    }

    @Test
    void pendingUploads_leftByACrash_areFoundByAgeAndAborted() {
        String id = client.createMultipartUpload(
                        request -> request.bucket(bucket).key("tide/mark/packs/1"))
                .uploadId();
        client.createMultipartUpload(request -> request.bucket(bucket).key("other/packs/1"));

        assertThat(store.pendingUploads()
                        .orElseThrow()
                        .startedBefore("", Instant.now().minus(Duration.ofHours(1))))
                .isEmpty();
        assertThat(pending(store)).extracting(PendingUploads.PendingUpload::key).containsExactly(key("packs/1"));
        PendingUploads.PendingUpload upload = pending(store).get(0);
        assertThat(upload.id()).isEqualTo(id);
        store.pendingUploads().orElseThrow().abort(upload);
        store.pendingUploads().orElseThrow().abort(upload);
        assertThat(pending(store)).isEmpty();
        assertThat(store.head(key("packs/1"))).isEmpty();
    }

    @Test
    void create_everyChecksumMode_isAccepted() {
        for (ChecksumMode mode : ChecksumMode.values()) {
            ObjectKey key = key("checksum/" + mode);
            S3Writing writing =
                    new S3Writing(mode, "", S3Fixture.PLAIN.encryption(), null, S3Fixture.PLAIN.multipart());
            try (S3ObjectStore other = S3Fixture.open(endpoint(), bucket, writing)) {
                other.create(key, bytes("content"));
                assertThat(other.read(key)).isEqualTo(new byte[] {'c', 'o', 'n', 't', 'e', 'n', 't'});
                assertCode(ErrorCode.OBJECT_EXISTS, () -> other.create(key, bytes("content")));
            }
        }
    }

    @Test
    void anything_noBucket_isRefusedAndSaysSo() {
        try (S3ObjectStore nowhere = S3Fixture.open(endpoint(), "no-such-bucket-1", S3Fixture.PLAIN)) {
            assertCode(ErrorCode.ARCHIVE_NOT_FOUND, () -> nowhere.create(key("a"), bytes("x")));
            assertCode(ErrorCode.ARCHIVE_NOT_FOUND, () -> nowhere.list("", "", 1));
            assertCode(ErrorCode.ARCHIVE_NOT_FOUND, () -> nowhere.read(key("a")));
        }
    }

    @Test
    void location_always_saysWhereAndNoSecret() {
        assertThat(store.location())
                .isEqualTo("s3://" + bucket + "/tide/mark/ at " + endpoint())
                .doesNotContain(S3Server.SECRET_KEY);
    }

    /** Returns the bucket of this test. */
    String bucket() {
        return bucket;
    }

    private S3ObjectStore inParts(ExecutorService helpers) {
        S3Connection connection = S3Fixture.connection(endpoint());
        return S3ObjectStore.open(
                new S3Place(bucket, "tide/mark/", endpoint().toString()),
                connection,
                new S3Writing(
                        ChecksumMode.SDK,
                        "",
                        S3Fixture.PLAIN.encryption(),
                        null,
                        new S3Writing.Multipart(PART_BYTES, PART_BYTES, 3)),
                new S3Seams(InstantSource.system(), System::nanoTime, helpers, Retries.none()));
    }

    private static List<PendingUploads.PendingUpload> pending(S3ObjectStore store) {
        return store.pendingUploads()
                .orElseThrow()
                .startedBefore("", Instant.now().plus(Duration.ofHours(1)));
    }
}
