/**
 * The demonstration: a live workload on an embedded store and oracle, three backups, the loss of everything, a restore, and the
 * proof. The workload is made of three parts whose invariants show a torn state: a bank with a ledger, a ring, and pairs of
 * cells in two tables.
 *
 * <p>Invariant: what the clients were told is recorded outside of the store ({@code TransferHistory}), so that the restored state
 * is compared with something that can't be lost with it.
 */
package dev.tidemark.cli.demo;
