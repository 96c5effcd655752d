/**
 * The transactions table: which transaction, named by its start timestamp, committed at which timestamp, was aborted, or
 * (no entry) still runs; and the encodings of AtlasDB's transactions schemas 1, 2 and 3.
 *
 * <p>Invariant: an entry that says committed or aborted never changes by itself; only a restore or a rewind turns
 * committed into aborted.
 */
package dev.tidemark.kvs.transactiontable;
