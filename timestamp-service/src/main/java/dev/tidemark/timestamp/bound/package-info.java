/**
 * Where the oracle keeps what must survive it: for each namespace the <em>bound</em> (no timestamp above it was ever
 * issued), the <em>epoch</em>, which is reserved, and the <em>fence</em>, changed together or not at all.
 *
 * <p>Invariants: a state that was acknowledged is never followed by an older one; what can't be proved to be at least
 * the last acknowledged state is refused; one process at a time has a store open.
 */
package dev.tidemark.timestamp.bound;
