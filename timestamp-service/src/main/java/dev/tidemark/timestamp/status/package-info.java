/**
 * How one server of the timestamp service is, as it says itself at {@code GET /tidemark/v1/status}: a document without secrets.
 *
 * <p>Invariants: reading it issues nothing and ends nothing; a server that does not lead says nothing about namespaces.
 */
package dev.tidemark.timestamp.status;
