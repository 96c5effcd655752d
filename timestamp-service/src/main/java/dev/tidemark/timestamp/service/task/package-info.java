/**
 * Tasks on the admin port of the timestamp service: what an operator asks for once, such as to hand leadership over.
 *
 * <p>Invariants: a task demands the token that the service demands for changes; it says in its status whether it was done.
 */
package dev.tidemark.timestamp.service.task;
