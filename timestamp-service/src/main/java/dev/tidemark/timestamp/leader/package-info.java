/**
 * Which of several processes over one bound store issues: an epoch and a lease in the store, checked by clocks that are only compared
 * with themselves.
 *
 * <p>Invariants: an answer is given only if the lease has not run out after it was computed; a process that was replaced never
 * answers again in its epoch.
 */
package dev.tidemark.timestamp.leader;
