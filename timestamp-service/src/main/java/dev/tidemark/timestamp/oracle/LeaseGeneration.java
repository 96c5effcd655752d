package dev.tidemark.timestamp.oracle;

/**
 * Leases of one namespace that can end only one by one: whoever has learnt the generation together with a lease has lost the lease when
 * it is another one.
 *
 * @param namespace whose leases these are
 * @param epoch of the term in which they are granted; leases are lost with the term
 * @param fences how often a fence has ended all leases in this term
 */
public record LeaseGeneration(String namespace, long epoch, int fences) {}
