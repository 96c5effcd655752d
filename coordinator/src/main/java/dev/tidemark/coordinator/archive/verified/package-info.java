/**
 * What verification remembers: which pack was read when, and whether it was right. Nothing but verification depends on it; losing it
 * costs time, and no correctness.
 *
 * <p>Invariants: a document is written after the packs that it names were read, and never changed. What is known is the union of all
 * documents, of which the latest word on each pack counts; so documents can be merged at any time, by several at once. See
 * docs/archive-format.rst.
 */
package dev.tidemark.coordinator.archive.verified;
