/**
 * Which of several instances of the service works: one of a group leads, by a lease in the archive, and carries out orders and
 * schedules; the others answer questions and wait.
 *
 * <p>The lease makes the work quiet, not safe: what an operation changes is fenced by the lock of its namespace, with an epoch that
 * grows, whoever believes to lead.
 */
package dev.tidemark.coordinator.service.leading;
