package dev.tidemark.kvs.rocksdb;

import static dev.tidemark.kvs.ErrorCode.RESTORE_INCOMPLETE;
import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static dev.tidemark.kvs.ErrorCode.STORE_IN_USE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static dev.tidemark.kvs.node.NodeFiles.everything;
import static dev.tidemark.kvs.node.NodeFiles.files;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.NodeFiles;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a change in place does to the files of a real store. */
class RocksDbChangeInPlaceTest {
    private static final TableName TABLE = TableName.of("accounts");
    private static final SnapshotTag BACKUP = new SnapshotTag("backup");
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);
    private static final RestoreId UNDO = new RestoreId("r-2", 11);
    private static final int CELLS = 2_000;

    @TempDir
    private Path parent;

    private Path root() {
        return parent.resolve("store");
    }

    @Test
    void adopt_storeAtRest_linksTheFilesThatAreWrittenOnce() throws IOException {
        createStore();
        node().adopt(RESTORE);

        Map<String, Object> live = keysOfTables(directory().data());
        assertThat(keysOfTables(directory().safetyCopy(RESTORE.id())))
                .isEqualTo(live)
                .isNotEmpty();
    }

    @Test
    void setAside_storeAtRest_renamesTheDirectory() throws IOException {
        createStore();
        Object before = key(directory().data());

        node().setAside(RESTORE);

        assertThat(key(directory().safetyCopy(RESTORE.id()))).isEqualTo(before);
        assertThat(directory().data()).doesNotExist();
        node().giveBack(RESTORE);
        assertThat(key(directory().data())).isEqualTo(before);
    }

    @Test
    void bringBack_liveDataRewrittenAndCompactedMeanwhile_givesExactlyTheOldCells() throws IOException {
        createStore();
        SortedMap<TableName, List<CellVersion>> before = served();
        Map<String, Object> oldTables = keysOfTables(directory().data());
        node().adopt(RESTORE);
        try (StoreCluster cluster = connector().openRestored(RESTORE)) {
            deleteAll(cluster);
        }
        node().completeRestore(RESTORE);
        try (RocksDbStore store = RocksDbStore.open(options())) {
            fill(store.cluster(), 5);
        }
        compact();
        assertThat(keysOfTables(directory().data()).values())
                .as("files of the live store after compaction")
                .isNotEmpty()
                .satisfies(
                        live -> assertThat(live.containsAll(oldTables.values())).isFalse());

        node().bringBack(UNDO, RESTORE.id());

        try (StoreCluster cluster = connector().openRestored(UNDO)) {
            assertThat(everything(cluster.cells())).isEqualTo(before);
        }
        node().completeRestore(UNDO);
        try (RocksDbStore store = RocksDbStore.open(options())) {
            assertThat(everything(store.cells())).isEqualTo(before);
        }
        assertThat(directory().safetyCopies()).isEmptyDirectory();
    }

    @Test
    void adopt_ownerHasDied_copiesWhatIsInItsLogToo() throws IOException {
        SortedMap<TableName, List<CellVersion>> before;
        Path alive = parent.resolve("alive");
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(alive, TransactionsSchemaMap.always(3)))) {
            fill(store.cluster(), 1);
            before = everything(store.cells());
            copyData(alive, root());
        }
        assertThat(new RestingFiles(directory()).hasLog()).isTrue();

        node().adopt(RESTORE);

        try (StoreCluster cluster = connector().openRestored(RESTORE)) {
            assertThat(everything(cluster.cells())).isEqualTo(before);
            deleteAll(cluster);
        }
        node().completeRestore(RESTORE);
        node().bringBack(UNDO, RESTORE.id());
        try (StoreCluster cluster = connector().openRestored(UNDO)) {
            assertThat(everything(cluster.cells())).isEqualTo(before);
        }
    }

    @Test
    void setAside_ownerHasDied_keepsItsLogForTheUndo() throws IOException {
        SortedMap<TableName, List<CellVersion>> before;
        Path alive = parent.resolve("alive");
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(alive, TransactionsSchemaMap.always(3)))) {
            fill(store.cluster(), 1);
            store.node().snapshot(BACKUP);
            fill(store.cluster(), 2);
            before = everything(store.cells());
            copyData(alive, root());
        }
        NodeFiles.stage(RocksDbConnector.to(alive).targetNodes().get(0), BACKUP, node(), RESTORE);
        node().setAside(RESTORE);
        node().load(RESTORE);
        node().completeRestore(RESTORE);
        assertThat(served()).isNotEqualTo(before);

        node().bringBack(UNDO, RESTORE.id());
        node().completeRestore(UNDO);

        assertThat(served()).isEqualTo(before);
    }

    @Test
    void anyChange_ownerServesTheStore_isInUseAndTheOwnerGoesOn() {
        createStore();
        node().adopt(RESTORE);
        node().completeRestore(RESTORE);
        try (RocksDbStore store = RocksDbStore.open(options())) {
            for (StoreNode each : List.of(node(), store.node())) {
                assertFails(STORE_IN_USE, () -> each.setAside(UNDO));
                assertFails(STORE_IN_USE, () -> each.adopt(UNDO));
                assertFails(STORE_IN_USE, () -> each.bringBack(UNDO, RESTORE.id()));
                each.giveBack(UNDO);
                assertThat(each.safetyCopies()).containsExactly(RESTORE.id());
            }
            fill(store.cluster(), 3);
            node().snapshot(BACKUP);

            node().dropSafetyCopy(UNDO, RESTORE.id());

            assertThat(store.node().safetyCopies()).isEmpty();
            fill(store.cluster(), 4);
        }
        assertThat(served().get(TABLE)).hasSize(3 * CELLS);
    }

    @Test
    void giveBack_restoreHasTheStoreOpen_isInUse() {
        createStore();
        node().adopt(RESTORE);
        try (StoreCluster cluster = connector().openRestored(RESTORE)) {
            assertFails(STORE_IN_USE, () -> node().giveBack(RESTORE));
            node().adopt(RESTORE);
            assertThat(cluster.cells().tables()).contains(TABLE);
        }
        node().giveBack(RESTORE);
        served();
    }

    @Test
    void open_dataSetAside_isRefusedAndCreatesNoEmptyStore() {
        createStore();
        node().setAside(RESTORE);

        assertFails(RESTORE_INCOMPLETE, () -> RocksDbStore.open(options()));
        assertFails(RESTORE_INCOMPLETE, () -> connector().connect());
        assertFails(RESTORE_INCOMPLETE, () -> node().snapshot(BACKUP));
        node().discardStaging(RESTORE);
        assertFails(RESTORE_INCOMPLETE, () -> RocksDbStore.open(options()));

        assertThat(directory().data()).doesNotExist();
    }

    @Test
    void open_leftoversOfACrash_areRemovedAndHeldDataAreNot() throws IOException {
        createStore();
        for (String name : List.of(".making-r-7", ".dropping-r-8", ".held-r-9")) {
            Files.createDirectories(directory().safetyCopies().resolve(name).resolve("files"));
        }

        RocksDbStore.open(options()).close();

        assertThat(directory().safetyCopies()).isDirectoryNotContaining("glob:**.making-*");
        assertThat(directory().safetyCopies()).isDirectoryNotContaining("glob:**.dropping-*");
        assertThat(directory().heldData(new RestoreId("r-9", 1))).exists();
    }

    @Test
    void adopt_storeThatLostItsBeginning_isDamagedAndLeftUnmarked() throws IOException {
        createStore();
        Files.delete(directory().data().resolve("CURRENT"));

        assertFails(STORE_DAMAGED, () -> node().adopt(RESTORE));

        assertThat(directory().marker()).doesNotExist();
        assertThat(node().safetyCopies()).isEmpty();
    }

    @Test
    void setAside_damagedStore_makesPlaceForARestoreAndKeepsTheDamagedFiles() throws IOException {
        createStore();
        SortedMap<TableName, List<CellVersion>> atBackup = served();
        node().snapshot(BACKUP);
        Files.delete(directory().data().resolve("CURRENT"));
        Set<String> damaged = names(directory().data());

        NodeFiles.stage(node(), BACKUP, node(), RESTORE);
        node().setAside(RESTORE);
        node().load(RESTORE);
        node().completeRestore(RESTORE);

        assertThat(served()).isEqualTo(atBackup);
        assertThat(names(directory().safetyCopy(RESTORE.id()))).isEqualTo(damaged);
    }

    /** The backup after a rewind and its undo need not read again what it has read before. */
    @Test
    void snapshot_afterARewindAndItsUndo_hasTheOldIdentities() {
        createStore();
        node().snapshot(BACKUP);
        node().adopt(RESTORE);
        node().completeRestore(RESTORE);
        node().bringBack(UNDO, RESTORE.id());
        node().completeRestore(UNDO);

        node().snapshot(new SnapshotTag("after"));

        List<SnapshotFile> tables = files(node(), BACKUP, "").stream()
                .filter(file -> file.path().endsWith(".sst"))
                .toList();
        assertThat(files(node(), new SnapshotTag("after"), ""))
                .containsAll(tables)
                .isNotEmpty();
    }

    private void createStore() {
        try (RocksDbStore store = RocksDbStore.open(options())) {
            fill(store.cluster(), 1);
        }
    }

    private SortedMap<TableName, List<CellVersion>> served() {
        try (StoreCluster cluster = connector().connect()) {
            return everything(cluster.cells());
        }
    }

    private void compact() {
        try (Database database = Database.open(directory(), options())) {
            database.use("compact", rocks -> {
                for (TableName table : database.tables()) {
                    rocks.compactRange(database.table(table));
                }
                return null;
            });
        }
    }

    private static void fill(StoreCluster cluster, long timestamp) {
        cluster.cells().createTable(TABLE);
        Map<Cell, Bytes> values = new HashMap<>();
        for (int i = 0; i < CELLS; i++) {
            values.put(cell(i), Bytes.utf8("value " + i + " of " + timestamp));
        }
        cluster.cells().put(TABLE, values, timestamp);
    }

    private static void deleteAll(StoreCluster cluster) {
        Map<Cell, Set<Long>> versions = new HashMap<>();
        for (int i = 0; i < CELLS; i++) {
            versions.put(cell(i), Set.of(1L));
        }
        cluster.cells().deleteVersions(TABLE, versions);
    }

    private static Cell cell(int number) {
        return Cell.of(Bytes.ofLong(number), Bytes.utf8("balance"));
    }

    private StoreDirectory directory() {
        return new StoreDirectory(root());
    }

    private RocksDbOptions options() {
        return RocksDbOptions.of(root(), TransactionsSchemaMap.always(3));
    }

    private StoreConnector connector() {
        return RocksDbConnector.to(root());
    }

    private StoreNode node() {
        return connector().targetNodes().get(0);
    }

    /** Returns which file on the disk each file of a table is. */
    private static Map<String, Object> keysOfTables(Path place) throws IOException {
        Map<String, Object> keys = new TreeMap<>();
        for (String name : names(place)) {
            if (name.endsWith(".sst")) {
                keys.put(name, key(place.resolve(name)));
            }
        }
        return keys;
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private static Set<String> names(Path place) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return Set.copyOf(files.map(file -> file.getFileName().toString()).toList());
        }
    }

    private static void copyData(Path from, Path to) throws IOException {
        Files.createDirectories(to.resolve("data"));
        for (String name : names(from.resolve("data"))) {
            Files.copy(from.resolve("data").resolve(name), to.resolve("data").resolve(name));
        }
    }
}
