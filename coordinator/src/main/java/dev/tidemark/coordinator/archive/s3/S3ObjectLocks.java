package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import dev.tidemark.coordinator.archive.object.ObjectStoreChecks;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRetentionRequest;
import software.amazon.awssdk.services.s3.model.ObjectLockRetention;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.PutObjectRetentionRequest;

/** Locks of the objects of a bucket that was made with object lock. */
final class S3ObjectLocks implements ObjectLocks {
    private static final String NO_LOCK = "NoSuchObjectLockConfiguration";

    private final S3Client client;
    private final S3Place place;
    private final S3Errors errors;
    private final ObjectReads reads;
    private final S3Writing.Lock written;
    private final Mode mode;

    S3ObjectLocks(S3Client client, S3Place place, S3Errors errors, ObjectReads reads, S3Writing.Lock written) {
        this.client = client;
        this.place = place;
        this.errors = errors;
        this.reads = reads;
        this.written = written;
        this.mode = written.mode();
    }

    @Override
    public Duration period() {
        return written.period();
    }

    @Override
    public boolean isRequired() {
        return written.isRequired();
    }

    @Override
    public Optional<Lock> lock(ObjectKey key) {
        try {
            ObjectLockRetention retention = client.getObjectRetention(GetObjectRetentionRequest.builder()
                            .bucket(place.bucket())
                            .key(place.name(key))
                            .build())
                    .retention();
            return retention == null || retention.mode() == null || retention.retainUntilDate() == null
                    ? Optional.empty()
                    : Optional.of(new Lock(mode(retention), retention.retainUntilDate()));
        } catch (SdkException e) {
            if (isUnlocked(key, e)) {
                return Optional.empty();
            }
            throw failed("read the lock of object '" + key + "'", key, e);
        }
    }

    @Override
    public void extend(ObjectKey key, Instant until) {
        Optional<Lock> present = lock(key);
        boolean isLongEnough = present.filter(lock ->
                        !lock.until().isBefore(until) && (mode == Mode.GOVERNANCE || lock.mode() == Mode.COMPLIANCE))
                .isPresent();
        if (isLongEnough) {
            return;
        }
        // A lock in compliance mode stays in it, and none gets shorter.
        Mode kept = present.map(Lock::mode).filter(Mode.COMPLIANCE::equals).orElse(mode);
        Instant end = present.map(Lock::until).filter(until::isBefore).orElse(until);
        try {
            client.putObjectRetention(PutObjectRetentionRequest.builder()
                    .bucket(place.bucket())
                    .key(place.name(key))
                    .checksumAlgorithm(ChecksumAlgorithm.CRC32)
                    .retention(ObjectLockRetention.builder()
                            .mode(
                                    kept == Mode.COMPLIANCE
                                            ? ObjectLockRetentionMode.COMPLIANCE
                                            : ObjectLockRetentionMode.GOVERNANCE)
                            .retainUntilDate(end)
                            .build())
                    .build());
        } catch (SdkException e) {
            throw failed("extend the lock of object '" + key + "'", key, e);
        }
    }

    /** In a bucket with versions only the deletion of a version destroys something. */
    @Override
    public boolean isEnforced(ObjectKey key) {
        try {
            String version = reads.details(ObjectVersion.latest(key))
                    .orElseThrow(() -> ObjectStoreChecks.missing(key))
                    .versionId();
            client.deleteObject(DeleteObjectRequest.builder()
                    .bucket(place.bucket())
                    .key(place.name(key))
                    .versionId(version)
                    .build());
            return false;
        } catch (SdkException e) {
            if (e instanceof AwsServiceException answer && (answer.statusCode() == 403 || answer.statusCode() == 400)) {
                return true;
            }
            throw failed("try the lock of object '" + key + "'", key, e);
        }
    }

    private static Mode mode(ObjectLockRetention retention) {
        return retention.mode() == ObjectLockRetentionMode.COMPLIANCE ? Mode.COMPLIANCE : Mode.GOVERNANCE;
    }

    /** Some stores answer that there is nothing, and leave open whether no lock or no object. */
    private boolean isUnlocked(ObjectKey key, SdkException e) {
        if (!(e instanceof AwsServiceException answer) || !S3Errors.isMissing(answer)) {
            return false;
        }
        return NO_LOCK.equals(S3Errors.name(answer))
                || reads.head(ObjectVersion.latest(key)).isPresent();
    }

    private CoordinatorException failed(String action, ObjectKey key, SdkException e) {
        if (e instanceof AwsServiceException answer && S3Errors.isMissing(answer)) {
            return ObjectStoreChecks.missing(key);
        }
        if (e instanceof AwsServiceException answer && answer.statusCode() == 400) {
            return errors.error(
                    ErrorCode.ARCHIVE_TOO_WEAK,
                    action,
                    "the bucket has no object lock",
                    "Create a bucket with object lock, or leave 'objectLock' out of the configuration.",
                    e);
        }
        return errors.translate(action, e);
    }
}
