package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellChange;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The cells of one keyspace, in AtlasDB's layout and with its consistency levels and write timestamps, so that AtlasDB and this
 * class can work on the same tables, and everything that a restore has to cope with is there:
 *
 * <ul>
 *   <li>A version is written at its own version timestamp, at a quorum of every data center, and read at a local quorum.
 *   <li>A deletion of versions is written at the timestamp of the newest one that it removes, on all replicas: it hides what was
 *       written at or below that timestamp and nothing above. So a version that was deleted stays deleted; to put it again has
 *       no effect.
 *   <li>Put-unless-exists and compare-and-set are lightweight transactions: Paxos decides, at the wall clock of the node
 *       that is asked.
 *   <li>An entry of transactions schema 3 that is final is written once more after Paxos has decided, at a fixed timestamp above
 *       every clock, see {@link TwoPhaseWrites}.
 * </ul>
 *
 * <p>A row has 1..65535 bytes, a column at most as many. Names of tables are those of Cassandra: 1 to 48 of letters, digits and underscores. A put or a
 * deletion of what Cassandra can't hold is refused with {@link ErrorCode#INVALID_INPUT}; nothing is found there.
 *
 * <p>Scans are in the order of the cells. An ordered ring gives them so. Another one gives rows in the order of their hashes: they
 * are sorted before the first one is returned, in files when they are many, see {@link SortedVersions}. Thread-safe.
 */
public final class CassandraCells implements CellStore {
    private static final int MAX_KEY_BYTES = 65_535;
    private static final int MAX_UNDER_WAY = 128;
    private static final long SORTED_RUN_BYTES = 32 << 20;

    private static final String PUT =
            "INSERT INTO %s (key, column1, column2, value) VALUES (?, ?, ?, ?) USING TIMESTAMP ?";
    private static final String GET_LATEST =
            "SELECT column2, value FROM %s WHERE key = ? AND column1 = ? AND column2 >= ? LIMIT 1";
    private static final String DELETE_VERSION =
            "DELETE FROM %s USING TIMESTAMP ? WHERE key = ? AND column1 = ? AND column2 = ?";
    private static final String DELETE_ATOMIC =
            "DELETE FROM %s WHERE key = ? AND column1 = ? AND column2 = -1 IF EXISTS";
    private static final String DELETE_UP_TO =
            "DELETE FROM %s USING TIMESTAMP ? WHERE key = ? AND column1 = ? AND column2 >= ? AND column2 <= -2";
    /** Versions above the timestamp and the value at timestamp 0 were written above it as well, so this spares them. */
    private static final String DELETE_UP_TO_BEFORE_3 =
            "DELETE FROM %s USING TIMESTAMP ? WHERE key = ? AND column1 = ?";

    private final CassandraSession session;
    private final Keyspace keyspace;
    private final TableStorage storage;
    private final Path scratchDirectory;
    private final TwoPhaseWrites twoPhase;
    private final Requests requests;

    /**
     * Creates access to the cells.
     *
     * @param schemas which transactions schemas apply; decides how entries of the transactions tables are written
     * @param storage the layout of tables that are created
     * @param scratchDirectory where large scans are sorted when the ring is not ordered
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when Cassandra has no keyspaces of this name
     */
    public CassandraCells(
            CassandraSession session,
            String keyspace,
            TransactionsSchemaMap schemas,
            TableStorage storage,
            Path scratchDirectory) {
        this.session = session;
        this.keyspace = new Keyspace(session, keyspace);
        this.storage = storage;
        this.scratchDirectory = scratchDirectory;
        this.twoPhase = new TwoPhaseWrites(this.keyspace, schemas);
        this.requests = new Requests(session.retries(), MAX_UNDER_WAY);
    }

    @Override
    public void createTable(TableName table) {
        session.change(keyspace.what("create", table), TableLayout.createTable(keyspace, table, storage));
    }

    @Override
    public Set<TableName> tables() {
        return keyspace.tables();
    }

