package dev.tidemark.coordinator.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Execution(ExecutionMode.CONCURRENT)
class NodeTransferTest {
    private static final FileListRef NO_LIST = new FileListRef(List.of());
    private static final SnapshotTag TAG = new SnapshotTag("backup.1");

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final ExecutorService manyThreads = Executors.newCachedThreadPool();
    private NamespaceArchive archive = SampleArchive.create(store, "orders");
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @AfterEach
    void stop() {
        threads.shutdownNow();
        manyThreads.shutdownNow();
    }

    @Test
    void stage_manySmallFilesWithSeveralWorkers_readsAhead() {
        GeneratedNode node = new GeneratedNode(2_000, 1_000);
        ParallelWork work = new ParallelWork(threads, 2);
        NodeCopy copy = upload(node, work, PartSize.SMALLEST, NodeCopy.begin("main", "n1"), new ArrayList<>());
        NodeBackup backup = new NodeBackup("n1", List.of("all"), copy.fileList(), copy.files(), copy.rawBytes());
        NodeRestorer restorer = new NodeRestorer(archive, work);
        AtomicInteger reads = new AtomicInteger();
        store.observe((operation, key, isDone) -> {
            if (operation == Operation.READ && isDone && key.contains("/packs/")) {
                reads.incrementAndGet();
            }
        });

        restorer.stage(
                node,
                new RestoreId("restore", 1),
                List.of(new StagedSource(backup, "", FileSelection.ALL)),
                (bytes, files) -> {});

        assertThat(node.staged).hasSize(2_000);
        node.staged.forEach((path, content) -> assertThat(content).isEqualTo(node.content(path)));
        assertThat(reads.get()).as("requests for 2000 files").isLessThan(200);
    }

    @Test
    void stage_ofSomeFiles_stagesNoOthersAndAsksForTheirRoomAlone() {
        GeneratedNode node = new GeneratedNode(2_000, 1_000);
        ParallelWork work = new ParallelWork(threads, 2);
        NodeCopy copy = upload(node, work, PartSize.SMALLEST, NodeCopy.begin("main", "n1"), new ArrayList<>());
        NodeBackup backup = new NodeBackup("n1", List.of("all"), copy.fileList(), copy.files(), copy.rawBytes());
        FileSelection some = new FileSelection(List.of("00000000", "0000019"));
        AtomicInteger staged = new AtomicInteger();

        new NodeRestorer(archive, work)
                .stage(
                        node,
                        new RestoreId("restore", 1),
                        List.of(new StagedSource(backup, "", some)),
                        (bytes, files) -> staged.accumulateAndGet((int) files, Math::max));

        assertThat(node.staged).hasSize(110).containsKeys(GeneratedNode.path(9), GeneratedNode.path(1_900));
        assertThat(staged).hasValue(110);
        assertThat(node.expectedBytes()).isEqualTo(110_000);
        assertThat(some.size(archive, backup)).isEqualTo(new FileSelection.Size(110, 110_000));
        assertThat(FileSelection.ALL.size(archive, backup)).isEqualTo(new FileSelection.Size(2_000, 2_000_000));
    }

    @Test
    void upload_ofLargeFilesByManyWorkers_storesThemAsOneDoes() {
        GeneratedNode node = new GeneratedNode(5, 3 * archive.chunkSizeBytes() + 7);
        List<FileEntry> byOne = entries(upload(
                node,
                new ParallelWork(Runnable::run, 1),
                PartSize.SMALLEST,
                NodeCopy.begin("main", "n1"),
                new ArrayList<>()));
        InMemoryObjectStore other = new InMemoryObjectStore();
        archive = SampleArchive.create(other, "orders");

        NodeCopy copy = upload(
                node,
                new ParallelWork(manyThreads, 6),
                PartSize.SMALLEST,
                NodeCopy.begin("main", "n1"),
                new ArrayList<>());

        assertThat(entries(copy)).isEqualTo(byOne);
        assertThat(copy.readBytes()).isEqualTo(copy.rawBytes()).isEqualTo(copy.newRawBytes());
    }

    @Test
    void upload_ofAFileThatBecameShorter_endsWithAnErrorAndNoFileOpen() {
        GeneratedNode node = new GeneratedNode(9, 500);
        node.truncate(GeneratedNode.path(4));

        assertThatThrownBy(() -> upload(
                        node,
                        new ParallelWork(manyThreads, 3),
                        PartSize.SMALLEST,
                        NodeCopy.begin("main", "n1"),
                        new ArrayList<>()))
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_FAILED));
        assertThat(node.openFiles()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"10, 1000000", "1000000, 1000"})
    void upload_ofManySmallestParts_savesNoMoreThanAFewHundredTimes(long files, long bytes) {
        GeneratedNode node = new GeneratedNode(100_000, 10);
        List<NodeCopy> saved = new ArrayList<>();

        NodeCopy copy = upload(
                node,
                new ParallelWork(Runnable::run, 1),
                new PartSize(files, bytes),
                NodeCopy.begin("main", "n1"),
                saved);

        assertThat(saved.size()).isBetween(100, PartSize.MAX_PARTS + 1);
        assertThat(copy.fileList().parts()).hasSize(saved.size());
        assertThat(copy.files()).isEqualTo(100_000);
        assertThat(copy.rawBytes()).isEqualTo(1_000_000);
    }

    @Test
    void upload_resumedFromAnySave_givesTheSameFiles() {
        GeneratedNode node = new GeneratedNode(3_000, 10);
        List<NodeCopy> saved = new ArrayList<>();
        ParallelWork work = new ParallelWork(Runnable::run, 1);
        upload(node, work, new PartSize(1_000, 1_000_000), NodeCopy.begin("main", "n1"), saved);

        NodeCopy resumed = upload(node, work, new PartSize(1_000, 1_000_000), saved.get(0), new ArrayList<>());

        assertThat(saved.size()).isGreaterThan(1);
        assertThat(resumed.files()).isEqualTo(3_000);
        assertThat(resumed.fileList().entries()).isEqualTo(3_000);
    }

    @Test
    void forSnapshot_ofFewBytes_isTheSmallest() {
        GeneratedNode node = new GeneratedNode(0, 0);

        assertThat(PartSize.SMALLEST.forSnapshot(new NodeSnapshot(node, TAG, 5_000_000, 200L << 30)))
                .isEqualTo(new PartSize(20_000, 1L << 30));
        assertThat(PartSize.SMALLEST.forSnapshot(new NodeSnapshot(node, TAG, 10, 100L << 40)))
                .isEqualTo(new PartSize(20_000, (100L << 40) / 256 + 1));
    }

    private List<FileEntry> entries(NodeCopy copy) {
        List<FileEntry> entries = new ArrayList<>();
        try (CloseableIterator<FileEntry> iterator = archive.readFileList(copy.fileList())) {
            iterator.forEachRemaining(entries::add);
        }
        return entries;
    }

    private NodeCopy upload(
            GeneratedNode node, ParallelWork work, PartSize smallest, NodeCopy from, List<NodeCopy> saved) {
        return new SnapshotUploader(archive, work, note -> {}, smallest)
                .upload(NodeSnapshot.measure(node, TAG), from, NO_LIST, saved::add, (bytes, files) -> {});
    }
}
