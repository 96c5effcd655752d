package dev.tidemark.kvs;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Data side of a store: versioned cells in tables, for the transaction protocol, digests and drills. It knows nothing of
 * commits: whether a version is visible is decided by the transactions table.
 *
 * <p>All methods block and are thread-safe. Every method that names a table throws
 * {@link KeyValueStoreException} with {@link ErrorCode#UNKNOWN_TABLE} when it does not exist, and with
 * {@link ErrorCode#STORE_UNAVAILABLE} (retryable) or {@link ErrorCode#STORE_DAMAGED} (permanent) when the store can't
 * answer.
 */
public interface CellStore {
    /** Creates the table; does nothing when it exists. Durable on return. */
    void createTable(TableName table);

    /** Returns all tables, sorted by name, internal ones included. */
    Set<TableName> tables();

    /**
     * Returns for each cell its newest version at or below the timestamp.
     *
     * @param atOrBelow upper end for version timestamps, inclusive
     * @return cells without such a version are absent
     */
    Map<Cell, Version> getLatest(TableName table, Set<Cell> cells, long atOrBelow);

    /**
     * Writes one version of each cell, all with the same version timestamp. Idempotent for equal values. On return every
     * version is where each later read finds it; after an exception some, none or all are written. Survives a crash of
     * the store's process once a later {@link #putUnlessExists} or {@link #compareAndSet} has returned.
     *
     * @param timestamp version timestamp, &gt; 0
     * @throws IllegalArgumentException when the timestamp is not
     */
    void put(TableName table, Map<Cell, Bytes> values, long timestamp);

    /**
     * Puts a value at version timestamp 0 when the cell has none there; atomic and linearizable per cell. Durable on
     * return. After an exception the value may or may not be there.
     *
     * @return the value that was there before and still is; empty when this call put its own
     */
    Optional<Bytes> putUnlessExists(TableName table, Cell cell, Bytes value);

    /**
     * Replaces the value at version timestamp 0 when it equals the expected one; atomic and linearizable per cell. Durable
     * on return. After an exception the value may or may not be replaced.
     *
     * @return whether the cell held the expected value and holds the update
     */
    boolean compareAndSet(TableName table, Cell cell, Bytes expected, Bytes update);

    /**
     * Removes versions for good. Idempotent: a version that is not there is fine. After an exception some, none or all
     * are removed.
     */
    void deleteVersions(TableName table, Map<Cell, Set<Long>> timestamps);

    /**
     * Scans all versions at or below the timestamp, ordered by cell, within a cell by version timestamp from the newest to
     * the oldest. Streams with bounded memory. What was complete when the scan was opened is seen; what is written or
     * deleted later may or may not be.
     *
     * @param atOrBelow upper end for version timestamps, inclusive
     */
    CloseableIterator<CellVersion> scan(TableName table, CellRange range, long atOrBelow);
}
