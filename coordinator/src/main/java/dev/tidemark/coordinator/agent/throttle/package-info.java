/**
 * What keeps a copy from being in the way of the store whose node it reads: a limit for the bytes per second, and a gate that an
 * operator can close. Both stand in front of the node's files and of nothing else.
 */
package dev.tidemark.coordinator.agent.throttle;
