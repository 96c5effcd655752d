/**
 * Backup: hold, backup timestamp, snapshots, release, fast-forward timestamp, copy, signed manifest.
 *
 * <p>Invariants: the hold exists before the backup timestamp is fetched and is proven to have lived until the last snapshot;
 * the fast-forward timestamp is fetched after the last snapshot; the manifest is written last.
 */
package dev.tidemark.coordinator.backup;
