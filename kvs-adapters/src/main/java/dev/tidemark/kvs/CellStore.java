package dev.tidemark.kvs;

import java.util.HashSet;
import java.util.List;
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
 * answer. Every method that creates or writes throws it with {@link ErrorCode#INVALID_INPUT} for a name of a table, or a row, that the
 * store can't hold; nothing is found there.
 */
public interface CellStore {
    /** Upper limit for the number of changes in one call of {@link #compareAndSetAll}. */
    int MAX_CHANGES = 10_000;

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
     * the store's process once a later {@link #putUnlessExists} or {@link #compareAndSet} has returned. A version that was
     * deleted may stay deleted.
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
     * Does for many cells what {@link #compareAndSet} does for one. Each cell is atomic and linearizable by itself; the call as
     * a whole is not. Durable on return; a store can make all of them durable at once. After an exception some, none or all
     * values may be replaced.
     *
     * @param changes at most {@link #MAX_CHANGES}, each of another cell
     * @return the cells that did not hold the expected value, and were left as they are
     * @throws IllegalArgumentException when there are more changes, or two of one cell
     */
    default Set<Cell> compareAndSetAll(TableName table, List<CellChange> changes) {
        requireDistinctCells(changes);
        Set<Cell> refused = new HashSet<>();
        if (changes.isEmpty()) {
            getLatest(table, Set.of(), 0); // refuses a table that does not exist
        }
        for (CellChange change : changes) {
            if (!compareAndSet(table, change.cell(), change.expected(), change.update())) {
                refused.add(change.cell());
            }
        }
        return refused;
    }

    /**
     * Checks what {@link #compareAndSetAll} asks of its changes.
     *
     * @throws IllegalArgumentException when there are more than {@link #MAX_CHANGES}, or two of one cell
     */
    static void requireDistinctCells(List<CellChange> changes) {
        if (changes.size() > MAX_CHANGES) {
            throw new IllegalArgumentException("changes: " + changes.size() + " (expected: 0.." + MAX_CHANGES + ")");
        }
        Set<Cell> cells = new HashSet<>();
        for (CellChange change : changes) {
            if (!cells.add(change.cell())) {
                throw new IllegalArgumentException(
                        "changes: two of cell " + change.cell() + " (expected: one of each cell)");
            }
        }
    }

    /**
     * Removes versions for good. Idempotent: a version that is not there is fine. After an exception some, none or all
     * are removed.
     */
    void deleteVersions(TableName table, Map<Cell, Set<Long>> timestamps);

    /**
     * Removes the versions of each cell from 1 to a timestamp for good, those that the caller has not seen too. For each cell it is
     * one change: where a copy of the data has one of these versions removed by it, it has all of them removed. So a deletion marker
     * can go together with what it hides, and no snapshot of a replica has the one removal without the other. Idempotent. After an
     * exception some, none or all of the cells are done.
     *
     * @param timestampsInclusive the greatest timestamp to remove by cell, &gt;= 1
     */
    void deleteUpTo(TableName table, Map<Cell, Long> timestampsInclusive);

    /**
     * Scans all versions at or below the timestamp, ordered by cell, within a cell by version timestamp from the newest to
     * the oldest. Streams with bounded memory. What was complete when the scan was opened is seen; what is written or
     * deleted later may or may not be.
     *
     * @param atOrBelow upper end for version timestamps, inclusive
     */
    CloseableIterator<CellVersion> scan(TableName table, CellRange range, long atOrBelow);
}
