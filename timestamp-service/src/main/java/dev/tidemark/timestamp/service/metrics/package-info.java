/**
 * Numbers of the timestamp service for Prometheus, at {@code /prometheus} on the admin port; docs/timestamp-service.rst has the table of
 * all of them, which a test compares with what a server exposes.
 *
 * <p>Invariants: a scrape reads memory and nothing else; every label has a bounded set of values: namespaces, of which there are at most
 * {@code maxNamespaces}, and words of the program. A holder's id is a label only while it holds the immutable timestamp back for too long.
 */
package dev.tidemark.timestamp.service.metrics;
