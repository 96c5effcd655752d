/**
 * Which backups are kept: the policy, holds and annotations, and the operation that expires the others.
 *
 * <p>Invariants: the newest backup, and the newest one that is not known to be damaged, are never removed; nor is one with a hold;
 * nor one without which a moment of the recovery window could no longer be restored. What a backup needs is removed later, by
 * garbage collection.
 */
package dev.tidemark.coordinator.retention;
