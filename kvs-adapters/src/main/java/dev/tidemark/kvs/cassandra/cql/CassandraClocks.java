package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.TransactionTable.Part;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Compares the clocks of a cluster with those that its entries were written by. Paxos writes at the wall clock of the node that is
 * asked. An entry that was restored from a cluster whose clock was ahead can't be replaced before this cluster's clock has passed
 * it: Paxos would say that it was, and the older value would still be seen. Thread-safe.
 */
public final class CassandraClocks {
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
     * Returns when the newest of the entries was written that Paxos has written, by the clock of whoever did it. Reads all of them,
     * from all replicas.
     *
     * @param starts interval of start timestamps
     * @return empty when there is none
     */
    public Optional<Instant> newestWrite(TimestampRange starts) {
        long newest = Long.MIN_VALUE;
        for (TimestampRange range : schemas.oneVersionEach(starts)) {
            TransactionsEncoding encoding = TransactionsEncoding.ofSchema(schemas.versionAt(range.lower()));
            TableScans scans = new TableScans(keyspace, encoding.table(), ConsistencyLevel.ALL).withWriteTimes();
            EntryQueries queries = new EntryQueries(keyspace, new Part(range, 0, 1));
            try (PagedRows rows = new PagedRows(keyspace.session(), scans.what(), queries.of(scans, encoding, range))) {
                while (rows.hasNext()) {
                    newest = Math.max(newest, paxosWriteTime(rows.next(), encoding, range));
                }
            }
        }
        return newest == Long.MIN_VALUE ? Optional.empty() : Optional.of(Instant.EPOCH.plus(newest, ChronoUnit.MICROS));
    }

    /**
     * Asks every node that is up what time it is.
     *
     * @return the earliest answer
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when a node does not answer
     */
    public Instant slowestClock() {
        CassandraSession session = keyspace.session();
        return session.metadata().getNodes().values().stream()
                .filter(node -> node.getState() == NodeState.UP)
                .map(node -> now(session, node))
                .min(Instant::compareTo)
                .orElseThrow(() -> new KeyValueStoreException(
                        ErrorCode.STORE_UNAVAILABLE, "no node is up", "Start the nodes, then try again."));
    }

    private static Instant now(CassandraSession session, Node node) {
        return session.execute(
                        "ask node '" + NodeIds.nameOf(node) + "' for the time",
                        SimpleStatement.newInstance("SELECT toTimestamp(now()) FROM system.local")
                                .setNode(node))
                .one()
                .getInstant(0);
    }

    private static long paxosWriteTime(Row row, TransactionsEncoding encoding, TimestampRange range) {
        CellVersion version = TableScans.version(row);
        if (version == null
                || version.timestamp() != 0
                || !range.contains(encoding.startTimestampOf(version.cell()))
                || TableScans.writeTime(row) >= TwoPhaseWrites.DECIDED_TIMESTAMP) {
            return Long.MIN_VALUE;
        }
        return TableScans.writeTime(row);
    }
}
