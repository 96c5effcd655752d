/**
 * Moves the bytes of one node: from its snapshot into the archive, and from the archive into its staging area. Reads no
 * file whose identity an earlier backup has recorded.
 */
package dev.tidemark.coordinator.node;
