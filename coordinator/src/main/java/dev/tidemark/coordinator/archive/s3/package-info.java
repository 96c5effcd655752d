/**
 * Objects in a bucket of any store that speaks the S3 protocol, by the blocking client of the AWS SDK. The SDK does not retry: what
 * may pass is marked as {@code TransientFailure} and tried again by {@code RetryingObjectStore}.
 */
package dev.tidemark.coordinator.archive.s3;
