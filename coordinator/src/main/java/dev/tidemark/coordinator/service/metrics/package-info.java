/**
 * Numbers for Prometheus, at {@code /prometheus} on the admin port; docs/monitoring.rst has the table of all of them, which a test
 * compares with what a server exposes.
 *
 * <p>Invariants: a scrape reads memory and nothing else; every label has a bounded set of values: configured names and words of the
 * program, never ids.
 */
package dev.tidemark.coordinator.service.metrics;
