package dev.tidemark.kvs.rocksdb;

import static dev.tidemark.kvs.ErrorCode.NOT_ALLOWED_NOW;
import static dev.tidemark.kvs.ErrorCode.RESTORE_INCOMPLETE;
import static dev.tidemark.kvs.ErrorCode.SNAPSHOT_FAILED;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbSnapshotTest {
    private static final TableName TABLE = TableName.of("accounts");
    private static final SnapshotTag FIRST = new SnapshotTag("first");
    private static final SnapshotTag SECOND = new SnapshotTag("second");
    private static final int LEFTOVERS = 5_000;
    private static final RestoreId RESTORE = new RestoreId("r-1", 7);

    @TempDir
    private Path parent;

    @Test
    void files_unchangedStore_areListedWithTheSameIdentities() {
        try (RocksDbStore store = open("store")) {
            fill(store, 1, 500);
            store.node().snapshot(FIRST);
            store.node().snapshot(SECOND);

            assertThat(files(store.node(), SECOND))
                    .isEqualTo(files(store.node(), FIRST))
                    .isNotEmpty();
        }
    }

    @Test
    void files_unchangedStoreAtRest_areListedWithTheSameIdentities() {
        try (RocksDbStore store = open("store")) {
            fill(store, 1, 500);
        }

        StoreNode first = reach("store");
        first.snapshot(FIRST);
        StoreNode second = reach("store");
        second.snapshot(SECOND);

        assertThat(files(second, SECOND)).isEqualTo(files(first, FIRST)).hasSizeGreaterThan(3);
    }

    @Test
    void files_storeChanged_addsNewFilesAndKeepsTheOthersIdentities() {
        try (RocksDbStore store = open("store")) {
            fill(store, 1, 500);
            store.node().snapshot(FIRST);
            fill(store, 2, 500);
            store.node().snapshot(SECOND);

            Set<SnapshotFile> added = new HashSet<>(files(store.node(), SECOND));
            List<SnapshotFile> before = files(store.node(), FIRST);
            added.removeAll(before);
            assertThat(added).extracting(SnapshotFile::path).anyMatch(path -> path.endsWith(".sst"));
            assertThat(files(store.node(), SECOND))
                    .containsAll(before.stream()
                            .filter(file -> file.path().endsWith(".sst"))
                            .toList());
        }
    }

    @Test
    void files_afterPath_goesOnBehindIt() {
        try (RocksDbStore store = open("store")) {
            fill(store, 1, 10);
            store.node().snapshot(FIRST);
            List<SnapshotFile> all = files(store.node(), FIRST);

            assertThat(all).extracting(SnapshotFile::path).isSorted().noneMatch(path -> path.endsWith(".log"));
            assertThat(files(store.node(), FIRST, all.get(1).path())).isEqualTo(all.subList(2, all.size()));
        }
    }

    @Test
    void snapshot_tagThatExists_isLeftAsItIs() {
        try (RocksDbStore store = open("store")) {
            store.node().snapshot(FIRST);
            List<SnapshotFile> before = files(store.node(), FIRST);
            fill(store, 1, 100);

            store.node().snapshot(FIRST);

            assertThat(files(store.node(), FIRST)).isEqualTo(before);
            assertThat(store.node().snapshots()).containsExactly(FIRST);
        }
    }

    @Test
    void snapshot_leftoversOfCrashes_areRemovedAndNeverListed() throws IOException {
        Path snapshots = parent.resolve("store/snapshots");
        try (RocksDbStore store = open("store")) {
            Files.createDirectories(snapshots.resolve(".making-first/files/x"));
            assertThat(store.node().snapshots()).isEmpty();
            store.node().snapshot(FIRST);
            assertThat(snapshots.resolve(".making-first")).doesNotExist();
            Files.createDirectories(snapshots.resolve(".making-third"));
            Files.createDirectories(snapshots.resolve(".dropping-first"));
            assertThat(store.node().snapshots()).containsExactly(FIRST);
        }

        try (RocksDbStore store = open("store")) {
            assertThat(snapshots).isDirectoryNotContaining("glob:**/.*");
            store.node().drop(FIRST);
            store.node().drop(FIRST);
            assertThat(snapshots).isEmptyDirectory();
            assertFails(SNAPSHOT_FAILED, () -> files(store.node(), FIRST));
            assertFails(SNAPSHOT_FAILED, () -> store.node().open(FIRST, "CURRENT"));
        }
    }

    @Test
    void snapshots_otherThingsInTheirDirectory_areIgnored() throws IOException {
        Path snapshots = parent.resolve("store/snapshots");
        try (RocksDbStore store = open("store")) {
            store.node().snapshot(FIRST);
            Files.createDirectory(snapshots.resolve("lost+found"));
            Files.createDirectory(snapshots.resolve("a b"));
            Files.createFile(snapshots.resolve("file"));

            assertThat(store.node().snapshots()).containsExactly(FIRST);
        }
        assertThat(snapshots.resolve("lost+found")).exists();
    }

    /** What a snapshot that died has left takes a while to remove, so that the store is closed meanwhile. */
    @Test
    void close_whileASnapshotIsTaken_waitsForIt() throws Exception {
        Path leftovers = parent.resolve("store/snapshots/.making-first");
        RocksDbStore store = open("store");
        Files.createDirectories(leftovers);
        for (int i = 0; i < LEFTOVERS; i++) {
            Files.createFile(leftovers.resolve("file-" + i));
        }
        FutureTask<Void> taking = new FutureTask<>(() -> store.snapshot(FIRST), null);
        new Thread(taking).start();
        while (countOf(leftovers) == LEFTOVERS) {
            Thread.onSpinWait();
        }

        store.close();

        assertThat(store.node().snapshots()).containsExactly(FIRST);
        taking.get();
    }

    private static long countOf(Path place) {
        String[] names = place.toFile().list();
        return names == null ? 0 : names.length;
    }

    @Test
    void open_pathOutsideOfTheSnapshot_isNotThere() {
        try (RocksDbStore store = open("store")) {
            store.node().snapshot(FIRST);

            assertFails(SNAPSHOT_FAILED, () -> store.node().open(FIRST, "../listing"));
            assertFails(SNAPSHOT_FAILED, () -> store.node().open(FIRST, "/etc/passwd"));
            assertFails(SNAPSHOT_FAILED, () -> store.node().open(FIRST, "no-such-file"));
        }
    }

    @Test
    void snapshot_noStore_isUnavailableAndCreatesNothing() {
        assertFails(STORE_UNAVAILABLE, () -> reach("missing").snapshot(FIRST));
        assertThat(parent.resolve("missing")).doesNotExist();
    }

    @Test
    void snapshot_storeAtRestWhoseOwnerDied_holdsWhatIsOnlyInTheLog() throws IOException {
        Path copy = parent.resolve("copy");
        try (RocksDbStore store = open("store")) {
            fill(store, 1, 100);
            copyData(parent.resolve("store"), copy);
        }
        try (Stream<Path> data = Files.list(copy.resolve("data"))) {
            assertThat(data).anyMatch(RocksDbSnapshotTest::isLogWithContent);
        }

        StoreNode node = reach("copy");
        node.snapshot(FIRST);
        restore(node, FIRST, "restored");

        try (StoreCluster restored =
                RocksDbConnector.to(parent.resolve("restored")).openRestored(RESTORE)) {
            assertThat(scan(restored, 1)).hasSize(100);
        }
        node.snapshot(SECOND);
        assertThat(files(node, SECOND)).extracting(SnapshotFile::path).noneMatch(path -> path.endsWith(".log"));
    }

    @Test
    void restore_snapshotIntoAnotherDirectory_hasExactlyItsCells() throws IOException {
        Map<Cell, Bytes> before;
        try (RocksDbStore store = open("store")) {
            fill(store, 1, 10_000);
            before = scan(store.cluster(), 1);
            store.node().snapshot(FIRST);
            fill(store, 2, 200);
            restore(store.node(), FIRST, "restored");
        }
        RocksDbConnector connector = RocksDbConnector.to(parent.resolve("restored"));

        assertFails(RESTORE_INCOMPLETE, () -> open("restored"));
        assertFails(RESTORE_INCOMPLETE, connector::connect);
        assertFails(RESTORE_INCOMPLETE, () -> connector.openRestored(new RestoreId("r-2", 7)));
        try (StoreCluster restored = connector.openRestored(RESTORE)) {
            assertThat(scan(restored, Long.MAX_VALUE)).isEqualTo(before).hasSize(10_000);
            assertThat(restored.describe().transactionsSchemas()).isEqualTo(TransactionsSchemaMap.always(3));
            connector.targetNodes().get(0).completeRestore(RESTORE);
            connector.targetNodes().get(0).discardStaging(RESTORE);
        }
        try (RocksDbStore store = open("restored")) {
            fill(store, 3, 10);
            assertThat(scan(store.cluster(), 3)).hasSize(10_000);
        }
    }

    @Test
    void restore_changesOfTheRestoredStore_leaveTheSnapshotAlone() throws IOException {
        try (RocksDbStore store = open("store")) {
            fill(store, 1, 500);
        }
        StoreNode node = reach("store");
        node.snapshot(FIRST);
        Map<String, Bytes> contents = contents(node, FIRST);
        DurableFiles.deleteTree(parent.resolve("store/data"));
        restore(node, FIRST, "store");

        try (StoreCluster restored =
                RocksDbConnector.to(parent.resolve("store")).openRestored(RESTORE)) {
            restored.cells().put(TABLE, Map.of(cell(1), Bytes.utf8("changed")), 9);
        }
        node.completeRestore(RESTORE);

        assertThat(contents(node, FIRST)).isEqualTo(contents);
    }

    @Test
    void openRestored_beforeLoad_isRefused() {
        RocksDbConnector connector = RocksDbConnector.to(parent.resolve("empty"));

        assertFails(NOT_ALLOWED_NOW, () -> connector.openRestored(RESTORE));
        assertThat(parent.resolve("empty/data")).doesNotExist();
    }

    @Test
    void snapshot_whileWriting_isAPrefixOfTheWritesAndShort() throws Exception {
        try (RocksDbStore store = open("store")) {
            store.cells().createTable(TABLE);
            store.cells().createTable(TableName.of("other"));
            AtomicBoolean isStopped = new AtomicBoolean();
            Thread writer = new Thread(() -> {
                for (long i = 1; !isStopped.get(); i++) {
                    store.cells()
                            .put(TABLE, Map.of(Cell.of(Bytes.ofLong(i), Bytes.EMPTY), Bytes.wrap(new byte[500])), i);
                    store.cells()
                            .put(TableName.of("other"), Map.of(Cell.of(Bytes.ofLong(i), Bytes.EMPTY), Bytes.EMPTY), i);
                }
            });
            writer.start();
            for (int i = 0; i < 5; i++) {
                long begin = System.nanoTime();
                store.node().snapshot(new SnapshotTag("s" + i));
                System.out.printf("snapshot %d took %.1f ms%n", i, (System.nanoTime() - begin) / 1e6);
            }
            isStopped.set(true);
            writer.join();
            restore(store.node(), new SnapshotTag("s4"), "restored");
        }

        try (StoreCluster restored =
                RocksDbConnector.to(parent.resolve("restored")).openRestored(RESTORE)) {
            int first = count(restored, TABLE);
            int second = count(restored, TableName.of("other"));
            assertThat(first - second).isBetween(0, 1);
            assertThat(first).isPositive();
        }
    }

    private static int count(StoreCluster cluster, TableName table) {
        long last = 0;
        int count = 0;
        try (CloseableIterator<CellVersion> scan = cluster.cells().scan(table, CellRange.all(), Long.MAX_VALUE)) {
            while (scan.hasNext()) {
                last = scan.next().timestamp();
                count++;
            }
        }
        assertThat(last).as("no gap").isEqualTo(count);
        return count;
    }

    private void restore(StoreNode source, SnapshotTag tag, String name) throws IOException {
        StoreNode target = reach(name);
        assertThat(target.isEmptyFor(RESTORE)).isTrue();
        StagingArea staging = target.stage(RESTORE, 1);
        for (SnapshotFile file : files(source, tag)) {
            try (ReadableByteChannel in = source.open(tag, file.path());
                    StagingArea.StagedFile out = staging.create(file.path())) {
                ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
                while (in.read(buffer) >= 0) {
                    buffer.flip();
                    out.write(buffer);
                    buffer.compact();
                }
                out.commit();
            }
        }
        staging.sync();
        target.load(RESTORE);
    }

    private static Map<String, Bytes> contents(StoreNode node, SnapshotTag tag) throws IOException {
        Map<String, Bytes> contents = new HashMap<>();
        for (SnapshotFile file : files(node, tag)) {
            ByteBuffer buffer = ByteBuffer.allocate((int) file.sizeBytes());
            try (ReadableByteChannel in = node.open(tag, file.path())) {
                while (buffer.hasRemaining() && in.read(buffer) >= 0) {}
            }
            contents.put(file.path(), Bytes.wrap(buffer.array()));
        }
        return contents;
    }

    private static Map<Cell, Bytes> scan(StoreCluster cluster, long atOrBelow) {
        Map<Cell, Bytes> cells = new HashMap<>();
        try (CloseableIterator<CellVersion> scan = cluster.cells().scan(TABLE, CellRange.all(), atOrBelow)) {
            scan.forEachRemaining(version -> cells.putIfAbsent(version.cell(), version.value()));
        }
        return cells;
    }

    private static void fill(RocksDbStore store, long timestamp, int cells) {
        store.cells().createTable(TABLE);
        Random random = new Random(timestamp);
        Map<Cell, Bytes> values = new HashMap<>();
        for (int i = 0; i < cells; i++) {
            byte[] value = new byte[50];
            random.nextBytes(value);
            values.put(cell(i), Bytes.wrap(value));
        }
        store.cells().put(TABLE, values, timestamp);
    }

    private static Cell cell(int number) {
        return Cell.of(Bytes.ofLong(number), Bytes.utf8("balance"));
    }

    private static List<SnapshotFile> files(StoreNode node, SnapshotTag tag) {
        return files(node, tag, "");
    }

    private static List<SnapshotFile> files(StoreNode node, SnapshotTag tag, String afterPath) {
        List<SnapshotFile> files = new ArrayList<>();
        try (CloseableIterator<SnapshotFile> listing = node.files(tag, afterPath)) {
            listing.forEachRemaining(files::add);
        }
        return files;
    }

    private static void copyData(Path from, Path to) throws IOException {
        Files.createDirectories(to.resolve("data"));
        try (var files = Files.newDirectoryStream(from.resolve("data"))) {
            for (Path file : files) {
                Files.copy(file, to.resolve("data").resolve(file.getFileName()));
            }
        }
    }

    private static boolean isLogWithContent(Path file) {
        return file.toString().endsWith(".log") && file.toFile().length() > 0;
    }

    private RocksDbStore open(String name) {
        return RocksDbStore.open(RocksDbOptions.of(parent.resolve(name), TransactionsSchemaMap.always(3)));
    }

    private StoreNode reach(String name) {
        return RocksDbConnector.to(parent.resolve(name)).targetNodes().get(0);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
