/**
 * Tells people what has happened: an order has ended, the state of a namespace has changed, is still bad, or is good again.
 *
 * <p>Nouns: a <em>notification</em> is about one event. A <em>channel</em> brings it to its receivers; it has an <em>outbox</em>, in
 * which what could not be delivered waits for the next attempt. A <em>template</em> makes a text of a notification.
 *
 * <p>Invariants: who has something to tell never waits and never fails for it; an outbox is bounded; one process tells one change once.
 */
package dev.tidemark.coordinator.service.notification;
