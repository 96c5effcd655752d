package dev.tidemark.coordinator.engine;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.namespace.NamespaceSetup;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.rewind.RewindReport;
import dev.tidemark.coordinator.rewind.RewindRequest;
import dev.tidemark.coordinator.rewind.UndoReport;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.transaction.CellValue;
import dev.tidemark.kvs.transaction.SweepOptions;
import dev.tidemark.kvs.transaction.Transaction;
import dev.tidemark.kvs.transaction.TransactionEvents;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Everything around the engine on one thread in virtual time: a store of several nodes in memory, an oracle, an archive in
 * memory, coordinators that can die, and a history of what each transaction wrote, to compare with.
 */
final class World implements AutoCloseable {
    static final String NAMESPACE = "orders";
    static final TableName TABLE = TableName.of("items");
    static final Bytes COLUMN = Bytes.utf8("v");

    final VirtualTime time = new VirtualTime();
    final Random random;
    final InMemoryObjectStore objects = new InMemoryObjectStore();
    final InMemoryStore store;
    final NavigableMap<Long, Map<String, String>> history = new TreeMap<>();
    final Archive archive;
    private final InMemoryOptions options;
    private final TransactionsSchemaMap schemas;
    private InMemoryBoundStore bounds = new InMemoryBoundStore();
    private PeriodicTasks oracleProcess = time.process();
    private TimestampOracles oracles;
    private PeriodicTasks clientProcess;
    private TransactionalStore client;
    CoordinatorProcess paused;

    World(long seed, int schema) {
        this(seed, InMemoryOptions.threeNodes(60, TransactionsSchemaMap.always(schema)));
    }

    World(long seed, InMemoryOptions options) {
        random = new Random(seed);
        this.options = options;
        schemas = options.schemas();
        store = InMemoryStore.create(options, random);
        startOracle();
        oracles.create(NAMESPACE);
        archive = Archive.create(
                objects, ArchiveKey.keyFile(new byte[32]), new ArchiveSeams(time, random, Runnable::run));
        startClient();
        client.createTable(TABLE);
    }

    final void startOracle() {
        oracleProcess.close();
        oracleProcess = time.process();
        oracles = new TimestampOracles(bounds, OracleSettings.defaults(), new OracleSeams(time, time, oracleProcess));
    }

    /** Starts the application again; what an earlier one still does is its own affair. */
    final void startClient() {
        clientProcess = time.process();
        client = transactionalStore(clientProcess, TransactionEvents.NONE);
    }

    TransactionalStore transactionalStore(PeriodicTasks process, TransactionEvents events) {
        return transactionalStore(store, oracle(), process, events);
    }

    private TransactionalStore transactionalStore(
            InMemoryStore opened, NamespaceOracle oracle, PeriodicTasks process, TransactionEvents events) {
        return new TransactionalStore(
                opened.cells(),
                schemas,
                oracle,
                new TransactionSeams(
                        process, () -> new UUID(random.nextLong(), random.nextLong()), time, time, random, events),
                TransactionOptions.defaults());
    }

    TransactionalStore client() {
        return client;
    }

    NamespaceOracle oracle() {
        return new InProcessTimestampClient(oracles).namespace(NAMESPACE);
    }

    InProcessTimestampClient oracleClient() {
        return new InProcessTimestampClient(oracles);
    }

    /** Runs a transaction that sets some items, and notes what it wrote under its commit timestamp. */
    long set(String... itemsAndValues) {
        Transaction transaction = client.begin();
        return commit(transaction, itemsAndValues);
    }

    long commit(Transaction transaction, String... itemsAndValues) {
        Map<String, String> writes = new TreeMap<>();
        for (int i = 0; i < itemsAndValues.length; i += 2) {
            writes.put(itemsAndValues[i], itemsAndValues[i + 1]);
        }
        writes.forEach((item, value) -> transaction.put(TABLE, cell(item), Bytes.utf8(value)));
        long commit = transaction.commit().orElseThrow();
        history.put(commit, writes);
        return commit;
    }

    /** Sets a few random items. */
    void setRandom() {
        String value = "value-" + random.nextInt(1_000_000);
        set("item-" + random.nextInt(20), value, "item-" + (20 + random.nextInt(20)), value);
    }

    /** Returns what the history says is visible at a timestamp. */
    Map<String, String> expectedAt(long timestamp) {
        Map<String, String> items = new TreeMap<>();
        history.headMap(timestamp, true).values().forEach(items::putAll);
        return items;
    }

    /** Reads all items as a client. */
    Map<String, String> read() {
        return read(client);
    }

    private static Map<String, String> read(TransactionalStore transactions) {
        Map<String, String> items = new TreeMap<>();
        try (Transaction transaction = transactions.begin();
                CloseableIterator<CellValue> scan = transaction.scan(TABLE, CellRange.all())) {
            while (scan.hasNext()) {
                CellValue value = scan.next();
                items.put(value.cell().row().toUtf8(), value.value().toUtf8());
            }
        }
        return items;
    }

    static Cell cell(String item) {
        return Cell.of(Bytes.wrap(item.getBytes(StandardCharsets.UTF_8)), COLUMN);
    }

