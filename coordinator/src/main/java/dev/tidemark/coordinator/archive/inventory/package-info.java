/**
 * Inventories: which packs a backup needs, with size and hash, signed and not encrypted. Whoever has the public key can tell
 * whether everything of a backup is there and unchanged; garbage collection learns from them what is needed.
 *
 * <p>Invariants: an inventory is durable before the manifest of its backup, and names no pack that was condemned or known to be
 * damaged when it was written. Of several generations the greatest counts. See docs/archive-format.rst.
 */
package dev.tidemark.coordinator.archive.inventory;
