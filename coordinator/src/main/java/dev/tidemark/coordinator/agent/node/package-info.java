/** The node that an agent serves: what can be configured, and how it is opened. */
package dev.tidemark.coordinator.agent.node;
