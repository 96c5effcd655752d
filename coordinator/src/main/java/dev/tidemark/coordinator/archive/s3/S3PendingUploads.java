package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.archive.object.PendingUploads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Uploads in parts below a prefix of a bucket. */
final class S3PendingUploads implements PendingUploads {
    /** Answers that are read at most; what is behind them comes when the uploads before it are gone. */
    private static final int MAX_ANSWERS = 1000;

    private final S3Client client;
    private final S3Place place;
    private final S3Errors errors;
    private final int thresholdBytes;

    S3PendingUploads(S3Client client, S3Place place, S3Errors errors, int thresholdBytes) {
        this.client = client;
        this.place = place;
        this.errors = errors;
        this.thresholdBytes = thresholdBytes;
    }

    @Override
    public int thresholdBytes() {
        return thresholdBytes;
    }

    @Override
    public List<PendingUpload> startedBefore(String prefix, Instant time) {
        List<PendingUpload> pending = new ArrayList<>();
        String keyMarker = null;
        String idMarker = null;
        for (int answers = 0; answers < MAX_ANSWERS; answers++) {
            ListMultipartUploadsResponse answer = ask(place.prefix() + prefix, keyMarker, idMarker);
            for (MultipartUpload upload : answer.uploads()) {
                if (pending.size() < MAX_PAGE && upload.initiated().isBefore(time)) {
                    place.key(upload.key())
                            .filter(key -> key.value().startsWith(prefix))
                            .ifPresent(
                                    key -> pending.add(new PendingUpload(key, upload.uploadId(), upload.initiated())));
                }
            }
            if (!Boolean.TRUE.equals(answer.isTruncated()) || pending.size() == MAX_PAGE) {
                return pending;
            }
            keyMarker = answer.nextKeyMarker();
            idMarker = answer.nextUploadIdMarker();
        }
        return pending;
    }

    @Override
    public void abort(PendingUpload upload) {
        try {
            client.abortMultipartUpload(AbortMultipartUploadRequest.builder()
                    .bucket(place.bucket())
                    .key(place.name(upload.key()))
                    .uploadId(upload.id())
                    .build());
        } catch (SdkException e) {
            if (!(e instanceof AwsServiceException answer) || !S3Errors.isMissing(answer)) {
                throw errors.translate("abort the upload of object '" + upload.key() + "'", e);
            }
        }
    }

    private ListMultipartUploadsResponse ask(String prefix, String keyMarker, String idMarker) {
        try {
            return client.listMultipartUploads(ListMultipartUploadsRequest.builder()
                    .bucket(place.bucket())
                    .prefix(prefix.isEmpty() ? null : prefix)
                    .keyMarker(keyMarker)
                    .uploadIdMarker(idMarker)
                    .build());
        } catch (SdkException e) {
            throw errors.translate("list uploads", e);
        }
    }
}
