package dev.tidemark.cli.demo;

import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.cql.CassandraCells;
import dev.tidemark.kvs.cassandra.cql.CassandraCoordination;
import dev.tidemark.kvs.cassandra.cql.CassandraSchema;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CassandraTransactionTable;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.cql.TableStorage;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.Transaction;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transaction.VisibleCells;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.NamespaceOracle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The workload's application on a keyspace of a Cassandra cluster, with clients and a sweeper on threads of their own. */
public final class CassandraBank implements AutoCloseable {
    private final WorkloadSettings settings;
    private final TransactionsSchemaMap schemas;
    private final CassandraSession session;
    private final String keyspace;
    private final CassandraCells cells;
    private final ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
    private final TransactionalStore transactions;
    private final TransferHistory history = new TransferHistory();
    private final Workload workload;
    private Straddler straddler;
    private Transaction reader;

    private CassandraBank(
            CassandraSession session,
            String keyspace,
            TransactionsSchemaMap schemas,
            NamespaceOracle oracle,
            WorkloadSettings settings,
            Path scratch,
            int firstClient) {
        this.session = session;
        this.keyspace = keyspace;
        this.schemas = schemas;
        this.settings = settings;
        this.cells = new CassandraCells(session, keyspace, schemas, TableStorage.COMPACT, scratch);
        this.transactions = new TransactionalStore(
                cells, schemas, oracle, TransactionSeams.system(tasks), TransactionOptions.defaults());
        this.workload =
                new Workload(transactions, settings, history, firstClient, MonotonicClock.system(), Sleeper.system());
    }

    /** Opens the application on a keyspace that is there. */
    public static CassandraBank open(
            CassandraServers servers,
            String keyspace,
            int schema,
            NamespaceOracle oracle,
            WorkloadSettings settings,
            Path scratch) {
        return new CassandraBank(
                connect(servers), keyspace, TransactionsSchemaMap.always(schema), oracle, settings, scratch, 1_000);
    }

    /** Creates keyspace, tables and first content. */
    public static CassandraBank create(
            CassandraServers servers,
            String keyspace,
            int schema,
            NamespaceOracle oracle,
            WorkloadSettings settings,
            Path scratch) {
        CassandraSession session = connect(servers);
        TransactionsSchemaMap schemas = TransactionsSchemaMap.always(schema);
        new CassandraSchema(session, keyspace)
                .createKeyspace(Map.of(
                        servers.localDatacenter(), Math.min(3, servers.nodes().size())));
        CassandraCells cells = new CassandraCells(session, keyspace, schemas, TableStorage.COMPACT, scratch);
        cells.createTable(CassandraCoordination.TABLE);
        new CassandraCoordination(session, keyspace).adopt(new CassandraCoordination.Decision(schemas, Long.MAX_VALUE));
        new StoreMetadata(cells).initialise(schemas);
        CassandraBank bank = new CassandraBank(session, keyspace, schemas, oracle, settings, scratch, 1);
        bank.workload.setUp();
        return bank;
    }

    /** Drops the keyspace. */
    public static void drop(CassandraServers servers, String keyspace) {
        execute(servers, "DROP KEYSPACE \"" + keyspace + '"');
    }

    /** Drops the table in which Tidemark's sweeper says how far it has got. */
    public static void dropMetadata(CassandraServers servers, String keyspace) {
        execute(servers, "DROP TABLE \"" + keyspace + "\".\"" + StoreMetadata.TABLE.name() + '"');
    }

    private static void execute(CassandraServers servers, String statement) {
        try (CqlSession session = CqlSession.builder()
                .addContactPoint(servers.nodes().get(0).cql())
                .withLocalDatacenter(servers.localDatacenter())
                .build()) {
            session.execute(SimpleStatement.newInstance(statement).setTimeout(Duration.ofMinutes(1)));
        }
    }

    private static CassandraSession connect(CassandraServers servers) {
        CqlSettings settings = CqlSettings.of(
                        servers.nodes().stream().map(CassandraServer::cql).toList(), servers.localDatacenter())
                .withRequestTimeout(Duration.ofSeconds(60));
        return CassandraSession.open(settings, Sleeper.system());
    }

    /** Starts the clients. */
    public void start() {
        workload.start();
    }

    /** Stops the clients. */
    public void stop() {
        workload.close();
    }

    /** Waits until the clients have made so many transactions more. */
    public void awaitMore(int count) {
        long until = workload.transactions() + count;
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> workload.transactions() >= until);
    }

    /** Keeps the sweeper from everything that is visible from now on, until the bank is closed. */
    public void keepHistory() {
        reader = transactions.begin();
    }

    /** Begins a transaction that stays open. */
    public void beginStraddler() {
        straddler = Straddler.begin(transactions, settings, history, 0);
    }

    /** Commits the transaction that was left open. */
    public void commitStraddler() {
        straddler.commit();
    }

    /** Reads what is visible at a timestamp. */
    public WorkloadState stateAt(long timestamp) {
        return WorkloadState.read(
                VisibleCells.at(timestamp, cells, CassandraTransactionTable.ofAllReplicas(session, keyspace, schemas)));
    }

    /** Reads the balances that are visible at a timestamp; needs no other table than theirs and those of transactions. */
    public Map<Long, Long> balancesAt(long timestamp) {
        return WorkloadState.numbers(
                VisibleCells.at(timestamp, cells, CassandraTransactionTable.ofAllReplicas(session, keyspace, schemas)),
                WorkloadTables.ACCOUNTS);
    }

    /** Returns the names of the tables that are not of the protocol. */
    public Set<String> tables() {
        return cells.tables().stream()
                .filter(table -> !table.isInternal())
                .map(TableName::name)
                .collect(Collectors.toSet());
    }

    /** Returns what the clients were told. */
    public TransferHistory history() {
        return history;
    }

    /**
     * Returns what went wrong for clients or sweeper and should not have: on a slow cluster a transaction meets another one once
     * too often, and Paxos now and then does not know in time what became of a write.
     */
    public List<String> errors() {
        return workload.errors().stream()
                .filter(error -> !error.contains(ErrorCode.TRANSACTION_CONFLICT.name())
                        && !error.contains(ErrorCode.STORE_UNAVAILABLE.name()))
                .toList();
    }

    @Override
    public void close() {
        workload.close();
        if (reader != null) {
            reader.close();
        }
        transactions.close();
        tasks.close();
        session.close();
    }
}
