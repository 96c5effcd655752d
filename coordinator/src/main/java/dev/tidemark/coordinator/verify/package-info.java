/**
 * Verification: of the archive's objects (levels 1 and 2) and of a store's state by its digest.
 */
package dev.tidemark.coordinator.verify;
