package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStoreChecks;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import dev.tidemark.coordinator.archive.retry.Retries;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Sends one content in parts, each a slice of it, so that nothing is copied. The calling thread sends parts itself; others of the
 * executor help when they have time, so that it works, only slower, when they never have.
 *
 * <p>The object comes into being with the completion. Not every store keeps the condition of a completion that the key be free, so
 * this is only for keys that nobody else uses. Whatever the completion has answered, the object is looked at afterwards. Each request
 * is tried again by itself; a completion may be repeated, because the object is looked at each time.
 */
final class MultipartUpload {
    private final S3Client client;
    private final S3Place place;
    private final Requests requests;
    private final S3Errors errors;
    private final ObjectReads reads;
    private final S3Writing.Multipart sizes;
    private final Executor helpers;
    private final Retries retries;
    private final ObjectKey key;
    private final ByteBuffer content;

    private final Map<String, String> sums;
    private final List<ByteBuffer> slices;
    private final CompletedPart[] parts;
    private final AtomicInteger next = new AtomicInteger();

    /** Helpers in the middle of a part. */
    private int helping;

    private RuntimeException failure;

    MultipartUpload(S3Upload upload, ObjectKey key, ByteBuffer content) {
        client = upload.client();
        place = upload.place();
        requests = upload.requests();
        errors = upload.errors();
        reads = upload.reads();
        sizes = upload.sizes();
        helpers = upload.helpers();
        retries = upload.retries();
        this.key = key;
        this.content = content.duplicate();
        sums = Requests.sums(content);
        slices = slices(this.content, sizes.partBytes());
        parts = new CompletedPart[slices.size()];
    }

    /**
     * Creates the object.
     *
     * @throws CoordinatorException as {@code ObjectStore.create}; after an error the parts are gone, or an operator may have
     *     them removed
     */
    void run() {
        if (retries.call(before -> reads.head(ObjectVersion.latest(key))).isPresent()) {
            throw ObjectStoreChecks.exists(key);
        }
        String uploadId = retries.call(before -> begin()); // one whose answer was lost is an orphan
        try {
            sendAll(uploadId);
            retries.call(before -> {
                complete(uploadId);
                return true;
            });
        } catch (RuntimeException | Error e) {
            abort(uploadId, e);
            throw e;
        }
    }

    private static List<ByteBuffer> slices(ByteBuffer content, int partBytes) {
        List<ByteBuffer> slices = new ArrayList<>();
        for (int begin = content.position(); begin < content.limit(); begin += partBytes) {
            slices.add(content.slice(begin, Math.min(partBytes, content.limit() - begin)));
        }
        return slices;
    }

    private String begin() {
        try {
            CreateMultipartUploadResponse answer = client.createMultipartUpload(requests.createUpload(key, sums));
            return answer.uploadId();
        } catch (SdkException e) {
            throw errors.translate(action(), e);
        }
    }

    private void sendAll(String uploadId) {
        int wanted = Math.min(sizes.parallelism(), slices.size()) - 1;
        try {
            for (int i = 0; i < wanted; i++) {
                helpers.execute(() -> help(uploadId));
            }
        } catch (RejectedExecutionException e) {
            // Nobody has time: the calling thread sends what is left.
        }
        sendRest(uploadId);
        RuntimeException failed = awaitHelpers();
        if (failed != null) {
            throw failed;
        }
    }

    /** A helper that comes late finds nothing to do, and nobody has waited for it. */
    private void help(String uploadId) {
        synchronized (this) {
            helping++;
        }
        try {
            sendRest(uploadId);
        } finally {
            synchronized (this) {
                helping--;
                notifyAll();
            }
        }
    }

    private void sendRest(String uploadId) {
        for (int i = next.getAndIncrement(); i < slices.size() && !hasFailed(); i = next.getAndIncrement()) {
            try {
                int index = i;
                CompletedPart part = retries.call(before -> send(uploadId, index));
                synchronized (this) {
                    parts[index] = part;
                }
            } catch (RuntimeException e) {
                fail(e);
            }
        }
    }

    private CompletedPart send(String uploadId, int index) {
        ByteBuffer slice = slices.get(index);
        int number = index + 1;
        try {
            UploadPartResponse answer =
                    client.uploadPart(requests.part(key, uploadId, number, slice), Bodies.of(slice));
            return CompletedPart.builder()
                    .partNumber(number)
                    .eTag(answer.eTag())
                    .checksumCRC32(answer.checksumCRC32())
                    .build();
        } catch (SdkException e) {
            throw errors.translateUpload(action(), e);
        }
    }

    private synchronized boolean hasFailed() {
        return failure != null;
    }

    private synchronized void fail(RuntimeException e) {
        if (failure == null) {
            failure = e;
        } else {
            failure.addSuppressed(e);
        }
    }

    /** Waits for the helpers whatever happens: they read a buffer that belongs to the caller again afterwards. */
    private synchronized RuntimeException awaitHelpers() {
        boolean wasInterrupted = false;
        while (helping > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                wasInterrupted = true;
                fail(errors.translate(action(), AbortedException.create("", e)));
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
        return failure;
    }

    private void complete(String uploadId) {
        SdkException failed = null;
        try {
            // An answer with status 200 can carry an error; the SDK throws it.
            client.completeMultipartUpload(requests.complete(key, uploadId, List.of(parts)));
        } catch (SdkException e) {
            if (e instanceof AwsServiceException answer && S3Errors.isTaken(answer)) {
                throw ObjectStoreChecks.exists(key);
            }
            failed = e;
        }
        boolean isThere =
                reads.details(ObjectVersion.latest(key)).filter(this::isOurs).isPresent();
        if (isThere) {
            return;
        }
        if (failed != null) {
            throw errors.translateUpload(action(), failed);
        }
        throw errors.passing(
                action(),
                "it is not there after the store has said so, or has another length",
                TransientFailure.Effect.UNKNOWN,
                null);
    }

    private boolean isOurs(HeadObjectResponse details) {
        return Long.valueOf(content.remaining()).equals(details.contentLength())
                && sums.get(Requests.SHA256).equals(details.metadata().get(Requests.SHA256));
    }

    /** What this leaves behind is found by {@code PendingUploads}. */
    private void abort(String uploadId, Throwable cause) {
        try {
            client.abortMultipartUpload(AbortMultipartUploadRequest.builder()
                    .bucket(place.bucket())
                    .key(place.name(key))
                    .uploadId(uploadId)
                    .build());
        } catch (SdkException e) {
            cause.addSuppressed(e);
        }
    }

    private String action() {
        return "create object '" + key + "'";
    }
}
