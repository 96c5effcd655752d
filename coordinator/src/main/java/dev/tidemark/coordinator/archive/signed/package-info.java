/**
 * Documents that are signed and not encrypted: whoever has the archive's public key can believe them. See
 * docs/archive-format.rst.
 */
package dev.tidemark.coordinator.archive.signed;
