/**
 * Notifications by HTTP: a <em>webhook</em> is a URL to which each is posted.
 *
 * <p>Invariant: the address that is connected to is the one that was checked; no redirect is followed.
 */
package dev.tidemark.coordinator.service.notification.webhook;
