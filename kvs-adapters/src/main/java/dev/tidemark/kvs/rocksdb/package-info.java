/**
 * The embedded default store on RocksDB: one node, one directory, one process that owns it. {@link
 * dev.tidemark.kvs.rocksdb.RocksDbStore} is for the application that owns the store, {@link
 * dev.tidemark.kvs.rocksdb.RocksDbConnector} for whoever backs it up or restores it, in the same process or in another one.
 *
 * <p>Nouns: the <em>owner</em> is the process that holds the lock of the directory; a store that is <em>at rest</em> has
 * none.
 *
 * <p>Invariants: only the owner changes {@code data}; a snapshot is a set of files that nobody ever writes to; a store that
 * carries the mark of a restore is opened for that restore alone.
 */
package dev.tidemark.kvs.rocksdb;
