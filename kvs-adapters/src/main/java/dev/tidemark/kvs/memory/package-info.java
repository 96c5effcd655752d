/**
 * A store of several nodes in memory, with real replication: writes reach a quorum at once and the other replicas when they
 * are delivered, so that snapshots of different nodes differ as they do in a live cluster. Built for tests and seeded
 * simulation: no thread, no clock and no sleep of its own; every seam can fail before or after its effect.
 *
 * <p>Invariant: of several writes of one version on several nodes the one with the greatest sequence number wins,
 * deletions included.
 */
package dev.tidemark.kvs.memory;
