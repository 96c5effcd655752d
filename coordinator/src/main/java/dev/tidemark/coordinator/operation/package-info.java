/**
 * Operations as journaled, idempotent steps: the journal in the archive, the lock of a namespace with its fencing epochs,
 * and the runner that executes, resumes and cancels.
 *
 * <p>Invariants: before and after each step a record is durable; one operation at a time changes a namespace; whoever finds a
 * newer entry in the lock's row writes nothing any more.
 */
package dev.tidemark.coordinator.operation;
