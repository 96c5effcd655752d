/**
 * Bounds in a cluster of timestamp servers that keep them themselves, without a database: Apache Ratis replicates a <em>log</em> of
 * <em>commands</em>, and each server applies them, in the same order, to its copy of the bounds, the <em>replica</em>. A command
 * counts once a majority has it on its medium. A <em>session</em> lets each command be applied once, however often it was sent.
 *
 * <p>Invariants: nothing is answered from a replica, only from a command's place in the log; a server that has lost what it had
 * acknowledged does not vote, it joins the cluster anew.
 */
package dev.tidemark.timestamp.raft;
