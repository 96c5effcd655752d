/**
 * The reference transaction protocol: snapshot isolation over any {@link dev.tidemark.kvs.CellStore} and a timestamp
 * oracle, with the semantics of AtlasDB, and the sweeper that removes versions which no reader needs.
 *
 * <p>{@link dev.tidemark.kvs.transaction.TransactionalStore} begins a {@link dev.tidemark.kvs.transaction.Transaction};
 * {@link dev.tidemark.kvs.transaction.Sweeper} collects garbage; {@link dev.tidemark.kvs.transaction.VisibleCells} is the
 * committed state at a timestamp.
 *
 * <p>Invariants: a transaction's cells are written before its commit timestamp is fetched; it commits only while its own
 * lease on the immutable timestamp is alive, checked after it has its commit timestamp and before it puts its entry;
 * the sweeper records how far it goes before it deletes anything.
 */
package dev.tidemark.kvs.transaction;