    @Override
    public Map<Cell, Version> getLatest(TableName table, Set<Cell> cells, long atOrBelow) {
        PreparedStatement select = keyspace.prepare("read from", GET_LATEST, table);
        Map<Cell, Version> found = new HashMap<>();
        requests.forEach(
                keyspace.what("read from", table),
                cells.stream().filter(CassandraCells::canBeThere).toList(),
                cell -> session.executeAsync(
                        select.bind(cell.row().toBuffer(), cell.column().toBuffer(), ~atOrBelow)
                                .setConsistencyLevel(ConsistencyLevel.LOCAL_QUORUM)
                                .setIdempotent(true)),
                (cell, answer) -> {
                    Row row = answer.one();
                    if (row != null && row.getBytesUnsafe(1) != null) {
                        found.put(cell, new Version(~row.getLong(0), TableScans.bytes(row, 1)));
                    }
                });
        return found;
    }

    @Override
    public void put(TableName table, Map<Cell, Bytes> values, long timestamp) {
        if (timestamp <= 0) {
            throw new IllegalArgumentException("timestamp: " + timestamp + " (expected: > 0)");
        }
        values.keySet().forEach(CassandraCells::requireCell);
        PreparedStatement insert = keyspace.prepare("write to", PUT, table);
        ConsistencyLevel level = keyspace.writeLevel();
        requests.forEach(
                keyspace.what("write to", table),
                values.entrySet(),
                entry -> session.executeAsync(insert.bind(
                                entry.getKey().row().toBuffer(),
                                entry.getKey().column().toBuffer(),
                                ~timestamp,
                                entry.getValue().toBuffer(),
                                timestamp)
                        .setConsistencyLevel(level)
                        .setIdempotent(true)),
                (entry, answer) -> {});
    }

    @Override
    public Optional<Bytes> putUnlessExists(TableName table, Cell cell, Bytes value) {
        requireCell(cell);
        Optional<Bytes> found = new AtomicTable(keyspace, table).putUnlessExists(cell, value);
        if (found.isEmpty()) {
            twoPhase.afterPut(table, cell, value);
        }
        return found;
    }

    @Override
    public boolean compareAndSet(TableName table, Cell cell, Bytes expected, Bytes update) {
        return compareAndSetAll(table, List.of(new CellChange(cell, expected, update)))
                .isEmpty();
    }

    /** Each change is a lightweight transaction of its own. Those whose answer is lost are looked at one by one. */
    @Override
    public Set<Cell> compareAndSetAll(TableName table, List<CellChange> changes) {
        CellStore.requireDistinctCells(changes);
        AtomicTable atomic = new AtomicTable(keyspace, table);
        if (changes.isEmpty()) {
            getLatest(table, Set.of(), 0); // refuses a table that does not exist
        }
        Set<Cell> refused = new HashSet<>();
        Requests.Unfinished<CellChange> unfinished = requests.forEachOnce(
                keyspace.what("write to", table),
                changes.stream().filter(change -> canBeThere(change.cell())).toList(),
                change -> session.executeAsync(atomic.replacement(change.cell(), change.expected(), change.update())),
                (change, answer) -> {
                    if (!answer.wasApplied()) {
                        refused.add(change.cell());
                    }
                });
        for (CellChange change : unfinished.failed()) {
            if (!atomic.compareAndSetAfter(unfinished.failure(), change.cell(), change.expected(), change.update())) {
                refused.add(change.cell());
            }
        }
        for (CellChange change : unfinished.unsent()) {
            if (!atomic.compareAndSet(change.cell(), change.expected(), change.update())) {
                refused.add(change.cell());
            }
        }
        changes.forEach(change -> {
            if (!canBeThere(change.cell())) {
                refused.add(change.cell());
            } else if (!refused.contains(change.cell())) {
                twoPhase.afterReplacement(table, change.cell(), change.update());
            }
        });
        return refused;
    }

