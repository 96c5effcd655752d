/**
 * Two people for what one alone may not do.
 *
 * <p>An <em>approval</em> begins as a request: it is about one exact request to the service, by its SHA-256, and shows what that request
 * says. Somebody else approves or refuses it; then the first one sends the same request again and names the approval.
 *
 * <p>Invariants: nobody approves an own request; nobody approves what they could not do themselves, or have not seen; an approval lets
 * one request through, once.
 */
package dev.tidemark.coordinator.service.access.approval;
