/**
 * The archive: everything that backups leave behind, on an object store. {@code Archive} is opened with a key and gives one
 * {@code NamespaceArchive} for each namespace. The format is defined in docs/archive-format.rst.
 *
 * <p>Invariants: objects are created once and never changed; what a manifest names is durable before the manifest exists; no
 * byte that was read is used before it was authenticated under the name that it was asked for.
 */
package dev.tidemark.coordinator.archive;
