/**
 * The timestamp oracle itself, as a library: allocation of timestamps under a bound that is persisted ahead, leases on
 * the immutable timestamp, and the fence.
 *
 * <p>Invariants: a bound is durable before a number at or below it is issued; numbers of a namespace are issued once and
 * in increasing order; after a failed change of the bound nothing is issued any more; no lease outlives a fence or a
 * restart.
 */
package dev.tidemark.timestamp.oracle;
