/**
 * Health checks of the timestamp service at {@code /healthcheck} on the admin port, one for each question that an operator has.
 *
 * <p>Invariants: a check is red for what a client suffers from and for nothing else; that clients hold a lease for long is said, and is
 * no reason to take a server out of service.
 */
package dev.tidemark.timestamp.service.health;
