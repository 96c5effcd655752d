package dev.tidemark.kvs.node;

import static dev.tidemark.kvs.ErrorCode.FENCED_OUT;
import static dev.tidemark.kvs.ErrorCode.MANIFEST_INVALID;
import static dev.tidemark.kvs.ErrorCode.NOT_ALLOWED_NOW;
import static dev.tidemark.kvs.ErrorCode.RESTORE_INCOMPLETE;
import static dev.tidemark.kvs.ErrorCode.SNAPSHOT_FAILED;
import static dev.tidemark.kvs.ErrorCode.STORE_NOT_EMPTY;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static dev.tidemark.kvs.node.NodeFiles.contents;
import static dev.tidemark.kvs.node.NodeFiles.everything;
import static dev.tidemark.kvs.node.NodeFiles.files;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.StagingArea.StagedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link StoreNode} and {@link StagingArea} does. */
public abstract class StoreNodeContract {
    private static final TableName TABLE = TableName.of("accounts");
    private static final SnapshotTag FIRST = new SnapshotTag("first");
    private static final SnapshotTag SECOND = new SnapshotTag("second");
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);
    private static final RestoreId TAKEN_OVER = new RestoreId("r-1", 11);
    private static final RestoreId OTHER = new RestoreId("r-2", 12);
    private static final Map<String, Bytes> TWO_FILES =
            Map.of("one", Bytes.utf8("first"), "sub/directory/two", Bytes.utf8("second file"));

    private CellStore cells;
    private List<StoreNode> nodes;
    private StoreNode node;
    private Map<String, String> schema;

    /** Returns the way to a living store without tables of the application; the subclass closes it after the test. */
    protected abstract StoreConnector createStore();

    /** Returns the way to as many nodes without a store, another place with each call. */
    protected abstract StoreConnector createEmpty();

    @BeforeEach
    void fillStore() {
        StoreCluster cluster = createStore().connect();
        cells = cluster.cells();
        nodes = cluster.nodes();
        node = nodes.get(0);
        cells.createTable(TABLE);
        fill(1, 200);
        schema = cluster.describe().schema();
    }

    @Test
    void snapshot_tagThatExists_isLeftAsItIs() {
        node.snapshot(FIRST);
        SortedMap<String, Bytes> before = contents(node, FIRST);
        fill(2, 200);

        node.snapshot(FIRST);

        assertThat(contents(node, FIRST)).isEqualTo(before);
        assertThat(node.snapshots()).containsExactly(FIRST);
    }

    @Test
    void snapshot_writesGoOn_doesNotChange() throws Exception {
        AtomicBoolean isEnded = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        Future<?> writing = writer.submit(() -> {
            for (int i = 2; !isEnded.get(); i++) {
                fill(i, 50);
            }
        });
        try {
            node.snapshot(FIRST);
            List<SnapshotFile> listing = files(node, FIRST, "");
            SortedMap<String, Bytes> before = contents(node, FIRST);

            node.snapshot(SECOND);
            cells.deleteVersions(TABLE, Map.of(cell(1), Set.of(1L)));

            assertThat(files(node, FIRST, "")).isEqualTo(listing);
            assertThat(contents(node, FIRST)).isEqualTo(before);
        } finally {
            isEnded.set(true);
            writing.get();
            writer.shutdown();
        }
    }

    @Test
    void snapshots_severalTaken_areListedInOrderUntilDropped() {
        assertThat(node.snapshots()).isEmpty();
        node.snapshot(SECOND);
        node.snapshot(FIRST);

        assertThat(node.snapshots()).containsExactly(FIRST, SECOND);
        node.drop(FIRST);
        node.drop(FIRST);
        assertThat(node.snapshots()).containsExactly(SECOND);
        assertThat(contents(node, SECOND)).isNotEmpty();
    }

    @Test
    void files_anyListing_isSortedHasRightSizesAndGoesOnBehindAPath() {
        fill(2, 200);
        node.snapshot(SECOND);
        fill(3, 200);
        node.snapshot(FIRST);

        List<SnapshotFile> all = files(node, FIRST, "");
        assertThat(all).hasSizeGreaterThan(1);
        assertThat(all).extracting(SnapshotFile::path).isSorted().doesNotHaveDuplicates();
        SortedMap<String, Bytes> contents = contents(node, FIRST);
        assertThat(all).allSatisfy(file -> assertThat(file.sizeBytes())
                .isEqualTo(contents.get(file.path()).length()));
        for (int i = 0; i < all.size(); i++) {
            assertThat(files(node, FIRST, all.get(i).path())).isEqualTo(all.subList(i + 1, all.size()));
        }
        assertThat(files(node, FIRST, all.get(0).path() + "\0")).isEqualTo(all.subList(1, all.size()));
        assertThat(files(node, FIRST, "\uffff")).isEmpty();
    }

    @Test
    void files_atTheirEnd_throwOnNextAndCloseTwice() {
        node.snapshot(FIRST);
        CloseableIterator<SnapshotFile> listing = node.files(FIRST, "\uffff");

        assertThat(listing.hasNext()).isFalse();
        assertThatThrownBy(listing::next).isInstanceOf(NoSuchElementException.class);
        listing.close();
        listing.close();
    }

    @Test
    void files_twoSnapshots_haveEqualIdentitiesOnlyForEqualContents() {
        node.snapshot(FIRST);
        fill(2, 200);
        node.snapshot(SECOND);

        Map<String, SnapshotFile> before = new HashMap<>();
        files(node, FIRST, "").forEach(file -> before.put(file.path(), file));
        SortedMap<String, Bytes> contentsBefore = contents(node, FIRST);
        SortedMap<String, Bytes> contentsAfter = contents(node, SECOND);
        List<String> unchanged = files(node, SECOND, "").stream()
                .filter(file -> file.equals(before.get(file.path())))
                .map(SnapshotFile::path)
                .toList();
        assertThat(unchanged).as("files that need not be copied again").isNotEmpty();
        assertThat(unchanged)
                .allSatisfy(path -> assertThat(contentsAfter.get(path)).isEqualTo(contentsBefore.get(path)));
        assertThat(contentsAfter).isNotEqualTo(contentsBefore);
    }

    @Test
    void files_storeUnchanged_areListedAlike() {
        node.snapshot(FIRST);
        node.snapshot(SECOND);

        assertThat(files(node, SECOND, "")).isEqualTo(files(node, FIRST, ""));
    }

    @Test
    void open_snapshotOrFileThatIsNotThere_fails() {
        assertFails(SNAPSHOT_FAILED, () -> node.open(FIRST, "any"));
        assertFails(SNAPSHOT_FAILED, () -> files(node, FIRST, ""));
        node.snapshot(FIRST);
        String path = files(node, FIRST, "").get(0).path();

        assertFails(SNAPSHOT_FAILED, () -> node.open(FIRST, "no-such-file"));
        assertFails(SNAPSHOT_FAILED, () -> node.open(FIRST, path + "/below"));
        assertFails(SNAPSHOT_FAILED, () -> node.open(FIRST, "../" + path));
        assertFails(SNAPSHOT_FAILED, () -> node.open(FIRST, "/" + path));
        assertFails(SNAPSHOT_FAILED, () -> node.open(FIRST, ""));
        node.drop(FIRST);
        assertFails(SNAPSHOT_FAILED, () -> node.open(FIRST, path));
        assertFails(SNAPSHOT_FAILED, () -> files(node, FIRST, ""));
    }

    @Test
    void open_sameFileTwice_readsEachFromItsStart() throws IOException {
        node.snapshot(FIRST);
        String path = files(node, FIRST, "").get(0).path();

        try (ReadableByteChannel one = node.open(FIRST, path);
                ReadableByteChannel other = node.open(FIRST, path)) {
            ByteBuffer fromOne = ByteBuffer.allocate(1);
            ByteBuffer fromOther = ByteBuffer.allocate(1);
            assertThat(one.read(fromOne)).isEqualTo(1);
            assertThat(other.read(fromOther)).isEqualTo(1);
            assertThat(fromOne).isEqualTo(fromOther);
        }
    }

    @Test
    void snapshot_nodeWithoutStore_failsAndLeavesNothing() {
        StoreNode empty = createEmpty().targetNodes().get(0);

        assertFails(STORE_UNAVAILABLE, () -> empty.snapshot(FIRST));
        assertThat(empty.snapshots()).isEmpty();
        empty.drop(FIRST);
    }

    @Test
    void snapshot_halfRestoredNode_isRefused() {
        StoreConnector target = createEmpty();
        load(target);

        assertFails(RESTORE_INCOMPLETE, () -> target.targetNodes().get(0).snapshot(SECOND));
    }

    @Test
    void restore_snapshotsOfAllNodes_haveTheContentThatWasThere() {
        StoreConnector target = createEmpty();
        SortedMap<TableName, List<CellVersion>> before = everything(cells);
        carry(target, FIRST, RESTORE);
        fill(2, 200);
        cells.deleteVersions(TABLE, Map.of(cell(1), Set.of(1L)));

        loadStaged(target, RESTORE);

        try (StoreCluster restored = target.openRestored(RESTORE)) {
            restored.repair(restored.describe().tables());
            assertThat(everything(restored.cells())).isEqualTo(before);
        }
        complete(target, RESTORE);
        try (StoreCluster restored = target.connect()) {
            assertThat(everything(restored.cells())).isEqualTo(before);
            restored.cells().put(TABLE, Map.of(cell(1), Bytes.utf8("new")), 9);
            assertThat(restored.cells()
                            .getLatest(TABLE, Set.of(cell(1)), 9)
                            .get(cell(1))
                            .value())
                    .isEqualTo(Bytes.utf8("new"));
        }
    }

    @Test
    void restore_ofARestoredStore_hasTheContentAgain() {
        StoreConnector first = createEmpty();
        load(first);
        complete(first, RESTORE);
        StoreConnector second = createEmpty();
        SortedMap<TableName, List<CellVersion>> before;
        try (StoreCluster cluster = first.connect()) {
            cluster.repair(cluster.describe().tables());
            cluster.cells().put(TABLE, Map.of(cell(1), Bytes.utf8("changed")), 9);
            cluster.cells().deleteVersions(TABLE, Map.of(cell(2), Set.of(1L)));
            before = everything(cluster.cells());
            cluster.nodes().forEach(each -> each.snapshot(SECOND));
            NodeFiles.place(cluster.nodes(), SECOND, second, OTHER);
        }

        loadStaged(second, OTHER);

        try (StoreCluster restored = second.openRestored(OTHER)) {
            restored.repair(restored.describe().tables());
            assertThat(everything(restored.cells())).isEqualTo(before);
        }
    }

    @Test
    void load_again_doesNothing() {
        StoreConnector target = createEmpty();
        load(target);
        try (StoreCluster restored = target.openRestored(RESTORE)) {
            restored.cells().put(TABLE, Map.of(cell(1), Bytes.utf8("cleaned")), 9);
        }

        target.targetNodes().forEach(each -> each.load(RESTORE));
        target.targetNodes().forEach(each -> each.load(TAKEN_OVER));

        try (StoreCluster restored = target.openRestored(TAKEN_OVER)) {
            assertThat(restored.cells().getLatest(TABLE, Set.of(cell(1)), 9).get(cell(1)))
                    .extracting(version -> version.value())
                    .isEqualTo(Bytes.utf8("cleaned"));
        }
        complete(target, TAKEN_OVER);
        target.targetNodes().forEach(each -> each.load(TAKEN_OVER));
        target.connect().close();
    }

    @Test
    void load_nothingStaged_isRefusedAndNodeStaysEmpty() {
        StoreConnector target = createEmpty();
        StoreNode empty = target.targetNodes().get(0);

        assertFails(NOT_ALLOWED_NOW, () -> empty.load(RESTORE));
        assertThat(empty.isEmptyFor(OTHER)).isTrue();
        assertFails(STORE_UNAVAILABLE, target::connect);
    }

    @Test
    void load_dataOfAnotherRestore_isRefusedAndLeavesIt() {
        StoreConnector target = createEmpty();
        load(target);
        for (StoreNode each : target.targetNodes()) {
            NodeFiles.stage(node, FIRST, each, OTHER, NodeFiles.prefix(target, node));
            assertFails(STORE_NOT_EMPTY, () -> each.load(OTHER));
            assertThat(each.isEmptyFor(OTHER)).isFalse();
        }
        RestoreId first = new RestoreId(RESTORE.id(), OTHER.epoch());
        complete(target, first);

        target.targetNodes().forEach(each -> assertFails(STORE_NOT_EMPTY, () -> each.load(OTHER)));

        try (StoreCluster restored = target.connect()) {
            assertThat(restored.cells().tables()).contains(TABLE);
        }
    }

    @Test
    void completeRestore_again_doesNothing() {
        StoreConnector target = createEmpty();
        load(target);

        complete(target, RESTORE);
        complete(target, RESTORE);
        complete(target, TAKEN_OVER);

        target.connect().close();
    }

    @Test
    void completeRestore_nothingLoaded_isRefused() {
        StoreConnector target = createEmpty();
        for (StoreNode each : target.targetNodes()) {
            assertFails(NOT_ALLOWED_NOW, () -> each.completeRestore(RESTORE));
            assertThat(each.isEmptyFor(OTHER)).isTrue();
            NodeFiles.stage(each.stage(RESTORE, 100), TWO_FILES);
            assertFails(NOT_ALLOWED_NOW, () -> each.completeRestore(RESTORE));
        }
        nodes.forEach(each -> assertFails(NOT_ALLOWED_NOW, () -> each.completeRestore(RESTORE)));
    }

    @Test
    void completeRestore_ofAnotherRestore_isRefusedAndLeavesTheMark() {
        StoreConnector target = createEmpty();
        load(target);

        target.targetNodes().forEach(each -> assertFails(RESTORE_INCOMPLETE, () -> each.completeRestore(OTHER)));

        assertFails(RESTORE_INCOMPLETE, target::connect);
        complete(target, new RestoreId(RESTORE.id(), OTHER.epoch()));
        target.targetNodes().forEach(each -> assertFails(NOT_ALLOWED_NOW, () -> each.completeRestore(OTHER)));
        target.connect().close();
    }

    @Test
    void usableBytes_onEachNode_isARealAmount() {
        assertThat(nodes).allMatch(each -> each.usableBytes() > 0);
    }

    @Test
    void isEmptyFor_throughARestore_tellsWhoseDataItIs() {
        assertThat(nodes).noneMatch(each -> each.isEmptyFor(RESTORE));
        StoreConnector target = createEmpty();
        StoreNode restored = target.targetNodes().get(0);
        assertThat(restored.isEmptyFor(RESTORE)).isTrue();

        carry(target, FIRST, RESTORE);
        assertThat(restored.isEmptyFor(RESTORE)).as("staged").isTrue();
        assertThat(restored.isEmptyFor(OTHER)).as("staged by another").isTrue();
        loadStaged(target, RESTORE);
        assertThat(restored.isEmptyFor(RESTORE)).as("loaded").isTrue();
        assertThat(restored.isEmptyFor(OTHER)).as("loaded by another").isFalse();
        complete(target, RESTORE);
        assertThat(restored.isEmptyFor(TAKEN_OVER)).as("completed").isTrue();
        assertThat(restored.isEmptyFor(OTHER)).as("completed by another").isFalse();
    }

    @Test
    void anyStepOfARestore_greaterEpochSeen_isFencedOut() {
        StoreNode target = createEmpty().targetNodes().get(0);
        StagingArea overtaken = target.stage(RESTORE, 0);
        StagedFile open = overtaken.create("late");
        NodeFiles.stage(target.stage(TAKEN_OVER, 0), TWO_FILES);

        assertFails(FENCED_OUT, open::commit);
        open.close();
        assertFails(FENCED_OUT, () -> target.stage(RESTORE, 0));
        assertFails(FENCED_OUT, () -> target.stage(new RestoreId("r-other", 5), 0));
        assertFails(FENCED_OUT, () -> target.load(RESTORE));
        assertFails(FENCED_OUT, () -> target.completeRestore(RESTORE));
        assertFails(FENCED_OUT, () -> target.discardStaging(RESTORE));
        assertThat(target.isEmptyFor(RESTORE)).isTrue();
        assertThat(target.isEmptyFor(new RestoreId("r-other", 1))).isTrue();
        assertThat(target.stage(TAKEN_OVER, 0).files()).containsOnlyKeys(TWO_FILES.keySet());
    }

    @Test
    void stage_again_findsWhatIsCommittedAndReplaces() {
        StoreNode target = createEmpty().targetNodes().get(0);
        StagingArea staging = target.stage(RESTORE, 100);
        assertThat(staging.files()).isEmpty();

        NodeFiles.stage(staging, TWO_FILES);
        NodeFiles.stage(staging, Map.of("one", Bytes.utf8("longer than before")));
        NodeFiles.stage(target.stage(OTHER, 100), Map.of("foreign", Bytes.EMPTY));

        RestoreId next = new RestoreId(RESTORE.id(), 13);
        assertThat(target.stage(next, 100).files()).isEqualTo(Map.of("one", 18L, "sub/directory/two", 11L));
        assertThat(target.stage(next, 100).files()).isEqualTo(staging.files());
    }

    @Test
    void create_notCommitted_disappears() {
        StagingArea staging = createEmpty().targetNodes().get(0).stage(RESTORE, 100);
        NodeFiles.stage(staging, Map.of("kept", Bytes.utf8("old")));

        for (String path : List.of("new", "kept")) {
            try (StagedFile file = staging.create(path)) {
                NodeFiles.write(file, ByteBuffer.wrap(new byte[100]));
                assertThat(file.isOpen()).isTrue();
            }
        }

        assertThat(staging.files()).isEqualTo(Map.of("kept", 3L));
    }

    @Test
    void stagedFile_committedOrClosed_takesNothingMore() {
        StagingArea staging = createEmpty().targetNodes().get(0).stage(RESTORE, 100);
        StagedFile committed = staging.create("committed");
        NodeFiles.write(committed, ByteBuffer.wrap(new byte[5]));
        committed.commit();
        committed.commit();
        StagedFile closed = staging.create("closed");
        closed.close();
        closed.close();

        assertThat(committed.isOpen()).isFalse();
        assertThat(closed.isOpen()).isFalse();
        assertThatThrownBy(() -> committed.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> closed.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(closed::commit).isInstanceOf(RuntimeException.class);
        committed.close();
        assertThat(staging.files()).isEqualTo(Map.of("committed", 5L));
    }

    @Test
    void create_severalOpenAtOnce_keepTheirContents() {
        StagingArea staging = createEmpty().targetNodes().get(0).stage(RESTORE, 100);

        try (StagedFile one = staging.create("one");
                StagedFile other = staging.create("other")) {
            NodeFiles.write(one, ByteBuffer.wrap(new byte[3]));
            NodeFiles.write(other, ByteBuffer.wrap(new byte[4]));
            NodeFiles.write(one, ByteBuffer.wrap(new byte[3]));
            other.commit();
            one.commit();
        }
        staging.sync();

        assertThat(staging.files()).isEqualTo(Map.of("one", 6L, "other", 4L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/abs",
                "//abs",
                "..",
                "../x",
                "a/../../b",
                "a/..",
                ".",
                "./a",
                "a/./b",
                "a//b",
                "a/",
                "a\\b",
                "..\\x",
                "a\0b",
                "C:/x",
                "c:x",
                "C:\\x"
            })
    void create_hostilePath_isRefusedAndNothingIsWritten(String path) {
        StoreNode target = createEmpty().targetNodes().get(0);
        StagingArea staging = target.stage(RESTORE, 100);
        Set<String> before = strayFiles();

        assertFails(MANIFEST_INVALID, () -> staging.create(path));

        assertThat(staging.files()).isEmpty();
        assertThat(strayFiles()).isEqualTo(before);
    }

    /**
     * Returns how a place without a store refuses to be connected to while files are staged for it. A store that an application creates
     * by opening it must not be opened then; one that is created in other ways is simply not there.
     */
    protected ErrorCode refusalWhileStaging() {
        return RESTORE_INCOMPLETE;
    }

    /** Returns what lies where a path could lead out of a staging area; nothing for nodes without a file system. */
    protected Set<String> strayFiles() {
        return Set.of();
    }

    @Test
    void discardStaging_stagedOrNot_removesAllOfItAndAgain() {
        StoreConnector target = createEmpty();
        StoreNode empty = target.targetNodes().get(0);
        empty.discardStaging(RESTORE);
        NodeFiles.stage(empty.stage(RESTORE, 100), TWO_FILES);
        assertFails(refusalWhileStaging(), target::connect);

        empty.discardStaging(RESTORE);
        empty.discardStaging(RESTORE);

        assertFails(STORE_UNAVAILABLE, target::connect);
        assertFails(NOT_ALLOWED_NOW, () -> empty.load(RESTORE));
        assertThat(empty.stage(RESTORE, 100).files()).isEmpty();
    }

    @Test
    void discardStaging_afterLoad_leavesTheData() {
        StoreConnector target = createEmpty();
        load(target);

        target.targetNodes().forEach(each -> each.discardStaging(RESTORE));

        try (StoreCluster restored = target.openRestored(RESTORE)) {
            assertThat(restored.cells().tables()).contains(TABLE);
        }
    }

    @Test
    void targetNodes_storeAndEmptyPlace_haveStableIds() {
        assertThat(createEmpty().targetNodes())
                .extracting(StoreNode::id)
                .containsExactlyElementsOf(nodes.stream().map(StoreNode::id).toList());
    }

    private void load(StoreConnector target) {
        carry(target, FIRST, RESTORE);
        loadStaged(target, RESTORE);
    }

    private void carry(StoreConnector target, SnapshotTag tag, RestoreId restore) {
        nodes.forEach(each -> each.snapshot(tag));
        NodeFiles.place(nodes, tag, target, restore);
    }

    private void loadStaged(StoreConnector target, RestoreId restore) {
        target.prepareLoad(restore, schema);
        target.targetNodes().forEach(each -> each.load(restore));
    }

    private static void complete(StoreConnector target, RestoreId restore) {
        target.targetNodes().forEach(each -> each.completeRestore(restore));
    }

    private void fill(long timestamp, int count) {
        Random random = new Random(timestamp);
        Map<Cell, Bytes> values = new HashMap<>();
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[20];
            random.nextBytes(value);
            values.put(cell(i), Bytes.wrap(value));
        }
        cells.put(TABLE, values, timestamp);
    }

    private static Cell cell(int number) {
        return Cell.of(Bytes.ofLong(number), Bytes.utf8("balance"));
    }
}
