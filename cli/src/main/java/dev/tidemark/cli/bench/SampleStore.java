package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.NamespaceOracle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A RocksDB store full of committed transactions, closed between the calls. Not thread-safe. */
final class SampleStore {
    private static final TableName TABLE = TableName.of("bench.orders");
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(2);
    private static final int TRANSACTION_BYTES = 256 << 10;

    /** RocksDB's own compression makes that much of the cells, so that files of the wanted size come out. */
    private static final double FILE_BYTES_PER_BYTE = 0.83;

    private static final Duration POLL_INTERVAL = Duration.ofMillis(250);
    private static final int QUIET_POLLS = 4;
    private static final int MAX_POLLS = 1200;

    private final Path directory;
    private final NamespaceOracle oracle;
    private final EngineSeams seams;
    private final SampleCells samples;
    private final Random chance;
    private long rows;

    SampleStore(Path directory, NamespaceOracle oracle, EngineSeams seams, long seed) {
        this.directory = directory;
        this.oracle = oracle;
        this.seams = seams;
        samples = new SampleCells(seed);
        chance = new Random(~seed);
    }

    Path directory() {
        return directory;
    }

    /** Writes new rows until the store's files are about that long. */
    void fill(long fileBytes) throws InterruptedException {
        try (RocksDbStore store = open()) {
            store.cells().createTable(TABLE);
            long left = (long) (fileBytes / FILE_BYTES_PER_BYTE);
            while (left > 0) {
                left -= write(store, Math.min(left, TRANSACTION_BYTES), true);
            }
        }
        settle();
    }

    /**
     * Waits until RocksDB has nothing left to compact. Otherwise it would go on when the store is opened for a change, and write
     * most files anew.
     */
    private void settle() throws InterruptedException {
        try (RocksDbStore store = open()) {
            Map<Path, Long> last = Map.of();
            int same = 0;
            for (int poll = 0; poll < MAX_POLLS && same < QUIET_POLLS; poll++) {
                seams.sleeper().sleep(POLL_INTERVAL);
                Map<Path, Long> sizes = sizes();
                same = sizes.equals(last) ? same + 1 : 0;
                last = sizes;
            }
        }
    }

    /** A file that vanishes meanwhile has no size. */
    private Map<Path, Long> sizes() {
        Map<Path, Long> sizes = new HashMap<>();
        for (Path file : files()) {
            sizes.put(file, file.toFile().length());
        }
        return sizes;
    }

    /** Writes new versions of random rows, about that many bytes. */
    void change(long bytes) throws InterruptedException {
        try (RocksDbStore store = open()) {
            long left = bytes;
            while (left > 0) {
                left -= write(store, Math.min(left, TRANSACTION_BYTES), false);
            }
        }
    }

    /** Returns the files of the closed store that RocksDB writes once, ordered: nearly all of its bytes. */
    List<Path> files() {
        try (Stream<Path> files = Files.list(directory.resolve("data"))) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RocksDbStore open() {
        RocksDbOptions options = RocksDbOptions.of(directory, SCHEMAS).withCommitDurability(CommitDurability.BUFFERED);
        return RocksDbStore.open(options, seams.random(), seams.sleeper());
    }

    private long write(RocksDbStore store, long bytes, boolean isNew) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Map<Cell, Bytes> cells = new HashMap<>();
        long written = 0;
        while (written < bytes) {
            long row = isNew ? rows++ : (long) (chance.nextDouble() * rows);
            int length = samples.nextLength();
            cells.put(SampleCells.document(row), samples.text(length));
            cells.put(SampleCells.attachment(row), samples.attachment(length));
            written += 2L * length;
        }
        long start = oracle.freshTimestamp();
        store.cells().put(TABLE, cells, start);
        new CellTransactionTable(store.cells(), SCHEMAS)
                .propose(start, TransactionState.committed(oracle.freshTimestamp()));
        return written;
    }
}
