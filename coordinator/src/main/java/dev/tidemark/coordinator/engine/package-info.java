/**
 * The door to the engine: {@link dev.tidemark.coordinator.engine.Coordinator} offers every operation on the namespaces of
 * one configuration. No package of the engine depends on this one.
 */
package dev.tidemark.coordinator.engine;
