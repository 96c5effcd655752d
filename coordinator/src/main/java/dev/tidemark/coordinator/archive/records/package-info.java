/**
 * Archives that can't be changed, and are worked with all the same: the records of operations go elsewhere.
 *
 * <p>Invariant: nothing but journals, lock entries and entries of the audit log is ever written to that other place.
 */
package dev.tidemark.coordinator.archive.records;
