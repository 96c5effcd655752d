package dev.tidemark.coordinator.archive.kms;

import java.net.URI;
import java.time.Duration;

/**
 * How a key of AWS KMS is reached. Who asks is found by the SDK's usual chain (environment, profile, container, instance).
 *
 * @param keyId id, alias ({@code alias/...}) or ARN of the key
 * @param region its region; empty when the ARN, or the SDK's own configuration, says it
 * @param endpoint another endpoint than the region's, or null
 * @param timeout longest wait for one answer
 * @param attempts most requests for one answer
 */
public record AwsKmsSettings(String keyId, String region, URI endpoint, Duration timeout, int attempts) {
    /** Longest wait for one answer, unless said otherwise. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Most requests for one answer, unless said otherwise. */
    public static final int ATTEMPTS = 3;

    private static final int REGION_FIELD = 3;

    /**
     * Checks the ranges, and takes the region from an ARN that says it.
     *
     * @throws IllegalArgumentException when a value is outside of its range
     */
    public AwsKmsSettings {
        if (keyId.isEmpty() || keyId.length() > 2048) {
            throw new IllegalArgumentException("keyId: '" + keyId + "' (expected: an id, alias or ARN)");
        }
        if (timeout.isNegative() || timeout.isZero() || attempts < 1) {
            throw new IllegalArgumentException(
                    "timeout, attempts: " + timeout + ", " + attempts + " (expected: positive)");
        }
        String[] arn = keyId.split(":", -1);
        region = region.isEmpty() && keyId.startsWith("arn:") && arn.length > REGION_FIELD ? arn[REGION_FIELD] : region;
    }
}
