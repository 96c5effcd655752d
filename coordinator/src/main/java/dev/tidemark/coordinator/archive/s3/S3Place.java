package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.archive.object.ObjectKey;
import java.util.Optional;

/**
 * A part of a bucket.
 *
 * @param bucket its name
 * @param prefix what stands before the key of every object: empty, or segments that each end with a slash
 * @param endpoint address of the store for messages; empty for that of AWS
 */
public record S3Place(String bucket, String prefix, String endpoint) {
    /**
     * Checks the prefix.
     *
     * @throws IllegalArgumentException when it has another form
     */
    public S3Place {
        boolean isFolder = prefix.isEmpty()
                || (prefix.endsWith("/") && ObjectKey.isValid(prefix.substring(0, prefix.length() - 1)));
        if (!isFolder || prefix.length() > 200) {
            throw new IllegalArgumentException(
                    "prefix: '" + prefix
                            + "' (expected: at most 200 characters, segments of A-Z a-z 0-9 . _ = - that each end with a slash)");
        }
    }

    /** Returns the name of an object in the bucket. */
    String name(ObjectKey key) {
        return prefix + key.value();
    }

    /** Returns the key of an object of the bucket, or nothing when it is none of an archive: others may use the bucket too. */
    Optional<ObjectKey> key(String name) {
        if (!name.startsWith(prefix)) {
            return Optional.empty();
        }
        String key = name.substring(prefix.length());
        return ObjectKey.isValid(key) ? Optional.of(new ObjectKey(key)) : Optional.empty();
    }

    /** Returns {@code s3://bucket/prefix}, with the address of the store when it is not that of AWS. */
    String location() {
        return "s3://" + bucket + "/" + prefix + (endpoint.isEmpty() ? "" : " at " + endpoint);
    }
}
