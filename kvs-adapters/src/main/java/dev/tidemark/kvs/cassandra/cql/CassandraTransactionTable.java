package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.Tickets;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The transactions tables of one keyspace, in one or several of AtlasDB's schemas. Which schema applies to a start timestamp
 * comes from the map alone, never from the bytes. Scans and aborts are fit for a restore, see {@link EntryScan} and
 * {@link EntryAborts}. Thread-safe.
 */
public final class CassandraTransactionTable implements TransactionTable {
    private final Keyspace keyspace;
    private final TransactionsSchemaMap schemas;
    private final ConsistencyLevel readLevel;
    private final EntryAborts aborts;

    private CassandraTransactionTable(
            CassandraSession session, String keyspace, TransactionsSchemaMap schemas, ConsistencyLevel readLevel) {
        this.keyspace = new Keyspace(session, keyspace);
        this.schemas = schemas;
        this.readLevel = readLevel;
        this.aborts = new EntryAborts(this.keyspace, schemas);
    }

    /**
     * Returns access that reads all replicas, for cleaning: an entry that is on one of them is not missed. Fails while a node is
     * down.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when Cassandra has no keyspaces of this name
     */
    public static CassandraTransactionTable ofAllReplicas(
            CassandraSession session, String keyspace, TransactionsSchemaMap schemas) {
        return new CassandraTransactionTable(session, keyspace, schemas, ConsistencyLevel.ALL);
    }

    /**
     * Returns access that reads single entries from a quorum of the replicas, for looking at a store that is alive. A scan asks all
     * replicas, and an abort reaches them, all the same.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when Cassandra has no keyspaces of this name
     */
    public static CassandraTransactionTable ofQuorum(
            CassandraSession session, String keyspace, TransactionsSchemaMap schemas) {
        return new CassandraTransactionTable(session, keyspace, schemas, ConsistencyLevel.QUORUM);
    }

    @Override
    public List<Part> split(TimestampRange starts, int maxParts) {
        if (maxParts < 1) {
            throw new IllegalArgumentException("maxParts: " + maxParts + " (expected: >= 1)");
        }
        List<TimestampRange> ranges = schemas.oneVersionEach(starts);
        if (ranges.size() >= maxParts) {
            return List.of(new Part(starts, 0, 1));
        }
        int partsPerRange = maxParts / ranges.size();
        List<Part> parts = new ArrayList<>();
        for (TimestampRange range : ranges) {
            boolean isTickets = encodingAt(range.lower()).table().equals(Tickets.TABLE);
            if (!isTickets && isOrdered()) {
                range.cut(partsPerRange).forEach(piece -> parts.add(new Part(piece, 0, 1)));
                continue;
            }
            int slices = isTickets ? Math.min(partsPerRange, Tickets.ROWS_PER_QUANTUM) : partsPerRange;
            for (int slice = 0; slice < slices; slice++) {
                parts.add(new Part(range, slice, slices));
            }
        }
        return parts;
    }

    @Override
    public CloseableIterator<TransactionEntry> scan(Part part) {
        EntryScan scan = new EntryScan(keyspace, schemas, ConsistencyLevel.ALL, part);
        return new CloseableIterator<>() {
            @Override
            public boolean hasNext() {
                return withTables(scan::hasNext);
            }

            @Override
            public TransactionEntry next() {
                return withTables(scan::next);
            }

            @Override
            public void close() {
                scan.close();
            }
        };
    }

    @Override
    public Optional<TransactionState> read(long startTimestamp) {
        return withTables(() -> Optional.ofNullable(new EntryReads(keyspace, readLevel)
                .read(encodingAt(startTimestamp), List.of(startTimestamp))
                .get(startTimestamp)));
    }

    @Override
    public boolean abort(TransactionEntry seen) {
        return abortAll(List.of(seen)).isEmpty();
    }

    /**
     * {@inheritDoc}
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} while a node is down; {@link ErrorCode#CLOCK_BEHIND}
     *     when an abort has no effect, because the entry was written by a clock that is ahead of the cluster's
     */
    @Override
    public List<TransactionEntry> abortAll(List<TransactionEntry> seen) {
        requireDistinct(seen);
        Set<TransactionEntry> changed = withTables(() -> aborts.abortAll(seen));
        return changed.isEmpty()
                ? List.of()
                : seen.stream().filter(changed::contains).toList();
    }

    private boolean isOrdered() {
        return keyspace.session().facts().partitioner() == Partitioner.ORDERED;
    }

    private TransactionsEncoding encodingAt(long startTimestamp) {
        return TransactionsEncoding.ofSchema(schemas.versionAt(startTimestamp));
    }

    private static void requireDistinct(List<TransactionEntry> seen) {
        if (seen.size() > CellStore.MAX_CHANGES) {
            throw new IllegalArgumentException(
                    "seen: " + seen.size() + " entries (expected: 0.." + CellStore.MAX_CHANGES + ")");
        }
        Set<Long> starts = new HashSet<>();
        for (TransactionEntry entry : seen) {
            if (!starts.add(entry.startTimestamp())) {
                throw new IllegalArgumentException(
                        "seen: two entries of transaction " + entry.startTimestamp() + " (expected: one)");
            }
        }
    }

    /** A transactions table that is missing is not an empty one. */
    private static <T> T withTables(Supplier<T> action) {
        try {
            return action.get();
        } catch (KeyValueStoreException e) {
            if (e.code() == ErrorCode.UNKNOWN_TABLE) {
                throw new KeyValueStoreException(
                        ErrorCode.STORE_DAMAGED,
                        "a transactions table is missing: " + e.getMessage(),
                        "Check that the keyspace is the right one; without this table nothing in it can be trusted.",
                        e);
            }
            throw e;
        }
    }

    @Override
    public String toString() {
        return "CassandraTransactionTable[" + keyspace + ", " + schemas.firstTimestampToVersion() + "]";
    }
}
