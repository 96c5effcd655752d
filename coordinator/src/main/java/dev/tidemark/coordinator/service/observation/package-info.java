/**
 * Who is told what operations do in the service, beside those who have ordered them: metrics and traces. And the <em>context</em> of the
 * log: the namespace, the order and the operation that a line is about, carried along wherever work is handed over to another thread.
 *
 * <p>Invariant: an observer never changes how an operation ends.
 */
package dev.tidemark.coordinator.service.observation;
