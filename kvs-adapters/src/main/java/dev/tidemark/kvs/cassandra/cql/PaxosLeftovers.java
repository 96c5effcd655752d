package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Paxos remembers of the tables of a keyspace: for some hours each node knows the last change of each row by Paxos, and hands it
 * to a replica that does not, whenever the row is changed again, even when the table was emptied in between. Cassandra means to drop
 * changes from before that, but 5.0 compares their time in microseconds with one in milliseconds.
 *
 * <p>So every row that a node knows of is changed once more, on all replicas, in a cell that nobody uses and that stays empty. From
 * then on that change is the last one, for each of them. It must be done before tables are emptied, because it completes what others
 * have left. Where tables stay, only rows are changed of which a node knows a proposal that it has not seen applied.
 */
public final class PaxosLeftovers {
    private static final Logger LOG = LoggerFactory.getLogger(PaxosLeftovers.class);
    private static final String ROWS = "SELECT row_key, cf_id, proposal_ballot FROM system.paxos";
    private static final int PROPOSAL_BALLOT = 2;
    private static final String CHANGE =
            "UPDATE %s SET value = null WHERE key = ? AND column1 = ? AND column2 = 0 IF value = null";
    private static final Bytes UNUSED_COLUMN = Bytes.utf8("tidemark");
    private static final List<String> COLUMNS = List.of("key", "column1", "column2", "value");
    private static final int MAX_UNDER_WAY = 64;
    private static final int MAX_PER_ROUND = 10_000;
    private static final int MAX_REMEMBERED = 100_000;

    private final Keyspace keyspace;
    private final CassandraSession session;
    private final Requests requests;
    private final Predicate<Row> isSettled;

    private PaxosLeftovers(CassandraSession session, String keyspace, Predicate<Row> isSettled) {
        this.isSettled = isSettled;
        this.keyspace = new Keyspace(session, keyspace);
        this.session = session;
        this.requests = new Requests(session.retries(), MAX_UNDER_WAY);
    }

    /**
     * Makes the last change of every row known to all replicas, and one that changes nothing; does nothing when there is no such
     * keyspace. Idempotent. For a keyspace that has no clients at the time.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} while a node is down
     */
    public static void settle(CassandraSession session, String keyspace) {
        new PaxosLeftovers(session, keyspace, row -> true).settle();
    }

    /**
     * Completes what clients have left half-done: a node has accepted a change of a row, and does not know whether it was applied.
     * Nobody sees such a change until somebody else changes the row by Paxos, which applies it first: a commit would appear after a
     * clean that has not found it. Idempotent. For a keyspace that has no clients at the time.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} while a node is down
     */
    public static void complete(CassandraSession session, String keyspace) {
        new PaxosLeftovers(session, keyspace, row -> !row.isNull(PROPOSAL_BALLOT)).settle();
    }

    private void settle() {
        Map<UUID, TableName> tables = tables();
        Set<Leftover> known = new HashSet<>();
        long count = 0;
        for (Node node : session.metadata().getNodes().values()) {
            // One that is down has to be asked too, and fails here; the unknown ones, of other data centers, can't be
            // asked.
            if (node.getState() != NodeState.UNKNOWN && !tables.isEmpty()) {
                count += settle(node, tables, known);
            }
        }
        LOG.info("rows of keyspace {} that Paxos remembered or had half agreed, settled: {}", keyspace, count);
    }

    private long settle(Node node, Map<UUID, TableName> tables, Set<Leftover> known) {
        ResultSet rows = session.execute(
                "read what node '" + NodeIds.nameOf(node) + "' knows of Paxos",
                SimpleStatement.newInstance(ROWS).setNode(node));
        Set<Leftover> round = new LinkedHashSet<>();
        long count = 0;
        for (Row row : rows) {
            TableName table = tables.get(row.getUuid(1));
            if (table != null && isSettled.test(row)) {
                Leftover leftover = new Leftover(table, TableScans.bytes(row, 0));
                if (!known.contains(leftover)) {
                    round.add(leftover);
                }
                if (round.size() == MAX_PER_ROUND) {
                    count += change(round, known);
                }
            }
        }
        return count + change(round, known);
    }

    private int change(Set<Leftover> round, Set<Leftover> known) {
        int count = round.size();
        requests.forEach(
                "settle what Paxos remembers of keyspace '" + keyspace + "'",
                round,
                leftover -> session.executeAsync(statement(leftover)),
                (leftover, answer) -> {
                    if (!answer.wasApplied()) {
                        throw new KeyValueStoreException(
                                ErrorCode.STORE_DAMAGED,
                                "row " + leftover.row() + " of table '" + leftover.table() + "' has a value in column '"
                                        + UNUSED_COLUMN.toUtf8() + "' (expected: none, AtlasDB has no such column)",
                                "Find out what the table is for; nothing was changed.");
                    }
                    if (known.size() < MAX_REMEMBERED) {
                        known.add(leftover);
                    }
                });
        round.clear();
        return count;
    }

    private BoundStatement statement(Leftover leftover) {
        PreparedStatement change = keyspace.prepare("settle", CHANGE, leftover.table());
        return change.bind(leftover.row().toBuffer(), UNUSED_COLUMN.toBuffer())
                .setConsistencyLevel(ConsistencyLevel.ALL)
                .setSerialConsistencyLevel(ConsistencyLevel.SERIAL);
    }

    /** Returns AtlasDB's tables by id; AtlasDB has no other ones. */
    private Map<UUID, TableName> tables() {
        Map<UUID, TableName> tables = new HashMap<>();
        session.refreshedMetadata()
                .getKeyspace(CqlIdentifier.fromInternal(keyspace.name()))
                .ifPresent(metadata -> metadata.getTables().values().forEach(table -> {
                    if (isOfAtlasDb(table) && table.getId().isPresent()) {
                        tables.put(
                                table.getId().get(),
                                TableName.of(table.getName().asInternal()));
                    }
                }));
        return tables;
    }

    private static boolean isOfAtlasDb(TableMetadata table) {
        return table.getColumns().keySet().stream()
                .map(CqlIdentifier::asInternal)
                .toList()
                .containsAll(COLUMNS);
    }

    private record Leftover(TableName table, Bytes row) {}
}
