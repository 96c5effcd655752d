/**
 * The work of an agent. A <em>task</em> is something that a coordinator asked for under an id of its choice, and that goes on whether
 * or not the coordinator waits for it; whoever sends the same id again finds it.
 *
 * <p>Invariants: at most one task has an id; a copy is never done for an operation of which a greater epoch was seen at another one;
 * everything has a limit: tasks at a time, tasks that wait, tasks that are remembered, files that are being staged.
 */
package dev.tidemark.coordinator.agent.task;
