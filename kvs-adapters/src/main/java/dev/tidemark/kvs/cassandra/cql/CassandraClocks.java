package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.TransactionTable.Part;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Compares the clocks of a cluster with those that its entries were written by. Paxos writes at the wall clock of the node that is
 * asked. An entry that was restored from a cluster whose clock was ahead can't be replaced before this cluster's clock has passed
 * it: Paxos would say that it was, and the older value would still be seen. Thread-safe.
 */
public final class CassandraClocks {
    /** What nodes of one cluster differ by, and what is worth waiting for. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private static final Map<TableName, Bytes> DECISIONS = Map.of(
            CassandraCoordination.TABLE, CassandraCoordination.ROW,
            CassandraTimestampBound.TABLE, CassandraTimestampBound.ROW);

    private final Keyspace keyspace;
    private final TransactionsSchemaMap schemas;

    /**
     * Creates access to the entries of a keyspace.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when Cassandra has no keyspaces of this name
     */
    public CassandraClocks(CassandraSession session, String keyspace, TransactionsSchemaMap schemas) {
        this.keyspace = new Keyspace(session, keyspace);
        this.schemas = schemas;
    }

    /**
     * Makes sure that the clock of every node that is up has passed everything that Paxos has written: the entries, the decision on
     * schemas and the bound of the timestamps. Waits for a clock that is behind by 10 s or less.
     *
     * @param starts interval of start timestamps whose entries may be replaced
     * @throws KeyValueStoreException {@link ErrorCode#CLOCK_BEHIND} when the clock of a node is further behind,
     *     {@link ErrorCode#STORE_UNAVAILABLE} when a node does not answer
     */
    public void requireAhead(TimestampRange starts) {
        Optional<Instant> newest = newest(newestWrite(starts), newestDecision());
        if (newest.isEmpty()) {
            return;
        }
        Duration behind = longestLag(newest.get());
        if (!behind.isNegative() && behind.compareTo(MAX_WAIT) <= 0) {
            keyspace.session().retries().pause(behind.plusMillis(1));
        }
        requireAhead(newest.get());
    }

    private void requireAhead(Instant newest) {
        SortedMap<String, Instant> behind = clocks();
        behind.values().removeIf(clock -> clock.isAfter(newest));
        if (!behind.isEmpty()) {
            String nodes = behind.entrySet().stream()
                    .map(node -> "'" + node.getKey() + "' by "
                            + Duration.between(node.getValue(), newest).toMillis() + " ms")
                    .collect(Collectors.joining(", "));
            throw new KeyValueStoreException(
                    ErrorCode.CLOCK_BEHIND,
                    "the clocks of nodes are behind what keyspace '" + keyspace + "' holds: " + nodes
                            + " (expected: later than " + newest + ", when its newest entry was written)",
                    "Set the clocks of these nodes right, or wait until they have passed that time, then run "
                            + "'tidemark resume'.");
        }
    }

    private Duration longestLag(Instant newest) {
        return clocks().values().stream()
                .map(clock -> Duration.between(clock, newest))
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> new KeyValueStoreException(
                        ErrorCode.STORE_UNAVAILABLE, "no node is up", "Start the nodes, then try again."));
    }

    /**
     * Returns when the newest of the entries was written that Paxos has written, by the clock of whoever did it. Reads all of them,
     * from all replicas.
     *
     * @param starts interval of start timestamps
     * @return empty when there is none
     */
    Optional<Instant> newestWrite(TimestampRange starts) {
        Optional<Instant> newest = Optional.empty();
        for (TimestampRange range : schemas.oneVersionEach(starts)) {
            TransactionsEncoding encoding = TransactionsEncoding.ofSchema(schemas.versionAt(range.lower()));
            TableScans scans = new TableScans(keyspace, encoding.table(), ConsistencyLevel.ALL).withWriteTimes();
            EntryQueries queries = new EntryQueries(keyspace, new Part(range, 0, 1));
            newest = newest(
                    newest,
                    newest(
                            scans,
                            queries.of(scans, encoding, range),
                            row -> isOf(range, encoding, row) ? TableScans.writeTime(row) : Long.MIN_VALUE));
        }
        return newest;
    }

    private Optional<Instant> newestDecision() {
        Set<TableName> tables = keyspace.tables();
        Optional<Instant> newest = Optional.empty();
        for (Map.Entry<TableName, Bytes> decision : DECISIONS.entrySet()) {
            if (tables.contains(decision.getKey())) {
                TableScans scans = new TableScans(keyspace, decision.getKey(), ConsistencyLevel.ALL).withWriteTimes();
                newest = newest(
                        newest,
                        newest(
                                scans,
                                scans.ofRange(CellRange.row(decision.getValue()))
                                        .iterator(),
                                TableScans::writeTime));
            }
        }
        return newest;
    }

    private Optional<Instant> newest(
            TableScans scans, Iterator<BoundStatement> queries, ToLongFunction<Row> writeTime) {
        long newest = Long.MIN_VALUE;
        try (PagedRows rows = new PagedRows(keyspace.session(), scans.what(), queries)) {
            while (rows.hasNext()) {
                Row row = rows.next();
                if (TableScans.version(row) != null) {
                    newest = Math.max(newest, writeTime.applyAsLong(row));
                }
            }
        }
        return newest == Long.MIN_VALUE ? Optional.empty() : Optional.of(Instant.EPOCH.plus(newest, ChronoUnit.MICROS));
    }

    private static Optional<Instant> newest(Optional<Instant> one, Optional<Instant> other) {
        return one.isPresent() && other.isPresent()
                ? Optional.of(one.get().isAfter(other.get()) ? one.get() : other.get())
                : one.or(() -> other);
    }

    /** Asks every node that is up what time it is. */
    private SortedMap<String, Instant> clocks() {
        CassandraSession session = keyspace.session();
        SortedMap<String, Instant> clocks = new TreeMap<>();
        for (Node node : session.metadata().getNodes().values()) {
            if (node.getState() == NodeState.UP) {
                String name = NodeIds.nameOf(node);
                clocks.put(
                        name,
                        session.execute(
                                        "ask node '" + name + "' for the time",
                                        SimpleStatement.newInstance("SELECT toTimestamp(now()) FROM system.local")
                                                .setNode(node))
                                .one()
                                .getInstant(0));
            }
        }
        return clocks;
    }

    private static boolean isOf(TimestampRange range, TransactionsEncoding encoding, Row row) {
        CellVersion version = TableScans.version(row);
        return version.timestamp() == 0
                && range.contains(encoding.startTimestampOf(version.cell()))
                && TableScans.writeTime(row) < TwoPhaseWrites.DECIDED_TIMESTAMP;
    }
}
