/**
 * What the timestamp service watches by itself: an immutable timestamp that stands still because somebody holds it.
 *
 * <p>Invariants: watching issues nothing, ends nothing and reads memory only.
 */
package dev.tidemark.timestamp.service.watch;
