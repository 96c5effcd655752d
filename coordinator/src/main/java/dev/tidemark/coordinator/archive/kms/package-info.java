/** Keys of AWS KMS as {@link dev.tidemark.coordinator.archive.key.KeyService}: the only place that knows its protocol and its errors. */
package dev.tidemark.coordinator.archive.kms;