    @Override
    public void deleteVersions(TableName table, Map<Cell, Set<Long>> timestamps) {
        PreparedStatement delete = keyspace.prepare("delete from", DELETE_VERSION, table);
        List<CellTimestamp> versions = timestamps.entrySet().stream()
                .filter(entry -> canBeThere(entry.getKey()))
                .flatMap(entry ->
                        entry.getValue().stream().map(timestamp -> new CellTimestamp(entry.getKey(), timestamp)))
                .toList();
        deleteAtomic(
                table,
                versions.stream().filter(version -> version.timestamp() == 0).toList());
        requests.forEach(
                keyspace.what("delete from", table),
                versions.stream().filter(version -> version.timestamp() != 0).toList(),
                version -> session.executeAsync(deletion(delete.bind(
                        version.timestamp(),
                        version.cell().row().toBuffer(),
                        version.cell().column().toBuffer(),
                        ~version.timestamp()))),
                (version, answer) -> {});
    }

    /** The only deletion that hides what Paxos has written is one by Paxos. */
    private void deleteAtomic(TableName table, List<CellTimestamp> versions) {
        if (versions.isEmpty()) {
            return;
        }
        versions.forEach(version -> twoPhase.requireDeletable(table, version.cell()));
        AtomicTable atomic = new AtomicTable(keyspace, table);
        PreparedStatement delete = keyspace.prepare("delete from", DELETE_ATOMIC, table);
        RuntimeException failure = requests.forEachOnce(
                        keyspace.what("delete from", table),
                        versions,
                        version -> session.executeAsync(atomic.lightweight(delete.bind(
                                version.cell().row().toBuffer(),
                                version.cell().column().toBuffer()))),
                        (version, answer) -> {})
                .failure();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void deleteUpTo(TableName table, Map<Cell, Long> timestampsInclusive) {
        boolean isBefore3 = session.facts().isBefore3();
        PreparedStatement delete =
                keyspace.prepare("delete from", isBefore3 ? DELETE_UP_TO_BEFORE_3 : DELETE_UP_TO, table);
        requests.forEach(
                keyspace.what("delete from", table),
                timestampsInclusive.entrySet().stream()
                        .filter(entry -> canBeThere(entry.getKey()))
                        .toList(),
                entry -> {
                    BoundStatement statement = delete.bind()
                            .setLong(0, entry.getValue())
                            .setByteBuffer(1, entry.getKey().row().toBuffer())
                            .setByteBuffer(2, entry.getKey().column().toBuffer());
                    return session.executeAsync(
                            deletion(isBefore3 ? statement : statement.setLong(3, ~entry.getValue())));
                },
                (entry, answer) -> {});
    }

    @Override
    public CloseableIterator<CellVersion> scan(TableName table, CellRange range, long atOrBelow) {
        TableScans scans = new TableScans(keyspace, table, ConsistencyLevel.LOCAL_QUORUM);
        boolean isOrdered = session.facts().partitioner() == Partitioner.ORDERED
                || TableScans.isOneRow(range)
                || TableScans.isEmpty(range);
        List<BoundStatement> statements = isOrdered ? scans.ofRange(range) : List.of(scans.ofRing(0, 1));
        VersionsInRange versions =
                new VersionsInRange(new PagedRows(session, scans.what(), statements.iterator()), range, atOrBelow);
        return isOrdered ? versions : SortedVersions.sort(versions, scratchDirectory, SORTED_RUN_BYTES);
    }

    private static BoundStatement deletion(BoundStatement statement) {
        return statement.setConsistencyLevel(ConsistencyLevel.ALL).setIdempotent(true);
    }

    private static void requireCell(Cell cell) {
        if (!canBeThere(cell)) {
            throw new KeyValueStoreException(
                    ErrorCode.INVALID_INPUT,
                    "cell with a row of " + cell.row().length() + " and a column of "
                            + cell.column().length() + " bytes (expected: a row of 1.." + MAX_KEY_BYTES
                            + ", a column of 0.." + MAX_KEY_BYTES + ")",
                    "Choose another name for the row or the column.");
        }
    }

    private static boolean canBeThere(Cell cell) {
        return !cell.row().isEmpty()
                && cell.row().length() <= MAX_KEY_BYTES
                && cell.column().length() <= MAX_KEY_BYTES;
    }

    /** Where a version is. */
    private record CellTimestamp(Cell cell, long timestamp) {
        CellTimestamp {
            if (timestamp < 0) {
                throw new IllegalArgumentException("timestamp: " + timestamp + " (expected: >= 0)");
            }
        }
    }
}
