/**
 * Who may do what at the coordinator service.
 *
 * <p>A <em>caller</em> is a person or program with a name, a <em>role</em> and the namespaces that it is limited to. It shows who it is
 * with a <em>token</em>, of which the service knows only the hash, or with the certificate of its TLS connection.
 *
 * <p>Invariants: a path that does not say whom it is for is for nobody; no token is kept, logged or compared in a time that tells
 * something of it; tokens that can't be read replace none that are known.
 */
package dev.tidemark.coordinator.service.access;
