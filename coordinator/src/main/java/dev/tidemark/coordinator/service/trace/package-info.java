/**
 * Traces of what the service does, for OpenTelemetry: a <em>span</em> for what is done for an order, and one inside of it for each step.
 * Off unless it is configured.
 */
package dev.tidemark.coordinator.service.trace;
