package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** A store in a directory of this machine, opened by the one process that owns it. Thread-safe. */
public final class RocksDbStore implements AutoCloseable {
    private RocksDbStore() {}

    /** Opens a store as {@link #open(RocksDbOptions, RandomGenerator)} does, with the system's source of randomness. */
    public static RocksDbStore open(RocksDbOptions options) {
        return open(options, new SecureRandom());
    }

    /**
     * Opens the store, or creates it.
     *
     * @param random makes the token for snapshots by other processes; cryptographically strong outside of tests
     * @throws KeyValueStoreException {@link ErrorCode#STORE_IN_USE} when another process or another part of this one has it
     *     open, {@link ErrorCode#RESTORE_INCOMPLETE} when a restore into the directory has begun and not ended,
     *     {@link ErrorCode#STORE_DAMAGED} when the files can't be read
     */
    public static RocksDbStore open(RocksDbOptions options, RandomGenerator random) {
        throw new UnsupportedOperationException("open");
    }

    /** Returns the data side; usable until the store is closed. */
    public CellStore cells() {
        throw new UnsupportedOperationException("cells");
    }

    /** Returns the transactions tables; usable until the store is closed. */
    public TransactionTable transactionTable() {
        throw new UnsupportedOperationException("transactionTable");
    }

    /** Returns the cluster side over this open store; closing it does not close the store. */
    public StoreCluster cluster() {
        throw new UnsupportedOperationException("cluster");
    }

    /** Closes the store; iterators that are still open end with an error at their next step. Closing twice does nothing. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("close");
    }
}
