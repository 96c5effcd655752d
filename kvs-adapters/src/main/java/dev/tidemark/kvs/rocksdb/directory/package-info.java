/**
 * The directory of a RocksDB store on its file system: layout, the way of a restore into it, and the safety
 * copies of what a restore changes in place. Part of the adapter, not of its interface; nothing here knows RocksDB.
 *
 * <p>Invariants: whoever changes {@code data} holds the lock; names become visible only after their content is durable;
 * the mark of a restore is durable before its data gets its final name or the data of others lose theirs, and lasts until the
 * restore is complete or given back.
 */
package dev.tidemark.kvs.rocksdb.directory;
