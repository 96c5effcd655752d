package dev.tidemark.kvs.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cassandra.cql.CassandraCells;
import dev.tidemark.kvs.cassandra.cql.CassandraCoordination;
import dev.tidemark.kvs.cassandra.cql.CassandraTransactionTable;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.ring.Jmx;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What nodes that are used again still have of the tables that they had before, besides the tables' files. */
class LeftoversIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    private static final TableName ACCOUNTS = TableName.of("accounts");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));
    private static final Bytes COMMITTED = Bytes.ofHex("0101");
    private static final RestoreId RESTORE = new RestoreId("restore", 1);
    private static final String HINTS = "org.apache.cassandra.hints:type=HintsService";
    private static final String DELIVERED = "org.apache.cassandra.metrics:type=HintsService,name=HintsSucceeded";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int MAX_POLLS = 600;
    private static final int CHANGES = 400;
    private static final int MAX_CHANGES = 10 * CHANGES;

    @TempDir
    private Path directory;

    private AgentStores stores;
    private CassandraCells cells;

    /**
     * H8: tables that were dropped while hints for them, proposals of Paxos and the commit log were left, and that a restore creates
     * again with their ids. In tables that nobody empties all of that would be taken for theirs.
     */
    @Test
    void prepareLoad_nodesHadTablesWithTheSameIds_nothingOfThemComesBack() throws Exception {
        CassandraServers servers = CASSANDRA.servers();
        CassandraServer lost = servers.nodes().get(2);
        try (AgentStores opened = new AgentStores(servers, directory)) {
            stores = opened;
            AgentConnector store = stores.create();
            cells = stores.cells(store.keyspace());
            cells.createTable(ACCOUNTS);
            Map<String, String> schema = store.connect().describe().schema();
            onOthers(lost, "pauseDispatch");
            lost.kill();
            servers.awaitSeenDown(lost);
            new CellTransactionTable(cells, AgentStores.SCHEMAS).propose(7, TransactionState.staging(8));
            cells.put(ACCOUNTS, Map.of(CELL, Bytes.utf8("value")), 5);
            lost.start();
            servers.awaitAllUp();
            long delivered = delivered(servers);

            stores.cql("DROP KEYSPACE \"" + store.keyspace() + "\"");
            assertThat(stores.session().isSchemaAgreed()).isTrue();
            store.prepareLoad(RESTORE, schema);

            onOthers(lost, "resumeDispatch");
            awaitDelivery(servers, delivered);
            assertThat(found(store)).isEmpty();
            CassandraServer killed = servers.nodes().get(0);
            killed.kill();
            killed.start();
            servers.awaitAllUp();
            assertThat(found(store)).isEmpty();
        }
    }

    /**
     * H8: a node dies while it has changes by Paxos half agreed. Nobody sees those, and a clean does not find them; whoever changes
     * their rows next would apply them first.
     */
    @Test
    void prepareClean_changesThatAreHalfAgreed_areThereOrNeverWillBe() throws Exception {
        CassandraServers servers = CASSANDRA.servers();
        try (AgentStores opened = new AgentStores(servers, directory)) {
            stores = opened;
            AgentConnector store = stores.create();
            CassandraCells tables = stores.cells(store.keyspace());
            tables.createTable(ACCOUNTS);
            tables.createTable(CassandraCoordination.TABLE);
            new CellTransactionTable(tables, AgentStores.SCHEMAS).createTables();
            new CassandraCoordination(stores.session(), store.keyspace())
                    .adopt(new CassandraCoordination.Decision(AgentStores.SCHEMAS, Long.MAX_VALUE));
            String table = '"' + store.keyspace() + "\".\"" + ACCOUNTS + '"';
            int rows = 0;
            while (halfAgreed(store.keyspace()) == 0) {
                assertThat(rows).as("changes without one that is half agreed").isLessThan(MAX_CHANGES);
                rows = changeAndKill(servers.nodes().get(0), table, rows);
                servers.nodes().get(0).start();
                servers.awaitAllUp();
            }

            try (StoreCluster cluster = new CassandraCluster(
                    stores.openSession(), store.keyspace(), directory, new AgentSet(List::of), null)) {
                cluster.prepareClean(new TimestampRange(1, 100));
            }

            assertThat(halfAgreed(store.keyspace())).isZero();
            try (CqlSession session = connect(servers.nodes())) {
                PreparedStatement read = session.prepare("SELECT value FROM " + table + " WHERE key = ?");
                PreparedStatement insert = session.prepare(insert(table));
                for (int row = 0; row < rows; row++) {
                    boolean isThere = session.execute(read.bind(key(row)).setConsistencyLevel(ConsistencyLevel.ALL))
                                    .one()
                            != null;
                    boolean isApplied =
                            session.execute(insert.bind(key(row), key(-1))).wasApplied();
                    assertThat(isApplied).as("row " + row).isNotEqualTo(isThere);
                }
            }
        }
    }

    /** Returns the number of changes that were tried so far. */
    private static int changeAndKill(CassandraServer coordinator, String table, int from) {
        try (CqlSession session = connect(List.of(coordinator))) {
            PreparedStatement insert = session.prepare(insert(table));
            List<CompletionStage<AsyncResultSet>> answers = new ArrayList<>();
            for (int row = from; row < from + CHANGES; row++) {
                answers.add(
                        session.executeAsync(insert.bind(key(row), key(row)).setNode(nodeOf(session, coordinator))));
            }
            answers.get(CHANGES / 4).toCompletableFuture().join(); // some are done, and others under way
            coordinator.kill();
        }
        return from + CHANGES;
    }

    private static String insert(String table) {
        return "INSERT INTO " + table + " (key, column1, column2, value) VALUES (?, 0x01, -1, ?) IF NOT EXISTS";
    }

    private static ByteBuffer key(int row) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(0, row);
    }

    /** Returns how many changes of the keyspace some node has accepted and not seen applied. */
    private static int halfAgreed(String keyspace) {
        int count = 0;
        List<CassandraServer> nodes = CASSANDRA.servers().nodes();
        try (CqlSession session = connect(nodes)) {
            UUID table = session.execute("SELECT id FROM system_schema.tables WHERE keyspace_name = '" + keyspace
                            + "' AND table_name = '" + ACCOUNTS + "'")
                    .one()
                    .getUuid(0);
            for (CassandraServer node : nodes) {
                for (Row row :
                        session.execute(SimpleStatement.newInstance("SELECT cf_id, proposal_ballot FROM system.paxos")
                                .setNode(nodeOf(session, node)))) {
                    count += table.equals(row.getUuid(0)) && !row.isNull(1) ? 1 : 0;
                }
            }
        }
        return count;
    }

    private static Node nodeOf(CqlSession session, CassandraServer server) {
        return session.getMetadata().getNodes().values().stream()
                .filter(node -> server.cql().equals(node.getEndPoint().resolve()))
                .findFirst()
                .orElseThrow();
    }

    private static CqlSession connect(List<CassandraServer> nodes) {
        return CqlSession.builder()
                .addContactPoints(nodes.stream().map(CassandraServer::cql).toList())
                .withLocalDatacenter(CASSANDRA.servers().localDatacenter())
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(60))
                        .build())
                .build();
    }

    /** A lightweight transaction comes first, which completes what another has left. */
    private List<Object> found(AgentConnector store) {
        List<Object> found = new ArrayList<>();
        TransactionsEncoding encoding = TransactionsEncoding.ofSchema(3);
        if (cells.compareAndSet(encoding.table(), encoding.cellOf(7), COMMITTED, COMMITTED)) {
            found.add(COMMITTED);
        }
        TransactionTable all =
                CassandraTransactionTable.ofAllReplicas(stores.session(), store.keyspace(), AgentStores.SCHEMAS);
        for (TransactionTable.Part part : all.split(new TimestampRange(1, 100), 1)) {
            try (CloseableIterator<TransactionEntry> scan = all.scan(part)) {
                scan.forEachRemaining(found::add);
            }
        }
        found.addAll(cells.getLatest(ACCOUNTS, Set.of(CELL), 100).values());
        try (CloseableIterator<CellVersion> scan = cells.scan(ACCOUNTS, CellRange.all(), 100)) {
            scan.forEachRemaining(found::add);
        }
        return found;
    }

    private static void onOthers(CassandraServer lost, String operation) throws Exception {
        for (CassandraServer server : CASSANDRA.servers().nodes()) {
            if (server != lost) {
                try (JMXConnector connector = Jmx.connect(server)) {
                    connector
                            .getMBeanServerConnection()
                            .invoke(new ObjectName(HINTS), operation, new Object[0], new String[0]);
                }
            }
        }
    }

    private static void awaitDelivery(CassandraServers servers, long before) throws Exception {
        for (int poll = 0; delivered(servers) == before; poll++) {
            assertThat(poll).as("polls for hints").isLessThan(MAX_POLLS);
            Sleeper.system().sleep(POLL);
        }
    }

    private static long delivered(CassandraServers servers) throws Exception {
        long delivered = 0;
        for (CassandraServer server : servers.nodes()) {
            try (JMXConnector connector = Jmx.connect(server)) {
                MBeanServerConnection beans = connector.getMBeanServerConnection();
                ObjectName count = new ObjectName(DELIVERED); // not there before the node has had a hint
                delivered += beans.isRegistered(count) ? (Long) beans.getAttribute(count, "Count") : 0;
            }
        }
        return delivered;
    }
}
