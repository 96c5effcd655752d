package dev.tidemark.coordinator.archive.s3;

/** What the store encrypts objects with, on top of the archive's own encryption. */
public sealed interface S3Encryption {
    /** As the bucket says. */
    record BucketDefault() implements S3Encryption {}

    /** Keys of the store (SSE-S3). */
    record StoreKeys() implements S3Encryption {}

    /**
     * A key of the key management service (SSE-KMS).
     *
     * @param keyId id or ARN
     */
    record Kms(String keyId) implements S3Encryption {}

    /** A key that every request brings along (SSE-C). */
    final class CustomerKey implements S3Encryption {
        /** Length of the key. */
        public static final int BYTES = 32;

        private final byte[] key;

        /**
         * Keeps a copy of the key.
         *
         * @throws IllegalArgumentException when it has another length than {@value #BYTES} bytes
         */
        public CustomerKey(byte[] key) {
            if (key.length != BYTES) {
                throw new IllegalArgumentException("key: " + key.length + " bytes (expected: " + BYTES + ")");
            }
            this.key = key.clone();
        }

        byte[] key() {
            return key.clone();
        }
    }
}
