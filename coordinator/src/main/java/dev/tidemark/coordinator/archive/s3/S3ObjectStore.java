package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreChecks;
import dev.tidemark.coordinator.archive.object.PendingUploads;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;

/**
 * Objects of a bucket. Creation is one PUT with {@code If-None-Match: *}; large contents under names that nobody else uses are sent
 * in parts. Nothing is retried here but the requests of such an upload: what may pass is marked, see {@code TransientFailure}. Thread-safe.
 */
public final class S3ObjectStore implements ObjectStore, AutoCloseable {
    private final S3Client client;
    private final S3Place place;
    private final S3Writing writing;
    private final Requests requests;
    private final S3Errors errors;
    private final ObjectReads reads;
    private final S3Listing listing;
    private final S3Upload upload;

    private S3ObjectStore(S3Client client, S3Place place, S3Connection connection, S3Writing writing, S3Seams seams) {
        this.client = client;
        this.place = place;
        this.writing = writing;
        requests = new Requests(place, writing, seams.clock());
        errors = new S3Errors(place);
        reads = new ObjectReads(
                client,
                requests,
                errors,
                seams.monotonicClock(),
                connection.timeouts().request());
        listing = new S3Listing(client, place, errors);
        upload = new S3Upload(
                client, place, requests, errors, reads, writing.multipart(), seams.helpers(), seams.retries());
    }

    /**
     * Opens a part of a bucket; talks to nobody yet.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when certificates can't be read or no region is known
     */
    public static S3ObjectStore open(S3Place place, S3Connection connection, S3Writing writing, S3Seams seams) {
        S3Client client = S3Clients.create(connection, writing.checksums());
        return new S3ObjectStore(client, place, connection, writing, seams);
    }

    @Override
    public void create(ObjectKey key, ByteBuffer content) {
        ObjectStoreChecks.requireSize(content.remaining());
        try {
            client.putObject(requests.put(key, content), Bodies.of(content));
        } catch (SdkException e) {
            if (e instanceof AwsServiceException answer && S3Errors.isTaken(answer)) {
                throw ObjectStoreChecks.exists(key);
            }
            throw errors.translateUpload("create object '" + key + "'", e);
        }
    }

    @Override
    public void createOrConfirm(ObjectKey key, ByteBuffer content) {
        try {
            if (content.remaining() < writing.multipart().thresholdBytes()) {
                create(key, content);
            } else {
                ObjectStoreChecks.requireSize(content.remaining());
                new MultipartUpload(upload, key, content).run();
            }
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS
                    || !ByteBuffer.wrap(read(key)).equals(content)) {
                throw e;
            }
        }
    }

    /** What can be seen in a bucket is durable. */
    @Override
    public void confirm(ObjectKey key) {
        if (head(key).isEmpty()) {
            throw ObjectStoreChecks.missing(key);
        }
    }

    @Override
    public byte[] read(ObjectKey key) {
        ByteBuffer content = read(key, ByteBuffer.allocate(0));
        return content.array();
    }

    @Override
    public ByteBuffer read(ObjectKey key, ByteBuffer spare) {
        return reads.read(ObjectVersion.latest(key), spare);
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return reads.read(ObjectVersion.latest(key), offset, length);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return reads.head(ObjectVersion.latest(key));
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        ObjectStoreChecks.requireLimit(limit);
        return listing.list(prefix, startAfter, limit);
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            client.deleteObject(DeleteObjectRequest.builder()
                    .bucket(place.bucket())
                    .key(place.name(key))
                    .build());
        } catch (SdkException e) {
            if (!(e instanceof AwsServiceException answer) || !S3Errors.isMissing(answer)) {
                throw errors.translate("delete object '" + key + "'", e);
            }
        }
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public Optional<ObjectLocks> locks() {
        return writing.lock() == null
                ? Optional.empty()
                : Optional.of(new S3ObjectLocks(client, place, errors, reads, writing.lock()));
    }

    @Override
    public Optional<PendingUploads> pendingUploads() {
        return Optional.of(
                new S3PendingUploads(client, place, errors, writing.multipart().thresholdBytes()));
    }

    /** Returns a view of the bucket as it was at a time; see {@link S3VersionedView}. */
    public S3VersionedView asOf(Instant time) {
        return new S3VersionedView(client, place, errors, reads, time);
    }

    /** Returns what the SDK does by itself, for benchmarks. */
    public PlainTransfer plain() {
        return new PlainTransfer(client, place, errors);
    }

    @Override
    public void close() {
        client.close();
    }
}
