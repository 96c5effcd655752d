/**
 * The check that somebody makes who has the archive's public key, the right to read, and nothing else: is there a backup that can
 * be believed, is all of it there, and is it recent enough. Writes nothing, and needs no coordinator.
 */
package dev.tidemark.coordinator.check;
