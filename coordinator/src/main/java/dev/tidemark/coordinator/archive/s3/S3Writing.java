package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.archive.object.ObjectLocks;
import java.time.Duration;

/**
 * How objects are written.
 *
 * @param checksums what protects a body on its way
 * @param storageClass name of the storage class; empty for the bucket's default
 * @param encryption what the store encrypts with
 * @param lock lock of every new object; null for none
 * @param multipart how large objects are sent
 */
public record S3Writing(
        ChecksumMode checksums, String storageClass, S3Encryption encryption, Lock lock, Multipart multipart) {
    /** Smallest part that stores accept, bytes. */
    public static final int MIN_PART_BYTES = 5 << 20;

    /**
     * The lock of a new object.
     *
     * @param period how long it lasts from the creation on, &gt; 0
     * @param isRequired whether a backup fails when the lock of an object that it uses again can't be extended
     */
    public record Lock(ObjectLocks.Mode mode, Duration period, boolean isRequired) {}

    /**
     * Uploads in parts.
     *
     * @param thresholdBytes contents of this length and longer are sent in parts, &gt;= {@link #MIN_PART_BYTES}
     * @param partBytes length of a part, &gt;= {@link #MIN_PART_BYTES}
     * @param parallelism parts under way at a time, &gt;= 1
     */
    public record Multipart(int thresholdBytes, int partBytes, int parallelism) {
        /** Checks the sizes. */
        public Multipart {
            if (thresholdBytes < MIN_PART_BYTES || partBytes < MIN_PART_BYTES || parallelism < 1) {
                throw new IllegalArgumentException("multipart: " + thresholdBytes + ", " + partBytes + ", "
                        + parallelism + " (expected: at least " + MIN_PART_BYTES + ", " + MIN_PART_BYTES + ", 1)");
            }
        }
    }
}
