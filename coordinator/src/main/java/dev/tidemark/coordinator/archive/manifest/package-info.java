/**
 * Manifests: the signed documents that make backups exist, and the tombstones that keep one from appearing.
 *
 * <p>Invariants: a manifest is created once and last, after everything that it names is durable; it is believed only after
 * its signature was verified with the archive's public key under its own object key.
 */
package dev.tidemark.coordinator.archive.manifest;
