package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Stores in memory, whose cells and entries a test writes one by one, and a history beside them. */
final class CheckedWorld {
    static final String MAIN = "main";
    static final TableName TABLE = TableName.of("t");
    static final Bytes COLUMN = Bytes.utf8("c");

    private static final InMemoryOptions OPTIONS = InMemoryOptions.singleNode(TransactionsSchemaMap.always(3));

    final Map<String, InMemoryStore> stores = new LinkedHashMap<>();
    final List<HistoryTransaction> history = new ArrayList<>();
    private final Path directory;
    private long from = 1;
    private int files;

    CheckedWorld(Path directory, String... names) {
        this.directory = directory;
        for (String name : names.length == 0 ? new String[] {MAIN} : names) {
            stores.put(name, InMemoryStore.create(OPTIONS, new Random(1)));
        }
    }

    CheckedWorld from(long timestamp) {
        from = timestamp;
        return this;
    }

    static RecordedCell cell(String row, String value) {
        return new RecordedCell(TABLE, Cell.of(Bytes.utf8(row), COLUMN), Bytes.utf8(value));
    }

    /** Adds a transaction that wrote to the history only. */
    CheckedWorld record(long start, long commit, Outcome outcome, RecordedCell... writes) {
        history.add(new HistoryTransaction(MAIN, start, commit, outcome, List.of(), Arrays.asList(writes)));
        return this;
    }

    /** Adds a transaction that committed to the history and to the store. */
    CheckedWorld commit(long start, long commit, RecordedCell... writes) {
        record(start, commit, Outcome.COMMITTED, writes);
        put(MAIN, start, List.of(writes));
        return entry(MAIN, start, commit);
    }

    /** Adds a transaction that only read to the history. */
    CheckedWorld read(long start, RecordedCell... reads) {
        history.add(new HistoryTransaction(
                MAIN, start, HistoryTransaction.NO_COMMIT, Outcome.COMMITTED, Arrays.asList(reads), List.of()));
        return this;
    }

    CheckedWorld put(String store, long start, List<RecordedCell> writes) {
        for (RecordedCell write : writes) {
            stores.get(store).cells().createTable(write.table());
            stores.get(store).cells().put(write.table(), Map.of(write.cell(), write.value()), start);
        }
        return this;
    }

    CheckedWorld remove(String store, long start, RecordedCell write) {
        stores.get(store).cells().deleteVersions(write.table(), Map.of(write.cell(), Set.of(start)));
        return this;
    }

    CheckedWorld entry(String store, long start, long commit) {
        stores.get(store)
                .transactionTable()
                .propose(
                        start,
                        commit == HistoryTransaction.NO_COMMIT
                                ? TransactionState.ABORTED
                                : TransactionState.committed(commit));
        return this;
    }

    CheckedWorld changeEntry(String store, long start, TransactionState state) {
        var table = stores.get(store).transactionTable();
        table.replace(start, table.read(start).orElseThrow(), state);
        return this;
    }

    Path write() {
        Path file = directory.resolve("history-" + files++);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (HistoryWriter writer =
                HistoryWriter.create(file, new HistoryHeader("bank", List.copyOf(stores.keySet()), from))) {
            history.forEach(writer::write);
        }
        return file;
    }

    HistoryVerdict check(long timestamp) {
        return check(timestamp, StoreView.RESTORED);
    }

    HistoryVerdict check(long timestamp, StoreView view) {
        return check(write(), timestamp, view);
    }

    HistoryVerdict check(Path file, long timestamp, StoreView view) {
        Map<String, StoreCluster> clusters = new LinkedHashMap<>();
        stores.forEach((name, store) -> clusters.put(name, store.connect()));
        InMemoryStore scratch = InMemoryStore.create(OPTIONS, new Random(1));
        return new HistoryChecker(scratch.cells(), OperationListener.NONE).check(file, timestamp, clusters, view);
    }

    /** Writes a history of the store {@code main} with these lines after the header. */
    Path lines(String... lines) {
        String header =
                "{\"format\":\"tidemark-history\",\"version\":1,\"namespace\":\"bank\",\"stores\":[\"main\"]}\n";
        return file(header + String.join("\n", lines) + "\n");
    }

    Path file(String content) {
        try {
            return Files.writeString(directory.resolve("history-" + files++), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
