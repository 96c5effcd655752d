/**
 * The coordinator's side of an agent: a node that looks like any other, whose calls go over HTTP.
 *
 * <p>Invariants: every call may be sent again, and is, within a budget; no answer is believed that is not an agent's, and none of an
 * agent that serves another node than the one that is meant; every error says which agent it comes from.
 */
package dev.tidemark.coordinator.agent.client;
