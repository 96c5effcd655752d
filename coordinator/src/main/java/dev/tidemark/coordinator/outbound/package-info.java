/**
 * Where this process may connect to because somebody has configured an address, such as that of a webhook.
 *
 * <p>Invariant: what was checked is what is connected to: addresses, never names.
 */
package dev.tidemark.coordinator.outbound;
