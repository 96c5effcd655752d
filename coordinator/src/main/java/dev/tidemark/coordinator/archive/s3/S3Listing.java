package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Listings. A store may answer with less than it was asked for and say that there is more; that is followed. An answer that is not
 * in order, or that repeats what another page had, is none. Thread-safe.
 */
final class S3Listing {
    /** Answers in a row that bring nothing for us: a store can hide behind many that are empty, but not for ever. */
    private static final int MAX_ANSWERS = 10_000;

    private final S3Client client;
    private final S3Place place;
    private final S3Errors errors;

    S3Listing(S3Client client, S3Place place, S3Errors errors) {
        this.client = client;
        this.place = place;
        this.errors = errors;
    }

    List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        String action = "list '" + prefix + "'";
        String wanted = place.prefix() + prefix;
        List<ObjectInfo> page = new ArrayList<>();
        // Behind the last key, or before the first one.
        String last = place.prefix() + startAfter;
        String token = null;
        for (int answers = 0; answers < MAX_ANSWERS; answers++) {
            ListObjectsV2Response answer = ask(action, wanted, last, token, limit - page.size());
            for (S3Object object : answer.contents()) {
                boolean isFirst = object.key().compareTo(last) <= 0;
                if (isFirst || !object.key().startsWith(wanted)) {
                    throw errors.passing(
                            action,
                            "the listing is not in order: '" + object.key() + "' after '" + last + "'",
                            TransientFailure.Effect.NONE,
                            null);
                }
                last = object.key();
                if (page.size() < limit) {
                    place.key(last).ifPresent(key -> page.add(new ObjectInfo(key, object.size())));
                }
            }
            boolean hasMore = Boolean.TRUE.equals(answer.isTruncated());
            if (!hasMore || page.size() == limit) {
                return page;
            }
            token = answer.nextContinuationToken();
            if (token == null || token.isEmpty()) {
                throw errors.passing(action, "the listing ends in the middle", TransientFailure.Effect.NONE, null);
            }
        }
        throw errors.passing(action, MAX_ANSWERS + " answers and no end", TransientFailure.Effect.NONE, null);
    }

    private ListObjectsV2Response ask(String action, String prefix, String startAfter, String token, int count) {
        try {
            return client.listObjectsV2(ListObjectsV2Request.builder()
                    .bucket(place.bucket())
                    .prefix(prefix)
                    .startAfter(token == null && !startAfter.isEmpty() ? startAfter : null)
                    .continuationToken(token)
                    .maxKeys(count)
                    .build());
        } catch (SdkException e) {
            throw errors.translate(action, e);
        }
    }
}
