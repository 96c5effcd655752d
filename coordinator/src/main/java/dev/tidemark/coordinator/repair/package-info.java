/**
 * Puts an archive right as far as it can from itself: manifests from their copies, the index from the packs, inventories from file
 * lists. What only a store or another archive has comes back with the next backup.
 */
package dev.tidemark.coordinator.repair;
