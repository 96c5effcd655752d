package dev.tidemark.kvs.cassandra.node;

import static dev.tidemark.kvs.ErrorCode.SNAPSHOT_FAILED;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static dev.tidemark.kvs.node.NodeFiles.contents;
import static dev.tidemark.kvs.node.NodeFiles.files;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra;
import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra.Version;
import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.MemoryDisk;
import dev.tidemark.kvs.files.Steps;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of a node through its agent. */
class SnapshotsTest {
    private static final SnapshotTag TAG = new SnapshotTag("b-1");

    @TempDir(factory = MemoryDisk.class)
    private Path directory;

    private FakeCassandra cassandra;
    private CassandraNode node;

    @BeforeEach
    void start() {
        cassandra = FakeAgents.node(Version.V5_0, directory);
        cassandra.createTable("accounts");
        cassandra.write("accounts", "row");
        node = FakeAgents.open(cassandra, directory, step -> {});
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void files_snapshot_leavesOutWhatIsAboutIt() throws IOException {
        node.snapshot(TAG);

        String table = cassandra.directories("accounts").get(0).getFileName().toString();
        assertThat(files(node, TAG, ""))
                .extracting(SnapshotFile::path)
                .containsExactly(
                        table + "/nb-1-big-Data.db",
                        table + "/nb-1-big-Digest.crc32",
                        table + "/nb-1-big-Statistics.db",
                        table + "/nb-1-big-TOC.txt");
        assertThat(snapshot("accounts", 0, TAG).resolve("manifest.json")).exists();
    }

    @Test
    void files_secondaryIndexAndSeveralDataDirectories_areOneListingInOrder() throws IOException {
        cassandra.createTable("a_table");
        cassandra.write("a_table", "row");
        node.snapshot(TAG);
        Path second = snapshot("accounts", 1, TAG);
        Files.createDirectories(second.resolve(".by_value"));
        Files.writeString(second.resolve("nb-2-big-Data.db"), "other disk");
        Files.writeString(second.resolve(".by_value/nb-1-big-Data.db"), "index");
        forgetListing(TAG);
        cassandra.failNext("clearSnapshot", new IOException("keep what the test has made"));
        Path listing = directory.resolve("state/orders/snapshots/tidemark-b-1.listing");
        DataDirectories data = new DataDirectories("orders", roots());
        SnapshotFiles.write(data.withSnapshot("tidemark-b-1"), "tidemark-b-1", listing);

        List<String> paths =
                files(node, TAG, "").stream().map(SnapshotFile::path).toList();

        assertThat(paths).isSorted().hasSize(10);
        String table = cassandra.directories("accounts").get(0).getFileName().toString();
        assertThat(paths).contains(table + "/.by_value/nb-1-big-Data.db", table + "/nb-2-big-Data.db");
        assertThat(contents(node, TAG).get(table + "/nb-2-big-Data.db").toUtf8())
                .isEqualTo("other disk");
    }

    private List<Path> roots() {
        return List.of(directory.resolve("data1"), directory.resolve("data2"));
    }

    @Test
    void files_sameFileInTwoDataDirectories_isRefused() throws IOException {
        Path data2 = directory.resolve("data2");
        node.close();
        cassandra = new FakeCassandra(Version.V5_0, "orders", List.of(directory.resolve("data1")));
        cassandra.createTable("twice");
        cassandra.write("twice", "row");
        Files.createSymbolicLink(data2.resolveSibling("same"), directory.resolve("data1"));
        CassandraNodeOptions options = CassandraNodeOptions.of(
                        "orders",
                        JmxOptions.of("fake", 7199),
                        List.of(directory.resolve("data1"), directory.resolve("same")))
                .withStateDirectory(directory.resolve("state2"));
        try (CassandraNode twice = CassandraNode.open(
                options,
                (schemas, seen) -> List.of(),
                new CassandraNode.Seams(cassandra.jmx(FakeAgents.LIMITS), step -> {}, duration -> {}))) {
            assertFails(SNAPSHOT_FAILED, () -> twice.snapshot(TAG));
            assertThat(twice.snapshots()).isEmpty();
        }
    }

    /** A node died between two tables, and its agent too: what is there is not a snapshot. */
    @Test
    void snapshot_halfOfItIsThere_isTakenAnew() {
        cassandra.createTable("b_table");
        cassandra.failNext("snapshot of table", new IOException("disk trouble"));
        cassandra.failNext("clearSnapshot", new IOException("more trouble"));
        assertThatThrownBy(() -> node.snapshot(TAG)).isInstanceOf(RuntimeException.class);
        assertThat(node.snapshots()).isEmpty();
        cassandra.write("accounts", "later row");

        node.snapshot(TAG);

        assertThat(contents(node, TAG).values())
                .anyMatch(content -> content.toUtf8().contains("later row"));
        assertThat(node.snapshots()).containsExactly(TAG);
    }

    @Test
    void snapshot_diesBeforeTheListing_isTakenAnew() {
        for (String lastStep : List.of("take snapshot", "sync snapshot", "write listing")) {
            SnapshotTag tag = new SnapshotTag("b-" + lastStep.replace(' ', '-'));
            reopen(step -> {
                if (step.equals(lastStep)) {
                    throw new IllegalStateException("died");
                }
            });
            assertThatThrownBy(() -> node.snapshot(tag)).hasMessage("died");
            reopen(step -> {});
            assertThat(node.snapshots()).doesNotContain(tag);
            cassandra.write("accounts", "row after " + lastStep);

            node.snapshot(tag);

            assertThat(contents(node, tag).values())
                    .anyMatch(content -> content.toUtf8().contains("row after " + lastStep));
        }
    }

    /** C7: the call was given up, and done later; the next one makes no second snapshot, and none of both halves. */
    @Test
    void snapshot_callTimesOutAndIsDoneLater_isTakenOnce() {
        node.close();
        Duration shortly = Duration.ofMillis(50);
        node = FakeAgents.open(
                cassandra,
                directory,
                step -> {},
                (schemas, seen) -> List.of(),
                new JmxOptions.Limits(Duration.ofSeconds(30), shortly, Duration.ofSeconds(30)));
        cassandra.hold("takeSnapshot");
        assertFails(STORE_UNAVAILABLE, () -> node.snapshot(TAG));
        assertThat(node.snapshots()).isEmpty();
        reopen(step -> {});
        cassandra.release("takeSnapshot");
        cassandra.write("accounts", "later row");

        await().untilAsserted(() -> {
            node.snapshot(TAG); // may find the other in the middle of it
            assertThat(contents(node, TAG).values())
                    .anyMatch(content -> content.toUtf8().contains("row"));
        });

        assertThat(node.snapshots()).containsExactly(TAG);
    }

    /** C8: an operator clears the snapshots of the node. */
    @Test
    void files_snapshotDeletedByAnOperator_failsInsteadOfListingLess() throws IOException {
        cassandra.createTable("b_table");
        cassandra.write("b_table", "row");
        node.snapshot(TAG);
        String path = files(node, TAG, "").get(0).path();

        DurableFiles.deleteTree(snapshot("accounts", 0, TAG));

        assertFails(SNAPSHOT_FAILED, () -> files(node, TAG, ""));
        assertFails(SNAPSHOT_FAILED, () -> node.open(TAG, path));
    }

    @Test
    void files_snapshotDeletedWhileItIsListed_failsAtTheNextFile() throws IOException {
        node.snapshot(TAG);
        try (CloseableIterator<SnapshotFile> files = node.files(TAG, "")) {
            files.next();
            DurableFiles.deleteTree(snapshot("accounts", 0, TAG));

            assertFails(SNAPSHOT_FAILED, files::next);
        }
    }

    /** C9: Cassandra replaces Statistics.db of a live SSTable, the snapshot keeps what it was. */
    @Test
    void files_statisticsReplacedAfterTheSnapshot_areUnchanged() throws IOException {
        node.snapshot(TAG);
        var listing = files(node, TAG, "");
        var before = contents(node, TAG);
        Path live = cassandra.directories("accounts").get(0).resolve("nb-1-big-Statistics.db");

        Files.writeString(live.resolveSibling("tmp"), "level 1");
        Files.move(live.resolveSibling("tmp"), live, StandardCopyOption.REPLACE_EXISTING);

        assertThat(files(node, TAG, "")).isEqualTo(listing);
        assertThat(contents(node, TAG)).isEqualTo(before);
    }

    @Test
    void files_tableDroppedSince_areStillThere() {
        node.snapshot(TAG);
        var before = contents(node, TAG);

        cassandra.dropTable("accounts");
        cassandra.createTable("accounts");

        assertThat(contents(node, TAG)).isEqualTo(before).isNotEmpty();
        node.drop(TAG);
        assertThat(snapshotsOnDisk()).isEmpty();
    }

    @Test
    void snapshots_ofOthers_areNeitherListedNorDropped() throws IOException {
        Path other = snapshot("accounts", 0, TAG).resolveSibling("b-1");
        Files.createDirectories(other);
        Files.createDirectories(other.resolveSibling("nightly"));
        node.snapshot(TAG);

        node.drop(TAG);
        node.drop(new SnapshotTag("nightly"));

        assertThat(node.snapshots()).isEmpty();
        assertThat(snapshotsOnDisk()).containsExactlyInAnyOrder("b-1", "nightly");
    }

    @Test
    void drop_nodeIsDown_removesTheFiles() {
        node.snapshot(TAG);
        cassandra.kill();

        node.drop(TAG);

        assertThat(node.snapshots()).isEmpty();
        assertThat(snapshotsOnDisk()).isEmpty();
    }

    @Test
    void snapshot_nodeIsDown_isUnavailableAndOldOnesCanBeRead() {
        node.snapshot(TAG);
        cassandra.kill();

        assertFails(STORE_UNAVAILABLE, () -> node.snapshot(new SnapshotTag("b-2")));

        assertThat(node.snapshots()).containsExactly(TAG);
        assertThat(contents(node, TAG)).isNotEmpty();
        assertThat(node.status().isUp()).isFalse();
    }

    /** The data directories of another node would make an empty snapshot of a full node. */
    @Test
    void snapshot_dataDirectoriesOfAnotherNode_isRefused() throws IOException {
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        CassandraNodeOptions options = CassandraNodeOptions.of(
                        "orders", JmxOptions.of("fake", 7199), List.of(elsewhere))
                .withStateDirectory(directory.resolve("state3"));
        try (CassandraNode wrong = CassandraNode.open(
                options,
                (schemas, seen) -> List.of(),
                new CassandraNode.Seams(cassandra.jmx(FakeAgents.LIMITS), step -> {}, duration -> {}))) {
            assertFails(SNAPSHOT_FAILED, () -> wrong.snapshot(TAG));
            assertThat(wrong.snapshots()).isEmpty();
        }
    }

    @Test
    void snapshot_unknownKeyspace_isUnavailable() {
        CassandraNodeOptions options = CassandraNodeOptions.of("no_such", JmxOptions.of("fake", 7199), roots())
                .withStateDirectory(directory.resolve("state4"));
        try (CassandraNode wrong = CassandraNode.open(
                options,
                (schemas, seen) -> List.of(),
                new CassandraNode.Seams(cassandra.jmx(FakeAgents.LIMITS), step -> {}, duration -> {}))) {
            assertFails(STORE_UNAVAILABLE, () -> wrong.snapshot(TAG));
        }
    }

    private void reopen(Steps steps) {
        node.close();
        node = FakeAgents.open(cassandra, directory, steps);
    }

    private Path snapshot(String table, int root, SnapshotTag tag) {
        return cassandra.directories(table).get(root).resolve("snapshots").resolve("tidemark-" + tag);
    }

    private void forgetListing(SnapshotTag tag) throws IOException {
        Files.delete(directory.resolve("state/orders/snapshots/tidemark-" + tag + ".listing"));
    }

    private List<String> snapshotsOnDisk() {
        try (var paths = Files.walk(directory)) {
            return paths.filter(path -> path.getParent().endsWith("snapshots") && Files.isDirectory(path))
                    .map(path -> path.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
