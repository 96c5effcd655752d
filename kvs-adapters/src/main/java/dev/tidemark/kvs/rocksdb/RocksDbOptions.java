package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How to open a store.
 *
 * @param directory the store's directory; created when it is not there
 * @param schemasOfNewStore transactions schemas of a store that is created by opening it; one that exists keeps its own
 * @param commitDurability what {@code putUnlessExists} and {@code compareAndSet} wait for
 * @param remoteSnapshots whether other processes of this machine may ask the owner for a snapshot
 * @param writeBufferBytes memory for what is not yet in files, of all tables together, 1 MiB..1 GiB; also the upper limit of
 *     what a snapshot has to flush
 * @param blockCacheBytes memory for blocks of files, 1 MiB..64 GiB
 */
public record RocksDbOptions(
        Path directory,
        TransactionsSchemaMap schemasOfNewStore,
        CommitDurability commitDurability,
        RemoteSnapshots remoteSnapshots,
        long writeBufferBytes,
        long blockCacheBytes) {
    /** Default of {@link #writeBufferBytes}: 16 MiB, so that the flush of a snapshot stays short. */
    public static final long DEFAULT_WRITE_BUFFER_BYTES = 16L << 20;

    /** Default of {@link #blockCacheBytes}: 32 MiB. */
    public static final long DEFAULT_BLOCK_CACHE_BYTES = 32L << 20;

    private static final long MIN_BYTES = 1L << 20;
    private static final long MAX_WRITE_BUFFER_BYTES = 1L << 30;
    private static final long MAX_BLOCK_CACHE_BYTES = 64L << 30;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException when a size is out of its range
     */
    public RocksDbOptions {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(schemasOfNewStore, "schemasOfNewStore");
        Objects.requireNonNull(commitDurability, "commitDurability");
        Objects.requireNonNull(remoteSnapshots, "remoteSnapshots");
        checkRange("writeBufferBytes", writeBufferBytes, MAX_WRITE_BUFFER_BYTES);
        checkRange("blockCacheBytes", blockCacheBytes, MAX_BLOCK_CACHE_BYTES);
    }

    /** Returns the default options: synced commits, snapshots for other processes, small buffers. */
    public static RocksDbOptions of(Path directory, TransactionsSchemaMap schemasOfNewStore) {
        return new RocksDbOptions(
                directory,
                schemasOfNewStore,
                CommitDurability.SYNCED,
                RemoteSnapshots.ALLOWED,
                DEFAULT_WRITE_BUFFER_BYTES,
                DEFAULT_BLOCK_CACHE_BYTES);
    }

    /** Returns these options with another durability of commits. */
    public RocksDbOptions withCommitDurability(CommitDurability other) {
        return new RocksDbOptions(
                directory, schemasOfNewStore, other, remoteSnapshots, writeBufferBytes, blockCacheBytes);
    }

    /** Returns these options with another answer to processes that want a snapshot. */
    public RocksDbOptions withRemoteSnapshots(RemoteSnapshots other) {
        return new RocksDbOptions(
                directory, schemasOfNewStore, commitDurability, other, writeBufferBytes, blockCacheBytes);
    }

    /** Returns these options with other sizes, in bytes. */
    public RocksDbOptions withMemory(long otherWriteBufferBytes, long otherBlockCacheBytes) {
        return new RocksDbOptions(
                directory,
                schemasOfNewStore,
                commitDurability,
                remoteSnapshots,
                otherWriteBufferBytes,
                otherBlockCacheBytes);
    }

    private static void checkRange(String name, long bytes, long max) {
        if (bytes < MIN_BYTES || bytes > max) {
            throw new IllegalArgumentException(name + ": " + bytes + " (expected: " + MIN_BYTES + ".." + max + ")");
        }
    }

    /** What a commit waits for. */
    public enum CommitDurability {
        /** The disk has it: it survives a power cut, and so does every write before it. */
        SYNCED,
        /** The operating system has it: it survives the death of the process, not that of the machine. */
        BUFFERED
    }

    /** Whether the owner listens on the loopback interface for requests to take a snapshot. */
    public enum RemoteSnapshots {
        /** Processes that can read {@code owner.json} may ask. */
        ALLOWED,
        /** Nobody listens; the store can be backed up by its own process, or at rest. */
        REFUSED
    }
}
