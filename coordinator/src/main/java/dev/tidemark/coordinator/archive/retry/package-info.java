/**
 * Tries again what an object store has failed in and may succeed in later. There is one policy, one budget and one count of
 * retries for a store; the clients below don't retry.
 */
package dev.tidemark.coordinator.archive.retry;
