/**
 * Backups that come from elsewhere than from a namespace's nodes: from an export or from another archive. Whatever the source is, the
 * same operation writes them.
 *
 * <p>Invariants: a backup keeps its timestamps, its cut and the content of its files, each checked against the SHA-256 that the
 * source's authentic list states; chunks, file lists and the manifest are made anew with the keys of the archive that it comes into;
 * the manifest comes last and says where the backup is from.
 */
package dev.tidemark.coordinator.transfer;
