package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.simulation.Model.Row;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.transaction.VisibleCells;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.NamespaceOracle;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Everything of one seed: time, stores, oracle, archive, clients, and the model of what must be visible. */
final class World {
    static final String NAMESPACE = "orders";
    static final String MAIN = "main";
    static final String SECOND = "second";

    final long seed;
    final SplittableRandom random;
    final Coverage coverage;
    final Sabotage sabotage;
    final EventLog log = new EventLog(Simulation.EVENTS_SHOWN);
    final Calls calls;
    final SimulatedTime time;
    final Model model = new Model();
    final Observer observer;
    final Chaos chaos;
    final SimulatedOracle oracle;
    final SimulatedArchive objects;
    final Archive archive;
    final Map<String, InMemoryStore> stores = new TreeMap<>();
    final InMemoryOptions options;
    final TransactionsSchemaMap schemas;
    final CellStore clientCells;
    final NamespaceOracle clientOracle;
    final Workload workload;
    /** The cells of stores that were opened for an operation, last, by place and name. */
    final Map<String, CellStore> opened = new TreeMap<>();

    /** Whether no transaction lasts, and no client dies, so that garbage collection is never far behind. */
    final boolean isBrisk;

    private final CellStore rawCells;
    private int ids;

    /** Whether backups are expired, garbage is collected, and the archive is repaired, beside everything else. */
    final boolean isMaintained;

    World(long seed, SharedArchive shared, Coverage coverage, Sabotage sabotage, boolean isMaintained) {
        this.seed = seed;
        this.isMaintained = isMaintained;
        this.random = new SplittableRandom(seed);
        this.coverage = coverage;
        this.sabotage = sabotage;
        isBrisk = random.nextInt(3) == 0;
        calls = new Calls(this);
        time = new SimulatedTime(calls::run);
        observer = new Observer(this);
        chaos = new Chaos(this);
        objects = new SimulatedArchive(calls, shared.newObjects());
        archive = shared.on(objects, random.split());
        oracle = new SimulatedOracle("oracle", calls, time);
        oracle.create();
        schemas = schemas();
        options = options();
        stores.put(MAIN, InMemoryStore.create(options, random.split()));
        if (random.nextInt(4) == 0) { // H16: pairs of cells that belong together are in two stores
            stores.put(SECOND, InMemoryStore.create(options, random.split()));
        }
        CellStore main = stores.get(MAIN).cells();
        rawCells = stores.containsKey(SECOND)
                ? new SimulatedStore(main, stores.get(SECOND).cells(), Tables.OF_SECOND_STORE)
                : main;
        clientCells = calls.remote(CellStore.class, "cells", rawCells);
        clientOracle = oracle.client().namespace(NAMESPACE);
        workload = new Workload(this);
    }

    private TransactionsSchemaMap schemas() {
        int kind = random.nextInt(5);
        if (kind < 4) {
            return TransactionsSchemaMap.always(1 + kind % 3);
        }
        return new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 60L, 2, 120L, 3)));
    }

    private InMemoryOptions options() {
        return switch (random.nextInt(8)) {
            case 0 -> InMemoryOptions.singleNode(schemas);
            case 1 -> new InMemoryOptions(2, 2, 2, 0, schemas);
            case 2 -> new InMemoryOptions(4, 3, 2, 60, schemas);
            case 3 -> new InMemoryOptions(3, 3, 3, 0, schemas);
            default -> InMemoryOptions.threeNodes(random.nextInt(101), schemas);
        };
    }

    /** Returns the cells themselves, as nobody's call. */
    CellStore cells() {
        return rawCells;
    }

    NamespaceArchive namespaceArchive() {
        return archive.namespace(NAMESPACE);
    }

    String nextId() {
        return Integer.toString(++ids);
    }

    /** Tells whether the stores answer clients. */
    boolean isServing() {
        return calls.outside(() -> {
            try {
                rawCells.tables();
                return oracle.exists() && oracle.raw().currentFence().isEmpty();
            } catch (TidemarkException e) {
                return false;
            }
        });
    }

    boolean areStoresServing() {
        return calls.outside(() -> {
            try {
                rawCells.tables();
                return true;
            } catch (TidemarkException e) {
                return false;
            }
        });
    }

    /** Returns the lowest timestamp that garbage collection has not passed. */
    long earliestReadable() {
        return calls.outside(() -> new StoreMetadata(rawCells).earliestReadableTimestamp());
    }

    boolean isDisturbedForClients() {
        return calls.current() != null && calls.current().isDisturbed;
    }

    Optional<TransactionState> entryOf(long start) {
        return calls.outside(() -> {
            try {
                return new CellTransactionTable(rawCells, schemas).read(start);
            } catch (TidemarkException e) {
                return Optional.empty(); // there is no store that could have it
            }
        });
    }

    /** Returns what is visible in cells of a store. */
    Map<Row, String> visible(CellStore cells) {
        return calls.outside(() -> {
            VisibleCells visible = VisibleCells.at(Long.MAX_VALUE, cells, new CellTransactionTable(cells, schemas));
            Map<Row, String> state = new TreeMap<>();
            for (TableName table : cells.tables()) {
                if (!table.isInternal()) {
                    try (CloseableIterator<CellVersion> scan = visible.scan(table, CellRange.all())) {
                        scan.forEachRemaining(found -> state.put(
                                Tables.row(table, found.cell().row().toUtf8()),
                                found.value().toUtf8()));
                    }
                }
            }
            return state;
        });
    }

    /** Loses every store with everything on its nodes. */
    void loseStores() {
        stores.values().forEach(InMemoryStore::destroy);
        observer.lost();
        model.lost(calls.clock());
        workload.disturb();
        coverage.count("stores lost");
    }
}
