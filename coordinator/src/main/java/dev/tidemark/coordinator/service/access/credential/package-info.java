/**
 * How callers of the coordinator service show who they are: with a <em>token</em>, of which the service knows only the hash, or with the
 * certificate of their TLS connection.
 *
 * <p>Invariants: no token is kept, logged or compared in a time that tells something of it; tokens that can't be read replace none that are
 * known.
 */
package dev.tidemark.coordinator.service.access.credential;
