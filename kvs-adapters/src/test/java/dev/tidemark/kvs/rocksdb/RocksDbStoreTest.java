package dev.tidemark.kvs.rocksdb;

import static dev.tidemark.kvs.ErrorCode.RESTORE_INCOMPLETE;
import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static dev.tidemark.kvs.ErrorCode.STORE_IN_USE;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellChange;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StagingArea.StagedFile;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.RemoteSnapshots;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class RocksDbStoreTest {
    private static final TableName TABLE = TableName.of("accounts");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));
    private static final long SEED = 811;

    @TempDir
    private Path directory;

    @Test
    void open_again_findsTablesAndTenThousandCells() {
        Random random = new Random(SEED);
        Map<Cell, Bytes> values = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            byte[] value = new byte[random.nextInt(200)];
            random.nextBytes(value);
            values.put(Cell.of(Bytes.ofLong(random.nextLong()), Bytes.utf8("c" + i % 7)), Bytes.wrap(value));
        }
        try (RocksDbStore store = open()) {
            store.cells().createTable(TABLE);
            store.cells().put(TABLE, values, 42);
        }

        try (RocksDbStore store = open()) {
            assertThat(store.cells().tables()).contains(TABLE, StoreMetadata.TABLE);
            assertThat(store.cells().getLatest(TABLE, values.keySet(), 42))
                    .as("seed %d", SEED)
                    .hasSize(values.size())
                    .allSatisfy((cell, version) -> assertThat(version).isEqualTo(new Version(42, values.get(cell))));
            Map<Cell, Bytes> scanned = new HashMap<>();
            List<Cell> order = new ArrayList<>();
            try (CloseableIterator<CellVersion> scan = store.cells().scan(TABLE, CellRange.all(), 42)) {
                scan.forEachRemaining(version -> {
                    scanned.put(version.cell(), version.value());
                    order.add(version.cell());
                });
            }
            assertThat(scanned).isEqualTo(values);
            assertThat(order).isSorted();
        }
    }

    /** Covers F6: the files as the death of the process leaves them. */
    @Test
    void compareAndSetAll_filesCopiedWhileTheStoreIsOpen_holdEveryChange(@TempDir Path other) throws IOException {
        List<CellChange> changes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Cell cell = Cell.of(Bytes.ofLong(i), Bytes.utf8("c"));
            changes.add(new CellChange(cell, Bytes.utf8("before"), Bytes.utf8("after")));
        }
        Set<Cell> refused;
        try (RocksDbStore store = open()) {
            store.cells().createTable(TABLE);
            for (CellChange change : changes.subList(1, changes.size())) {
                store.cells().putUnlessExists(TABLE, change.cell(), change.expected());
            }
            refused = store.cells().compareAndSetAll(TABLE, changes);
            copyFiles(directory.resolve("data"), other.resolve("data"));
        }

        assertThat(refused).containsOnly(changes.get(0).cell());
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(other, TransactionsSchemaMap.always(3)))) {
            for (CellChange change : changes.subList(1, changes.size())) {
                assertThat(store.cells().getLatest(TABLE, Set.of(change.cell()), 0))
                        .containsEntry(change.cell(), new Version(0, change.update()));
            }
            assertThat(store.cells().getLatest(TABLE, refused, 0)).isEmpty();
        }
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void scan_storeIsClosedWhileVersionsWereReadAhead_endsWithAnError() {
        RocksDbStore store = open();
        store.cells().createTable(TABLE);
        for (int i = 0; i < 100; i++) {
            store.cells().put(TABLE, Map.of(Cell.of(Bytes.ofLong(i), Bytes.EMPTY), Bytes.EMPTY), 1);
        }
        CloseableIterator<CellVersion> scan = store.cells().scan(TABLE, CellRange.all(), 1);
        scan.next();

        store.close();

        assertFails(ErrorCode.STORE_UNAVAILABLE, scan::hasNext);
        assertFails(ErrorCode.STORE_UNAVAILABLE, scan::next);
        scan.close();
    }

    @Test
    void open_tableNamedDefault_isATableOfItsOwn() {
        TableName table = TableName.of("default");
        try (RocksDbStore store = open()) {
            assertThat(store.cells().tables()).doesNotContain(table);
            store.cells().createTable(table);
            store.cells().put(table, Map.of(CELL, Bytes.utf8("v")), 1);
        }
        try (RocksDbStore store = open()) {
            assertThat(store.cells().getLatest(table, Set.of(CELL), 1)).containsKey(CELL);
        }
    }

    @Test
    void open_existingStore_keepsItsSchemas() {
        open().close();

        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(directory, TransactionsSchemaMap.always(1)))) {
            assertThat(store.cluster().describe().transactionsSchemas()).isEqualTo(TransactionsSchemaMap.always(3));
        }
    }

    @Test
    void transactionTable_newStore_holdsEntriesOfItsSchema() {
        try (RocksDbStore store = open()) {
            TransactionEntry entry = new TransactionEntry(7, TransactionState.committed(9));
            new CellTransactionTable(store.cells(), TransactionsSchemaMap.always(3)).propose(7, entry.state());

            TransactionTable table = store.cluster().transactionTable();
            List<TransactionEntry> scanned = new ArrayList<>();
            for (TransactionTable.Part part : table.split(new TimestampRange(1, 1000), 4)) {
                try (CloseableIterator<TransactionEntry> entries = table.scan(part)) {
                    entries.forEachRemaining(scanned::add);
                }
            }

            assertThat(scanned).containsExactly(entry);
            assertThat(table.abort(entry)).isTrue();
            assertThat(table.read(7)).contains(TransactionState.ABORTED);
        }
    }

    @Test
    void open_secondTimeInTheSameProcess_isInUseAndLeavesTheFirstLocked() {
        try (RocksDbStore store = open()) {
            assertInUseByThisProcess(this::open);
            assertInUseByThisProcess(this::open);
            store.cells().createTable(TABLE);
        }
        open().close();
    }

    @Test
    void open_damagedFiles_isDamageAndReleasesTheLock() throws IOException {
        open().close();
        Files.writeString(directory.resolve("data/CURRENT"), "nonsense");

        assertFails(STORE_DAMAGED, this::open);
        assertFails(STORE_DAMAGED, this::open);
    }

    @Test
    void open_fileThatNamesTheStateIsMissing_isDamageAndNothingIsCreated() throws IOException {
        try (RocksDbStore store = open()) {
            store.cells().createTable(TABLE);
            store.cells().put(TABLE, Map.of(CELL, Bytes.utf8("v")), 1);
        }
        Files.delete(directory.resolve("data/CURRENT"));
        List<Path> before = filesOf(directory.resolve("data"));

        assertFails(STORE_DAMAGED, this::open);
        assertFails(STORE_DAMAGED, () -> RocksDbConnector.to(directory).connect());

        assertThat(filesOf(directory.resolve("data"))).isEqualTo(before);
    }

    @Test
    void open_creationWasInterrupted_createsTheStore() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        for (String name : List.of("LOCK", "LOG", "LOG.old.1764000000000000", "IDENTITY", "MANIFEST-000001")) {
            Files.createFile(data.resolve(name));
        }
        Files.createFile(data.resolve("000001.dbtmp"));

        assertFails(STORE_UNAVAILABLE, () -> RocksDbConnector.to(directory).connect());
        open().close();

        RocksDbConnector.to(directory).connect().close();
    }

    @Test
    void openRestored_loadedFilesWithoutAState_isDamageAndNothingIsCreated() throws IOException {
        RestoreId restore = new RestoreId("r-1", 1);
        StoreNode node = RocksDbConnector.to(directory).targetNodes().get(0);
        try (StagedFile file = node.stage(restore, 1).create("LOG")) {
            file.commit();
        }
        node.load(restore);

        assertFails(STORE_DAMAGED, () -> RocksDbConnector.to(directory).openRestored(restore));

        assertThat(filesOf(directory.resolve("data"))).containsExactly(directory.resolve("data/LOG"));
    }

    @Test
    void scan_keyThatIsTooShort_isDamage() throws Exception {
        TableName table = TableName.of("_transactions2");
        open().close();
        putRaw("t:" + table, new byte[] {7});

        try (RocksDbStore store = open();
                CloseableIterator<CellVersion> scan = store.cells().scan(table, CellRange.all(), 9)) {
            assertFails(STORE_DAMAGED, scan::hasNext);
        }
    }

    @Test
    void open_halfRestored_namesTheCommandThatEndsTheRestore() throws IOException {
        open().close();
        Files.writeString(directory.resolve("restore.json"), "{\"id\":\"r-9\",\"epoch\":3}");

        assertThatThrownBy(this::open).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(RESTORE_INCOMPLETE);
            assertThat(e.hint()).isEqualTo("Run 'tidemark resume r-9'.");
        });
    }

    @Test
    void close_iteratorsOpenAndCallsUnderWay_endWithErrorsAndNotWithTheProcess() throws Exception {
        RocksDbStore store = open();
        store.cells().createTable(TABLE);
        for (int i = 1; i <= 100; i++) {
            store.cells().put(TABLE, Map.of(CELL, Bytes.utf8("v" + i)), i);
        }
        CloseableIterator<CellVersion> idle = store.cells().scan(TABLE, CellRange.all(), 100);
        assertThat(idle.next().timestamp()).isEqualTo(100);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> readers = Stream.generate(() -> threads.submit(() -> scanUntilRefused(store)))
                .limit(4)
                .<Future<?>>map(future -> future)
                .toList();

        store.close();

        for (Future<?> reader : readers) {
            reader.get();
        }
        threads.shutdown();
        assertFails(STORE_UNAVAILABLE, idle::hasNext);
        idle.close();
        idle.close();
        assertFails(STORE_UNAVAILABLE, () -> store.cells().tables());
        assertFails(STORE_UNAVAILABLE, () -> store.cells().getLatest(TABLE, Set.of(CELL), 1));
        store.close();
        open().close();
    }

    @Test
    void scan_manyLeftOpen_areClosedWithTheStore() {
        try (RocksDbStore store = open()) {
            store.cells().createTable(TABLE);
            store.cells().put(TABLE, Map.of(CELL, Bytes.utf8("v")), 1);
            for (int i = 0; i < 50; i++) {
                assertThat(store.cells()
                                .scan(TABLE, CellRange.row(CELL.row()), 1)
                                .hasNext())
                        .isTrue();
            }
        }
        open().close();
    }

    @Test
    void putUnlessExists_manyThreadsAtOneCell_oneWins() throws Exception {
        try (RocksDbStore store = RocksDbStore.open(options().withCommitDurability(CommitDurability.BUFFERED))) {
            store.cells().createTable(TABLE);
            ExecutorService threads = Executors.newFixedThreadPool(8);
            for (int round = 0; round < 50; round++) {
                Cell cell = Cell.of(Bytes.ofLong(round), Bytes.EMPTY);
                List<Future<Optional<Bytes>>> results = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    Bytes value = Bytes.ofLong(i);
                    results.add(threads.submit(() -> store.cells().putUnlessExists(TABLE, cell, value)));
                }
                int winners = 0;
                Set<Bytes> seen = new HashSet<>();
                for (Future<Optional<Bytes>> result : results) {
                    winners += result.get().isEmpty() ? 1 : 0;
                    result.get().ifPresent(seen::add);
                }
                assertThat(winners).isEqualTo(1);
                assertThat(seen).hasSize(1);
            }
            threads.shutdown();
        }
    }

    @Test
    void open_ownSourcesOfRandomnessAndRefusedSnapshots_announcesNothing() {
        try (RocksDbStore store = RocksDbStore.open(options().withRemoteSnapshots(RemoteSnapshots.REFUSED))) {
            assertThat(directory.resolve("owner.json")).doesNotExist();
            assertThat(store.cluster().check()).noneMatch(problem -> problem.isBlocking());
        }
    }

    @Test
    void options_sizesOutOfRange_areRefused() {
        assertThatThrownBy(() -> options().withMemory(1, 1 << 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("writeBufferBytes: 1 (expected: ");
        assertThatThrownBy(() -> options().withMemory(1 << 20, 1L << 40)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void scanUntilRefused(RocksDbStore store) {
        while (true) {
            try (CloseableIterator<CellVersion> scan = store.cells().scan(TABLE, CellRange.all(), 100)) {
                scan.forEachRemaining(version -> assertThat(version.cell()).isEqualTo(CELL));
            } catch (KeyValueStoreException e) {
                assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
                return;
            }
        }
    }

    private void assertInUseByThisProcess(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(STORE_IN_USE);
            assertThat(e.hint())
                    .contains(directory.toString())
                    .contains(Long.toString(ProcessHandle.current().pid()));
        });
    }

    private void putRaw(String familyName, byte[] key) throws RocksDBException {
        String data = directory.resolve("data").toString();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (Options options = new Options();
                DBOptions databaseOptions = new DBOptions();
                ColumnFamilyOptions tableOptions = new ColumnFamilyOptions()) {
            List<ColumnFamilyDescriptor> families = RocksDB.listColumnFamilies(options, data).stream()
                    .map(name -> new ColumnFamilyDescriptor(name, tableOptions))
                    .toList();
            try (RocksDB rocks = RocksDB.open(databaseOptions, data, families, handles)) {
                for (ColumnFamilyHandle handle : handles) {
                    if (new String(handle.getName(), StandardCharsets.UTF_8).equals(familyName)) {
                        rocks.put(handle, key, key);
                    }
                    handle.close();
                }
            }
        }
    }

    private static List<Path> filesOf(Path place) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.sorted().toList();
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private RocksDbOptions options() {
        return RocksDbOptions.of(directory, TransactionsSchemaMap.always(3));
    }

    private RocksDbStore open() {
        return RocksDbStore.open(options());
    }
}
