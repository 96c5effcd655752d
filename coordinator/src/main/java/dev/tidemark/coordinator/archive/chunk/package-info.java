/**
 * Chunks: pieces of file content named by a keyed hash, kept in packs, found through index objects.
 *
 * <p>Invariants: a chunk counts as present only when an index object names its pack and the pack was listed with the right
 * size in this run; a pack is durable before an index object names it.
 */
package dev.tidemark.coordinator.archive.chunk;
