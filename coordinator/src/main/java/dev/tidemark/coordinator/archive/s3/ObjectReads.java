package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreChecks;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.CRC32C;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Reads objects. A whole object is compared with the CRC-32C that was stored with it: what was damaged on the way is
 * told from what is damaged in the archive. One without (a copy that another program has made) is taken as it is, since whoever reads
 * it checks it too. Thread-safe.
 */
final class ObjectReads {
    private static final int TRANSFER_BYTES = 256 << 10;
    private static final int HTTP_PARTIAL = 206;
    private static final int HTTP_NO_SUCH_RANGE = 416;

    private final S3Client client;
    private final Requests requests;
    private final S3Errors errors;
    private final MonotonicClock clock;
    private final Duration limit;

    /** @param limit how long reading one body may take */
    ObjectReads(S3Client client, Requests requests, S3Errors errors, MonotonicClock clock, Duration limit) {
        this.client = client;
        this.requests = requests;
        this.errors = errors;
        this.clock = clock;
        this.limit = limit;
    }

    /** As {@link ObjectStore#read(ObjectKey, ByteBuffer)}. */
    ByteBuffer read(ObjectVersion object, ByteBuffer spare) {
        ObjectKey key = object.key();
        String action = "read object '" + key + "'";
        try (ResponseInputStream<GetObjectResponse> body = client.getObject(requests.get(object, null))) {
            try {
                long size = size(action, body.response().contentLength());
                if (size > ObjectStore.MAX_OBJECT_BYTES) {
                    throw ObjectStoreChecks.tooLarge(key, size);
                }
                boolean isLargeEnough = spare.hasArray() && spare.capacity() >= size;
                ByteBuffer content = isLargeEnough ? spare.clear() : ByteBuffer.allocate((int) size);
                String stored = body.response().metadata().get(Requests.CRC32C);
                CRC32C checksum = new CRC32C();
                fill(body, content.array(), content.arrayOffset(), (int) size, checksum, action);
                content.limit((int) size);
                requireIntact(key, stored, checksum);
                return content;
            } catch (IOException | RuntimeException e) {
                // Closing it would read the rest first.
                body.abort();
                throw e;
            }
        } catch (SdkException e) {
            throw readError(key, action, e);
        } catch (IOException e) {
            throw errors.translate(action, e);
        }
    }

    /** As {@link ObjectStore#read(ObjectKey, long, int)}. */
    byte[] read(ObjectVersion object, long offset, int length) {
        ObjectStoreChecks.requireRange(offset, length);
        ObjectKey key = object.key();
        String action = "read object '" + key + "'";
        if (length == 0) {
            if (head(object).isEmpty()) {
                throw ObjectStoreChecks.missing(key);
            }
            return new byte[0];
        }
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        try (ResponseInputStream<GetObjectResponse> body = client.getObject(requests.get(object, range))) {
            try {
                if (body.response().sdkHttpResponse().statusCode() != HTTP_PARTIAL) {
                    throw errors.error(
                            ErrorCode.ARCHIVE_TOO_WEAK,
                            action,
                            "it answers a request for a part with something else",
                            "Use a store that reads ranges.",
                            null);
                }
                long size = size(action, body.response().contentLength());
                if (size > length) {
                    throw errors.passing(
                            action, size + " bytes came instead of " + length, TransientFailure.Effect.NONE, null);
                }
                byte[] content = new byte[(int) size];
                fill(body, content, 0, content.length, new CRC32C(), action);
                return content;
            } catch (IOException | RuntimeException e) {
                body.abort();
                throw e;
            }
        } catch (SdkException e) {
            if (e instanceof AwsServiceException answer && answer.statusCode() == HTTP_NO_SUCH_RANGE) {
                return new byte[0];
            }
            throw readError(key, action, e);
        } catch (IOException e) {
            throw errors.translate(action, e);
        }
    }

    /** As {@link ObjectStore#head}. */
    Optional<ObjectInfo> head(ObjectVersion object) {
        return details(object)
                .map(details -> new ObjectInfo(
                        object.key(), size("look for object '" + object.key() + "'", details.contentLength())));
    }

    /** Returns what the store says of an object, or nothing when there is none. */
    Optional<HeadObjectResponse> details(ObjectVersion object) {
        try {
            return Optional.of(client.headObject(requests.head(object)));
        } catch (SdkException e) {
            if (e instanceof AwsServiceException answer && S3Errors.isMissing(answer)) {
                return Optional.empty();
            }
            throw errors.translate("look for object '" + object.key() + "'", e);
        }
    }

    /**
     * Each read ends after the idle time at the latest; all of them together have to end too.
     *
     * @param checksum takes the content while more of it is on its way
     */
    private void fill(
            ResponseInputStream<GetObjectResponse> body,
            byte[] target,
            int offset,
            int length,
            CRC32C checksum,
            String action)
            throws IOException {
        long begin = clock.nanoTime();
        int done = 0;
        while (done < length) {
            int count = body.read(target, offset + done, Math.min(TRANSFER_BYTES, length - done));
            if (count < 0) {
                throw errors.passing(
                        action,
                        "its body ends after " + done + " of " + length + " bytes",
                        TransientFailure.Effect.NONE,
                        null);
            }
            checksum.update(target, offset + done, count);
            done += count;
            if (done < length && clock.nanoTime() - begin > limit.toNanos()) {
                throw errors.passing(
                        action,
                        "only " + done + " of " + length + " bytes came in " + limit.toSeconds() + " s",
                        TransientFailure.Effect.NONE,
                        null);
            }
        }
        // The end of the body is where a checksum that the store has sent along is compared.
        if (body.read() >= 0) {
            throw errors.passing(action, "more than " + length + " bytes came", TransientFailure.Effect.NONE, null);
        }
    }

    private long size(String action, Long announced) {
        if (announced == null) {
            throw errors.error(
                    ErrorCode.ARCHIVE_TOO_WEAK,
                    action,
                    "it does not say how long an object is",
                    "Use a store that does, without a proxy that changes its answers.",
                    null);
        }
        return announced;
    }

    private void requireIntact(ObjectKey key, String stored, CRC32C checksum) {
        if (stored != null && !stored.equals(Digests.crc32c(checksum))) {
            throw FormatErrors.damaged(
                    key.value(),
                    "it has another CRC-32C than the one that was stored with it",
                    new TransientFailure(TransientFailure.Effect.NONE, null));
        }
    }

    private CoordinatorException readError(ObjectKey key, String action, SdkException e) {
        return e instanceof AwsServiceException answer && S3Errors.isMissing(answer)
                ? ObjectStoreChecks.missing(key)
                : errors.translate(action, e);
    }
}
