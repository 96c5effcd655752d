package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a store and its history of many transactions, and checks the one by the other, in whatever heap this process has.
 * Arguments: number of transactions, an empty directory. Each transaction reads and writes one of many cells, and one that is its
 * own.
 */
final class HistoryMemoryProcess {
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(2);
    private static final TableName TABLE = TableName.of("t");
    private static final long SHARED_CELLS = 1_000;

    private HistoryMemoryProcess() {}

    public static void main(String[] arguments) {
        long transactions = Long.parseLong(arguments[0]);
        Path directory = Path.of(arguments[1]);
        Path history = directory.resolve("history");
        MonotonicClock clock = MonotonicClock.system();
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(directory.resolve("store"), SCHEMAS)
                        .withCommitDurability(CommitDurability.BUFFERED));
                Workspace workspace = Workspace.create(directory)) {
            write(store, history, transactions);
            long begun = clock.nanoTime();
            HistoryVerdict verdict = new HistoryChecker(workspace.cells(), OperationListener.NONE)
                    .check(history, 2 * transactions, Map.of("main", store.cluster()), StoreView.RESTORED);
            long millis = (clock.nanoTime() - begun) / 1_000_000;
            System.out.println(history.toFile().length() + " bytes, " + verdict.counts() + " in " + millis + " ms");
            long expectedCells = transactions + Math.min(transactions, SHARED_CELLS);
            boolean isComplete = verdict.counts().committed() == transactions
                    && verdict.counts().cells() == expectedCells
                    && verdict.counts().reads() == transactions;
            if (!verdict.isExact() || !isComplete) {
                throw new IllegalStateException("verdict: " + verdict);
            }
        }
    }

    private static void write(RocksDbStore store, Path file, long transactions) {
        store.cells().createTable(TABLE);
        CellTransactionTable entries = new CellTransactionTable(store.cells(), SCHEMAS);
        try (HistoryWriter writer = HistoryWriter.create(file, HistoryHeader.complete("bank", List.of("main")))) {
            for (long i = 0; i < transactions; i++) {
                long start = 2 * i + 1;
                List<RecordedCell> writes = new ArrayList<>();
                writes.add(new RecordedCell(TABLE, shared(i), Bytes.ofLong(start)));
                writes.add(new RecordedCell(TABLE, Cell.of(Bytes.utf8("own"), Bytes.ofLong(i)), Bytes.ofLong(start)));
                Bytes seen = i < SHARED_CELLS ? Bytes.EMPTY : Bytes.ofLong(start - 2 * SHARED_CELLS);
                writer.write(new HistoryTransaction(
                        "main",
                        start,
                        start + 1,
                        Outcome.COMMITTED,
                        List.of(new RecordedCell(TABLE, shared(i), seen)),
                        writes));
                Map<Cell, Bytes> values = new HashMap<>();
                writes.forEach(write -> values.put(write.cell(), write.value()));
                store.cells().put(TABLE, values, start);
                entries.propose(start, TransactionState.committed(start + 1));
            }
        }
    }

    private static Cell shared(long transaction) {
        return Cell.of(Bytes.utf8("shared"), Bytes.ofLong(transaction % SHARED_CELLS));
    }
}
