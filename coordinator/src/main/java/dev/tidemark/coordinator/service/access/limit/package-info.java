/**
 * How much is taken of one caller, and how many mistakes of one address.
 *
 * <p>Invariant: what is remembered of callers and addresses is bounded, whoever sends what.
 */
package dev.tidemark.coordinator.service.access.limit;
