/**
 * The engine behind the command line and the service: {@code engine.Coordinator} offers every operation
 * on the namespaces of one configuration.
 *
 * <p>Invariants: the archive is the only durable truth, a coordinator that starts on an empty disk knows everything from
 * it; success is reported only from what was stored durably and read back.
 */
package dev.tidemark.coordinator;
