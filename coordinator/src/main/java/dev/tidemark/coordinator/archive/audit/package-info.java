/**
 * The audit log of an archive: who did what, when, and how it ended, as a chain of signed entries. See docs/archive-format.rst.
 */
package dev.tidemark.coordinator.archive.audit;
