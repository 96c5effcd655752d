/**
 * Asks a coordinator service for what it does. A <em>service</em> is one or several instances over the same archive, each with its address;
 * a <em>client</em> sends each request to whichever answers.
 *
 * <p>Invariants: a token goes to the addresses that the client was given and to no others, and into no text; a request that might be
 * carried out twice is not sent twice, unless the service knows it again (an order always has an idempotency key).
 */
package dev.tidemark.coordinator.client;
