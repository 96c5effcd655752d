/**
 * Garbage collection: removes what no backup needs, in two phases.
 *
 * <p>Invariants: an object is removed only if it stood on a garbage list that an earlier operation wrote, a grace ago, and nothing
 * needed it when this operation took the namespace's lock. As long as it stands on a list nothing new refers to it. So a process
 * that has lost its lock in the middle removes nothing that anybody needs, however late it does it. See docs/retention.rst.
 */
package dev.tidemark.coordinator.garbage;