    /** Loses the store on all nodes and the oracle with its bounds. */
    void loseEverything() {
        clientProcess.close();
        store.destroy();
        loseOracle();
    }

    /** Loses the oracle with its bounds; another one starts from nothing. */
    void loseOracle() {
        bounds = new InMemoryBoundStore();
        startOracle();
    }

    /** Starts a coordinator as a process of its own, which knows nothing but the archive. */
    CoordinatorProcess coordinator() {
        return coordinator(store);
    }

    /** Starts one that reaches the store in another way. */
    CoordinatorProcess coordinator(StoreConnector connector) {
        return new CoordinatorProcess(this, archive, oracleClient(), connector);
    }

    /** Starts one that has opened the archive with another key. */
    CoordinatorProcess coordinator(Archive opened) {
        return new CoordinatorProcess(this, opened, oracleClient(), store);
    }

    /** Starts one whose namespace has more configured than its store. */
    CoordinatorProcess coordinator(NamespaceSetup setup) {
        return coordinator(Map.of("main", store), setup);
    }

    /** Starts one whose namespace has other stores. */
    CoordinatorProcess coordinator(Map<String, StoreConnector> stores, NamespaceSetup setup) {
        return new CoordinatorProcess(this, archive, oracleClient(), stores, Map.of(NAMESPACE, setup));
    }

    BackupReport backup() {
        try (CoordinatorProcess process = coordinator()) {
            return process.coordinator.backup(BackupRequest.of(NAMESPACE), OperationListener.NONE);
        }
    }

    RestoreReport restore(String backupId) {
        try (CoordinatorProcess process = coordinator()) {
            return process.coordinator.restore(new RestoreRequest(NAMESPACE, backupId), OperationListener.NONE);
        }
    }

    RewindReport rewind(long timestamp) {
        try (CoordinatorProcess process = coordinator()) {
            return process.coordinator.rewind(
                    new RewindRequest(NAMESPACE, new RestorePoint.Timestamp(timestamp)), OperationListener.NONE);
        }
    }

    UndoReport undo() {
        try (CoordinatorProcess process = coordinator()) {
            return process.coordinator.undo(NAMESPACE, OperationListener.NONE);
        }
    }

    /** Collects garbage up to the present. */
    void sweep() {
        client.sweeper(SweepOptions.defaults()).sweepAll();
    }

    /** Restores into an empty store with an oracle of its own, as a drill does; the live ones notice nothing. */
    void restoreElsewhere(String backupId) {
        restoreElsewhere(backupId, OperationListener.NONE);
    }

    void restoreElsewhere(String backupId, OperationListener listener) {
        TimestampOracles elsewhere = new TimestampOracles(new InMemoryBoundStore(), OracleSettings.defaults(), time);
        try (CoordinatorProcess process = new CoordinatorProcess(
                this, archive, new InProcessTimestampClient(elsewhere), InMemoryStore.createEmpty(options, random))) {
            process.coordinator.restore(new RestoreRequest(NAMESPACE, backupId), listener);
        }
    }

    /** Restores from an archive, opened by whomever, into an empty store with an oracle of its own, and reads all items there. */
    Map<String, String> readElsewhere(Archive opened, String backupId) {
        TimestampOracles elsewhere = new TimestampOracles(new InMemoryBoundStore(), OracleSettings.defaults(), time);
        InProcessTimestampClient oracle = new InProcessTimestampClient(elsewhere);
        InMemoryStore empty = InMemoryStore.createEmpty(options, random);
        try (CoordinatorProcess process = new CoordinatorProcess(this, opened, oracle, empty)) {
            process.coordinator.restore(new RestoreRequest(NAMESPACE, backupId), OperationListener.NONE);
        }
        try (PeriodicTasks process = time.process()) {
            return read(transactionalStore(empty, oracle.namespace(NAMESPACE), process, TransactionEvents.NONE));
        }
    }

    @Override
    public void close() {
        clientProcess.close();
    }

    /** A coordinator whose periodic tasks end when it is closed, as with a process that died. */
    static final class CoordinatorProcess implements AutoCloseable {
        final Coordinator coordinator;
        private final PeriodicTasks tasks;

        private CoordinatorProcess(
                World world, Archive archive, InProcessTimestampClient oracle, StoreConnector store) {
            this(world, archive, oracle, Map.of("main", store), Map.of());
        }

        private CoordinatorProcess(
                World world,
                Archive archive,
                InProcessTimestampClient oracle,
                Map<String, StoreConnector> stores,
                Map<String, NamespaceSetup> setups) {
            tasks = world.time.process();
            coordinator = new Coordinator(
                    archive,
                    oracle,
                    Map.of(NAMESPACE, stores),
                    new EngineOptions(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofMillis(200), 2),
                    new EngineSeams(world.time, world.time, world.time, tasks, Runnable::run, world.random, "test"),
                    name -> archive,
                    setups);
        }

        @Override
        public void close() {
            tasks.close();
        }
    }

    /** The end of a process in the middle of something: no handler of the engine sees it. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(String where) {
            super(where);
        }
    }
}
