package dev.tidemark.coordinator.archive.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/** What the configuration puts into requests, since not every server of the tests knows all of it. */
class RequestsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final ObjectKey KEY = new ObjectKey("packs/1");
    private static final ByteBuffer CONTENT = ByteBuffer.wrap("content".getBytes(StandardCharsets.US_ASCII));
    private static final Map<String, String> SUMS = Map.of(
            "tidemark-sha256",
            "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",
            "tidemark-crc32c",
            "61af7533");

    @Test
    void put_nothingConfigured_asksOnlyForTheConditionAndCarriesTheSums() {
        PutObjectRequest request = requests(ChecksumMode.SDK, new S3Encryption.BucketDefault(), "", null)
                .put(KEY, CONTENT);

        assertThat(request.ifNoneMatch()).isEqualTo("*");
        assertThat(request.key()).isEqualTo("a/packs/1");
        assertThat(request.metadata()).isEqualTo(SUMS);
        assertThat(request.contentMD5()).isNull();
        assertThat(request.storageClass()).isNull();
        assertThat(request.serverSideEncryption()).isNull();
        assertThat(request.objectLockMode()).isNull();
        assertThat(request.sseCustomerKey()).isNull();
    }

    @Test
    void put_lockAndStorageClassAndMd5_areInTheRequest() {
        Requests requests = requests(
                ChecksumMode.MD5,
                new S3Encryption.StoreKeys(),
                "STANDARD_IA",
                new S3Writing.Lock(ObjectLocks.Mode.COMPLIANCE, Duration.ofDays(14), true));

        PutObjectRequest put = requests.put(KEY, CONTENT);
        assertThat(put.objectLockMode()).isEqualTo(ObjectLockMode.COMPLIANCE);
        assertThat(put.objectLockRetainUntilDate()).isEqualTo(NOW.plus(Duration.ofDays(14)));
        assertThat(put.storageClass()).isEqualTo(StorageClass.STANDARD_IA);
        assertThat(put.serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
        assertThat(put.contentMD5()).isEqualTo("mgNkuembtIDdJeHwKEyFVQ==");
        CreateMultipartUploadRequest upload = requests.createUpload(KEY, SUMS);
        assertThat(upload.objectLockMode()).isEqualTo(ObjectLockMode.COMPLIANCE);
        assertThat(upload.objectLockRetainUntilDate()).isEqualTo(NOW.plus(Duration.ofDays(14)));
        assertThat(upload.storageClass()).isEqualTo(StorageClass.STANDARD_IA);
        assertThat(upload.checksumAlgorithm()).isNull();
        assertThat(requests.part(KEY, "u", 1, CONTENT).contentMD5()).isEqualTo(put.contentMD5());
    }

    @Test
    void everyRequest_keyOfKms_isNamedWhereObjectsAreMade() {
        Requests requests = requests(ChecksumMode.SDK, new S3Encryption.Kms("alias/x"), "", null);

        assertThat(requests.put(KEY, CONTENT).serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
        assertThat(requests.put(KEY, CONTENT).ssekmsKeyId()).isEqualTo("alias/x");
        assertThat(requests.createUpload(KEY, SUMS).ssekmsKeyId()).isEqualTo("alias/x");
        assertThat(requests.createUpload(KEY, SUMS).checksumAlgorithm()).isEqualTo(ChecksumAlgorithm.CRC32);
    }

    @Test
    void everyRequest_customerKey_bringsItAlong() {
        byte[] key = new byte[32];
        key[0] = 1;
        Requests requests = requests(ChecksumMode.SDK, new S3Encryption.CustomerKey(key), "", null);
        ObjectVersion object = new ObjectVersion(KEY, "v1");
        String base64 = Base64.getEncoder().encodeToString(key);

        assertThat(List.of(
                        requests.put(KEY, CONTENT).sseCustomerKey(),
                        requests.createUpload(KEY, SUMS).sseCustomerKey(),
                        requests.part(KEY, "u", 1, CONTENT).sseCustomerKey(),
                        requests.complete(KEY, "u", List.of()).sseCustomerKey(),
                        requests.get(object, null).sseCustomerKey(),
                        requests.head(object).sseCustomerKey()))
                .containsOnly(base64);
        assertThat(requests.get(object, "bytes=0-1").sseCustomerAlgorithm()).isEqualTo("AES256");
        assertThat(requests.get(object, "bytes=0-1").versionId()).isEqualTo("v1");
        assertThat(requests.head(ObjectVersion.latest(KEY)).versionId()).isNull();
    }

    private static Requests requests(
            ChecksumMode checksums, S3Encryption encryption, String storageClass, S3Writing.Lock lock) {
        return new Requests(
                new S3Place("bucket", "a/", ""),
                new S3Writing(checksums, storageClass, encryption, lock, new S3Writing.Multipart(5 << 20, 5 << 20, 1)),
                () -> NOW);
    }
}
