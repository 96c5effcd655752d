package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Requests about single objects with everything that the configuration puts into them; for the SDK null means that a header is
 * left out. Thread-safe.
 */
final class Requests {
    /** Name of the metadata that holds the SHA-256 of an object as this process has sent it. */
    static final String SHA256 = "tidemark-sha256";

    /** Name of the metadata that holds the CRC-32C of an object, which costs a reader next to nothing. */
    static final String CRC32C = "tidemark-crc32c";

    private static final String ANY = "*";
    private static final String MEDIA_TYPE = "application/octet-stream";

    private final S3Place place;
    private final S3Writing writing;
    private final InstantSource clock;

    private final String storageClass;
    private final ServerSideEncryption storeEncryption;
    private final String kmsKeyId;
    private final String customerAlgorithm;
    private final String customerKey;
    private final String customerKeyMd5;
    private final ChecksumAlgorithm partChecksum;

    Requests(S3Place place, S3Writing writing, InstantSource clock) {
        this.place = place;
        this.writing = writing;
        this.clock = clock;
        storageClass = writing.storageClass().isEmpty() ? null : writing.storageClass();
        kmsKeyId = writing.encryption() instanceof S3Encryption.Kms kms ? kms.keyId() : null;
        storeEncryption = kmsKeyId != null
                ? ServerSideEncryption.AWS_KMS
                : writing.encryption() instanceof S3Encryption.StoreKeys ? ServerSideEncryption.AES256 : null;
        byte[] key = writing.encryption() instanceof S3Encryption.CustomerKey customer ? customer.key() : null;
        customerAlgorithm = key == null ? null : "AES256";
        customerKey = key == null ? null : Base64.getEncoder().encodeToString(key);
        customerKeyMd5 = key == null ? null : Digests.md5(ByteBuffer.wrap(key));
        partChecksum = writing.checksums() == ChecksumMode.SDK ? ChecksumAlgorithm.CRC32 : null;
    }

    /** Returns the metadata of an object: what its content comes to. */
    static Map<String, String> sums(ByteBuffer content) {
        return Map.of(SHA256, Digests.sha256(content), CRC32C, Digests.crc32c(content));
    }

    /** Returns a request that fails when the object is there. */
    PutObjectRequest put(ObjectKey key, ByteBuffer content) {
        return PutObjectRequest.builder()
                .bucket(place.bucket())
                .key(place.name(key))
                .ifNoneMatch(ANY)
                .contentType(MEDIA_TYPE)
                .metadata(sums(content))
                .contentMD5(contentMd5(content))
                .storageClass(storageClass)
                .objectLockMode(lockMode())
                .objectLockRetainUntilDate(lockedUntil())
                .serverSideEncryption(storeEncryption)
                .ssekmsKeyId(kmsKeyId)
                .sseCustomerAlgorithm(customerAlgorithm)
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5)
                .build();
    }

    /** @param sums of the whole object, see {@link #sums} */
    CreateMultipartUploadRequest createUpload(ObjectKey key, Map<String, String> sums) {
        return CreateMultipartUploadRequest.builder()
                .bucket(place.bucket())
                .key(place.name(key))
                .contentType(MEDIA_TYPE)
                .metadata(sums)
                .checksumAlgorithm(partChecksum)
                .storageClass(storageClass)
                .objectLockMode(lockMode())
                .objectLockRetainUntilDate(lockedUntil())
                .serverSideEncryption(storeEncryption)
                .ssekmsKeyId(kmsKeyId)
                .sseCustomerAlgorithm(customerAlgorithm)
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5)
                .build();
    }

    /** @param number of the part, from 1 on */
    UploadPartRequest part(ObjectKey key, String uploadId, int number, ByteBuffer content) {
        return UploadPartRequest.builder()
                .bucket(place.bucket())
                .key(place.name(key))
                .uploadId(uploadId)
                .partNumber(number)
                .checksumAlgorithm(partChecksum)
                .contentMD5(contentMd5(content))
                .sseCustomerAlgorithm(customerAlgorithm)
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5)
                .build();
    }

    CompleteMultipartUploadRequest complete(ObjectKey key, String uploadId, List<CompletedPart> parts) {
        return CompleteMultipartUploadRequest.builder()
                .bucket(place.bucket())
                .key(place.name(key))
                .uploadId(uploadId)
                .ifNoneMatch(ANY)
                .multipartUpload(upload -> upload.parts(parts))
                .sseCustomerAlgorithm(customerAlgorithm)
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5)
                .build();
    }

    /**
     * Returns a request for an object or a part of it.
     *
     * @param range null for the whole object
     */
    GetObjectRequest get(ObjectVersion object, String range) {
        return GetObjectRequest.builder()
                .bucket(place.bucket())
                .key(place.name(object.key()))
                .versionId(versionId(object))
                .range(range)
                .sseCustomerAlgorithm(customerAlgorithm)
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5)
                .build();
    }

    HeadObjectRequest head(ObjectVersion object) {
        return HeadObjectRequest.builder()
                .bucket(place.bucket())
                .key(place.name(object.key()))
                .versionId(versionId(object))
                .sseCustomerAlgorithm(customerAlgorithm)
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5)
                .build();
    }

    private String contentMd5(ByteBuffer content) {
        return writing.checksums() == ChecksumMode.MD5 ? Digests.md5(content) : null;
    }

    private static String versionId(ObjectVersion object) {
        return object.versionId().isEmpty() ? null : object.versionId();
    }

    private ObjectLockMode lockMode() {
        if (writing.lock() == null) {
            return null;
        }
        return writing.lock().mode() == ObjectLocks.Mode.COMPLIANCE
                ? ObjectLockMode.COMPLIANCE
                : ObjectLockMode.GOVERNANCE;
    }

    private Instant lockedUntil() {
        return writing.lock() == null
                ? null
                : clock.instant().plus(writing.lock().period());
    }
}
