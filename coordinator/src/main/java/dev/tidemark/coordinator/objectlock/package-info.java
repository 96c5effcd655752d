/**
 * Locks that a store keeps on objects, as far as backups are concerned: whatever a backup needs is locked for the whole period from the
 * beginning of its operation on, also what it shares with older backups; and nothing is removed before its lock has ended.
 *
 * <p>Invariants: the locks of everything but the manifest are extended before the manifest is written. No lock is ever shortened.
 */
package dev.tidemark.coordinator.objectlock;
