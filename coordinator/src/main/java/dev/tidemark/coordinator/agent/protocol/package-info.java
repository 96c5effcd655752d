/**
 * What coordinators and agents say to each other over HTTP, as records that go through JSON.
 *
 * <p>An agent refuses a request that it does not understand in full; a client overlooks what it does not know in an answer, so that an
 * agent may be newer. {@link dev.tidemark.coordinator.agent.protocol.AgentProtocol#VERSION} changes when that is not enough.
 */
package dev.tidemark.coordinator.agent.protocol;
