/**
 * Objects: create-once byte sequences under a key, and the stores that hold them. {@code ObjectStore} is the seam below the
 * archive, {@code ObjectStoreContract} its contract suite.
 */
package dev.tidemark.coordinator.archive.object;
