/**
 * Backups of one archive in another one, with that one's own keys: a namespace may have several archives.
 *
 * <p>Invariants: the source is only read; everything that is copied is checked against the SHA-256 of the source's file lists; the copy
 * needs nothing of the source afterwards.
 */
package dev.tidemark.coordinator.copy;
