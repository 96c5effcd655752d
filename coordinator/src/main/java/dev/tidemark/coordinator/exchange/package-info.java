/**
 * Backups outside of any archive: as one stream in the form of a tar file, which other programs can read. See docs/export-format.rst.
 *
 * <p>Invariants: what is written for one backup is the same bytes each time; what is read is hostile until its signature, which comes
 * last, has been checked, and anything that the writer would not write is refused.
 */
package dev.tidemark.coordinator.exchange;
