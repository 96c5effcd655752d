package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A store, an oracle, and clients whose time, ids and randomness are the test's. */
final class TransactionWorld {
    static final TableName TABLE = TableName.of("accounts");
    static final TableName OTHER = TableName.of("ledger");

    final ScriptedCells cells;
    final LocalOracle oracle = new LocalOracle();
    final TransactionsSchemaMap schemas;
    final CellTransactionTable entries;
    final List<Runnable> refreshes = new CopyOnWriteArrayList<>();
    final List<Duration> sleeps = new CopyOnWriteArrayList<>();
    final AtomicLong nanos = new AtomicLong();
    /** Runs within the next sleep. */
    final List<Runnable> duringSleep = new ArrayList<>();

    private final AtomicLong nextToken = new AtomicLong();

    /** Creates a world over three nodes in memory, of which a write reaches two at once. */
    TransactionWorld(int schema) {
        this(TransactionsSchemaMap.always(schema));
    }

    TransactionWorld(TransactionsSchemaMap schemas) {
        this(
                InMemoryStore.create(InMemoryOptions.threeNodes(50, schemas), new SplittableRandom(1))
                        .cells(),
                schemas);
    }

    TransactionWorld(CellStore store, TransactionsSchemaMap schemas) {
        this.cells = new ScriptedCells(store);
        this.schemas = schemas;
        this.entries = new CellTransactionTable(cells, schemas);
        store.createTable(TABLE);
        store.createTable(OTHER);
    }

    TransactionalStore client() {
        return client(TransactionEvents.NONE);
    }

    TransactionalStore client(TransactionEvents events) {
        return client(events, TransactionOptions.defaults());
    }

    TransactionalStore client(TransactionEvents events, TransactionOptions options) {
        return new TransactionalStore(cells, schemas, oracle, seams(events), options);
    }

    Sweeper sweeper(SweepOptions options) {
        return new Sweeper(cells, schemas, oracle, seams(TransactionEvents.NONE), options);
    }

    TransactionSeams seams(TransactionEvents events) {
        return new TransactionSeams(manualTasks(), tokens(), nanos::get, this::sleep, new SplittableRandom(1), events);
    }

    StoreMetadata metadata() {
        return new StoreMetadata(cells);
    }

    /** Runs what the clients do in the background once. */
    void refreshLeases() {
        refreshes.forEach(Runnable::run);
    }

    /** Returns what is visible at the timestamp in a table, by row. */
    Map<String, String> visibleAt(long timestamp, TableName table) {
        Map<String, String> result = new TreeMap<>();
        try (CloseableIterator<CellVersion> scan =
                VisibleCells.at(timestamp, cells, entries).scan(table, CellRange.all())) {
            scan.forEachRemaining(found ->
                    result.put(found.cell().row().toUtf8(), found.value().toUtf8()));
        }
        return result;
    }

    /** Returns the start timestamps of all versions of a cell, from the newest. */
    List<Long> versionsOf(Cell cell) {
        List<Long> result = new ArrayList<>();
        try (CloseableIterator<CellVersion> scan =
                cells.scan(TABLE, CellRange.columns(cell.row(), cell.column(), cell.column()), Long.MAX_VALUE)) {
            scan.forEachRemaining(found -> result.add(found.timestamp()));
        }
        return result;
    }

    static Cell cell(String row) {
        return Cell.of(Bytes.utf8(row), Bytes.utf8("v"));
    }

    static Bytes value(String text) {
        return Bytes.utf8(text);
    }

    static void put(TransactionalStore store, String row, String text) {
        store.execute(transaction -> {
            transaction.put(TABLE, cell(row), value(text));
            return null;
        });
    }

    static String get(TransactionalStore store, String row) {
        return store.execute(transaction -> get(transaction, row));
    }

    /** Returns the cell's text, or null when it has none. */
    static String get(Transaction transaction, String row) {
        return transaction.get(TABLE, cell(row)).map(Bytes::toUtf8).orElse(null);
    }

    private Supplier<UUID> tokens() {
        return () -> new UUID(0, nextToken.incrementAndGet());
    }

    private void sleep(Duration duration) {
        sleeps.add(duration);
        nanos.addAndGet(duration.toNanos());
        List<Runnable> actions = List.copyOf(duringSleep);
        duringSleep.clear();
        actions.forEach(Runnable::run);
    }

    private PeriodicTasks manualTasks() {
        return new PeriodicTasks() {
            @Override
            public Registration every(String name, Duration interval, Runnable task) {
                refreshes.add(task);
                return () -> refreshes.remove(task);
            }

            @Override
            public void close() {}
        };
    }

    /** The death of a client. */
    static final class ClientDied extends Error {
        private static final long serialVersionUID = 1L;
    }
}
