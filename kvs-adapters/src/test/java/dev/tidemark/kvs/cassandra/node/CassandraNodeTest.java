package dev.tidemark.kvs.cassandra.node;

import static dev.tidemark.kvs.ErrorCode.DISK_FULL;
import static dev.tidemark.kvs.ErrorCode.FENCED_OUT;
import static dev.tidemark.kvs.ErrorCode.MANIFEST_INVALID;
import static dev.tidemark.kvs.ErrorCode.NOT_ALLOWED_NOW;
import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static dev.tidemark.kvs.ErrorCode.STORE_IN_USE;
import static dev.tidemark.kvs.ErrorCode.STORE_NOT_EMPTY;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.ErrorCode.UNKNOWN_TABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static dev.tidemark.kvs.node.NodeFiles.contents;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Scope;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra;
import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra.Version;
import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import dev.tidemark.kvs.files.MemoryDisk;
import dev.tidemark.kvs.node.NodeFiles;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of one node through its agent, with everything that the contracts don't see. */
class CassandraNodeTest {
    private static final SnapshotTag BACKUP = new SnapshotTag("b-1");
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);
    private static final RestoreId TAKEN_OVER = new RestoreId("r-1", 11);
    private static final RestoreId OTHER = new RestoreId("r-2", 12);
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);
    private static final List<TransactionEntry> SEEN = List.of(new TransactionEntry(5, TransactionState.committed(9)));

    @TempDir(factory = MemoryDisk.class)
    private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private FakeCassandra cassandra;
    private CassandraNode node;

    private void start(Version version) {
        cassandra = FakeAgents.node(version, directory);
        for (String table : List.of("accounts", "_transactions2")) {
            cassandra.createTable(table);
            cassandra.write(table, "old row");
        }
        node = FakeAgents.open(cassandra, directory, step -> {});
        node.snapshot(BACKUP);
        cassandra.write("accounts", "row");
        cassandra.write("_transactions2", "row");
    }

    @BeforeEach
    void start() {
        start(Version.V5_0);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        node.close();
    }

    @Test
    void open_secondAgentOnTheSameState_isRefused() {
        assertFails(STORE_IN_USE, () -> FakeAgents.open(cassandra, directory, step -> {}));

        node.close();
        FakeAgents.open(cassandra, directory, step -> {}).close();
    }

    @Test
    void status_upAndDown_knowsTheMark() {
        node.adopt(RESTORE);

        ChangeMark mark = new ChangeMark(RESTORE, Phase.ADOPTED, Scope.TRANSACTIONS_TABLES);
        assertThat(node.status())
                .isEqualTo(new NodeStatus(
                        true,
                        "",
                        "fakes",
                        "8efad4d0-16f1-4e9f-9ed1-697397f96d0a",
                        "V5_0",
                        List.of("80"),
                        List.of(mark)));
        cassandra.kill();
        assertThat(node.status())
                .isEqualTo(NodeStatus.down(
                        "cannot ask the node for its identity: the JMX at 'fake:7199' can't be reached: Connection refused",
                        List.of(mark)));
    }

    @Test
    void id_askedOnce_isKnownWhileTheNodeIsDown() {
        assertThat(node.id()).hasToString("10.0.0.1-17000");
        cassandra.kill();
        node.close();
        node = FakeAgents.open(cassandra, directory, step -> {});

        assertThat(node.id()).hasToString("10.0.0.1-17000");
    }

    @Test
    void anyCall_nodeWasReplaced_isRefused() {
        node.id();
        cassandra.replaceHost();
        node.close();
        node = FakeAgents.open(cassandra, directory, step -> {});

        assertThatThrownBy(() -> node.snapshot(new SnapshotTag("b-2")))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
                    assertThat(e.getMessage()).contains("expected: '8efad4d0-16f1-4e9f-9ed1-697397f96d0a'");
                });
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void load_anyVersion_bringsTheBackupAndLeavesWhatWasStaged(Version version) {
        close();
        directoryOf(version);
        start(version);
        stage(RESTORE);
        SortedMap<String, Long> staged = new TreeMap<>(node.stage(RESTORE, 0).files());
        node.setAside(RESTORE);
        prepare(RESTORE);

        node.load(RESTORE);

        assertThat(cassandra.rows("accounts")).containsExactly("old row");
        assertThat(cassandra.rows("_transactions2")).containsExactly("old row");
        assertThat(node.stage(RESTORE, 0).files()).isEqualTo(staged);
        assertThat(loadingDirectories()).isEmpty();
        assertThat(contents(node, BACKUP).values())
                .noneMatch(content -> content.toUtf8().contains("another"));
    }

    private void directoryOf(Version version) {
        directory = directory.resolve(version.name());
    }

    @Test
    void load_tableWithAnotherId_isFoundByItsName() {
        stage(RESTORE);
        node.setAside(RESTORE);
        cassandra.dropTable("accounts");
        cassandra.createTable("accounts");
        prepare(RESTORE);

        node.load(RESTORE);

        assertThat(cassandra.rows("accounts")).containsExactly("old row");
    }

    @ParameterizedTest
    @EnumSource(
            value = Version.class,
            names = {"FORK_2_2", "V5_0"})
    void load_twoSourcesWithEqualNames_bringsBoth(Version version) {
        close();
        directoryOf(version);
        start(version);
        SortedMap<String, Bytes> contents = contents(node, BACKUP);
        stage(RESTORE, "n1/", contents);
        cassandra.dropTable("accounts");
        cassandra.createTable("accounts");
        cassandra.write("accounts", "row of another node");
        node.snapshot(new SnapshotTag("b-2"));
        stage(RESTORE, "n2/", contents(node, new SnapshotTag("b-2")));
        node.setAside(RESTORE);
        prepare(RESTORE);

        node.load(RESTORE);

        assertThat(cassandra.rows("accounts")).containsExactly("old row", "row of another node");
    }

    @Test
    void load_tableOfTheBackupIsMissing_isRefusedAndNothingIsLoaded() {
        stage(RESTORE);
        node.setAside(RESTORE);
        cassandra.dropTable("accounts");
        prepare(RESTORE);

        assertFails(UNKNOWN_TABLE, () -> node.load(RESTORE));

        assertThat(cassandra.rows("_transactions2")).isEmpty();
        assertThat(phase()).isEqualTo(Phase.EMPTYING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Data.db", "Statistics.db", "TOC.txt", "Digest.crc32"})
    void beginEmptying_componentMissing_isDamagedBeforeAnythingIsEmptied(String component) {
        SortedMap<String, Bytes> contents = contents(node, BACKUP);
        contents.keySet().removeIf(path -> path.contains("accounts") && path.endsWith(component));
        stage(RESTORE, "n/", contents);
        node.setAside(RESTORE);

        assertThatThrownBy(() -> node.beginEmptying(RESTORE))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(STORE_DAMAGED);
                    assertThat(e.getMessage()).contains(component + "'");
                });

        node.giveBack(RESTORE);
        assertThat(cassandra.rows("accounts")).containsExactly("old row", "row");
    }

    @Test
    void verifyStaged_dataOfTheBackupIsDamaged_isRefused() {
        stage(RESTORE, "n/", flippedData());

        assertThatThrownBy(() -> node.verifyStaged(RESTORE)).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(STORE_DAMAGED);
            assertThat(e.getMessage()).contains("nb-1-big-Data.db").contains("nothing was loaded");
        });
        assertThat(node.status().marks()).isEmpty();
    }

    /** The backup is fine: what a disk has lost since it was staged is staged once more. */
    @Test
    void load_dataFlippedAfterItWasFoundIntact_isRemovedToBeStagedAgain() {
        stage(RESTORE);
        node.verifyStaged(RESTORE);
        node.setAside(RESTORE);
        prepare(RESTORE);
        int staged = node.stage(RESTORE, 0).files().size();
        stage(RESTORE, "n/", flippedData());

        assertThatThrownBy(() -> node.load(RESTORE)).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(NOT_ALLOWED_NOW);
            assertThat(e.getMessage()).contains("nb-1-big-Data.db").contains("nothing was loaded");
        });

        assertThat(cassandra.rows("_transactions2")).isEmpty();
        assertThat(phase()).isEqualTo(Phase.EMPTYING);
        assertThat(node.stage(RESTORE, 0).files()).hasSize(staged / 2);
        stage(RESTORE);
        node.load(RESTORE);
        assertThat(cassandra.rows("accounts")).containsExactly("old row");
    }

    private SortedMap<String, Bytes> flippedData() {
        SortedMap<String, Bytes> flipped = new TreeMap<>(contents(node, BACKUP));
        flipped.replaceAll((path, content) -> {
            if (!path.contains("accounts") || !path.endsWith("Data.db")) {
                return content;
            }
            byte[] bytes = content.toUtf8().getBytes(StandardCharsets.UTF_8);
            bytes[0] ^= 1;
            return Bytes.wrap(bytes);
        });
        return flipped;
    }

    @Test
    void load_pathsThatAreNotOfASnapshot_areRefused() {
        NodeFiles.stage(node.stage(RESTORE, 0), new TreeMap<>(Map.of("stray", Bytes.utf8("x"))));
        node.setAside(RESTORE);

        assertFails(MANIFEST_INVALID, () -> node.beginEmptying(RESTORE));
    }

    @Test
    void load_somethingHasWrittenAfterEmptying_isRefused() {
        stage(RESTORE);
        node.setAside(RESTORE);
        node.beginEmptying(RESTORE);

        assertFails(STORE_NOT_EMPTY, () -> node.load(RESTORE));

        node.emptyTables(RESTORE);
        node.load(RESTORE);
        assertThat(cassandra.rows("accounts")).containsExactly("old row");
    }

    @Test
    void load_nodeSkipsAnSSTable_isNoticed() {
        close();
        directoryOf(Version.FORK_2_2);
        start(Version.FORK_2_2);
        stage(RESTORE);
        node.setAside(RESTORE);
        prepare(RESTORE);
        cassandra.skipNextSSTable("accounts");

        assertFails(STORE_DAMAGED, () -> node.load(RESTORE));
    }

    @Test
    void beginEmptying_dataThatNobodyHasKept_isRefused() {
        assertFails(STORE_NOT_EMPTY, () -> node.beginEmptying(RESTORE));

        assertThat(node.status().marks()).isEmpty();
    }

    @Test
    void emptyTables_notAnnounced_isRefused() {
        assertFails(NOT_ALLOWED_NOW, () -> node.emptyTables(RESTORE));
        node.setAside(RESTORE);
        assertFails(NOT_ALLOWED_NOW, () -> node.emptyTables(RESTORE));

        assertThat(cassandra.rows("accounts")).containsExactly("old row", "row");
    }

    /** After a call that may still be on its way, a table is emptied even if it looks empty: the later call waits for the earlier. */
    @Test
    void emptyTables_againAfterAFailure_emptiesAllOnceMore() {
        node.setAside(RESTORE);
        node.beginEmptying(RESTORE);
        cassandra.failNext("truncate", new TimeoutException("too slow"));
        assertFails(STORE_UNAVAILABLE, () -> node.emptyTables(RESTORE));
        node.beginEmptying(TAKEN_OVER);
        int before = truncations();

        node.emptyTables(TAKEN_OVER);
        assertThat(truncations() - before).isEqualTo(2);
        node.emptyTables(TAKEN_OVER);
        assertThat(truncations() - before).isEqualTo(2);
    }

    @Test
    void bringBack_adoptedCopy_leavesOtherTables() {
        node.adopt(RESTORE);
        cassandra.write("_transactions2", "aborted");
        node.completeRestore(RESTORE);
        cassandra.write("accounts", "later row");

        node.keep(OTHER, RESTORE.id());
        assertThat(node.status().marks()).containsExactly(new ChangeMark(OTHER, Phase.KEPT, Scope.TRANSACTIONS_TABLES));
        prepare(OTHER);
        node.bringBack(OTHER, RESTORE.id());

        assertThat(cassandra.rows("_transactions2")).containsExactly("old row", "row");
        assertThat(cassandra.rows("accounts")).containsExactly("later row", "old row", "row");
    }

    @Test
    void keep_safetyCopyThatAnOperatorHasDamaged_isRefusedBeforeAnythingIsEmptied() throws IOException {
        node.adopt(RESTORE);
        node.completeRestore(RESTORE);
        Path copy = cassandra
                .directories("_transactions2")
                .get(0)
                .resolve("snapshots/tidemark.safety-r-1/nb-1-big-Data.db");
        Files.delete(copy);

        assertFails(NOT_ALLOWED_NOW, () -> node.keep(OTHER, RESTORE.id()));

        assertThat(node.status().marks()).isEmpty();
    }

    /** An import that an agent has asked for before it died must not come after what was done since. */
    @Test
    void beginReturning_importStillOnItsWay_findsNothing() {
        stage(RESTORE);
        node.setAside(RESTORE);
        prepare(RESTORE);
        node.close();
        node = FakeAgents.open(
                cassandra,
                directory,
                step -> {},
                (schemas, seen) -> List.of(),
                new JmxOptions.Limits(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(50)));
        cassandra.hold("importNewSSTables");
        assertFails(STORE_UNAVAILABLE, () -> node.load(RESTORE));
        assertThat(loadingDirectories()).hasSize(1);
        node.close();
        node = FakeAgents.open(cassandra, directory, step -> {});
        cassandra.releaseOnlyLater("importNewSSTables");

        node.beginReturning(TAKEN_OVER);
        node.emptyTables(TAKEN_OVER);
        node.giveBack(TAKEN_OVER);
        cassandra.release("importNewSSTables");

        await().until(() -> cassandra.lateCalls() == 1);
        assertThat(cassandra.rows("accounts")).containsExactly("old row", "row");
        assertThat(loadingDirectories()).isEmpty();
    }

    @Test
    void load_overtaken_stopsBetweenTwoParts() throws Exception {
        stage(RESTORE);
        node.setAside(RESTORE);
        prepare(RESTORE);
        cassandra.hold("importNewSSTables");
        Future<?> loading = threads.submit(() -> node.load(RESTORE));
        await().until(() -> cassandra.calls().stream().anyMatch(call -> call.startsWith("importNewSSTables")));

        Future<?> next = threads.submit(() -> node.load(TAKEN_OVER));
        await().until(() -> node.status().marks().get(0).restore().epoch() == 11);
        cassandra.release("importNewSSTables");

        assertThatThrownBy(loading::get).rootCause().satisfies(CassandraNodeTest::isFencedOut);
        next.get();
        assertThat(cassandra.rows("accounts")).containsExactly("old row");
        assertThat(cassandra.rows("_transactions2")).containsExactly("old row");
    }

    private static void isFencedOut(Throwable e) {
        assertThat(((KeyValueStoreException) e).code()).isEqualTo(FENCED_OUT);
    }

    /** A coordinator was stopped with a statement under way: nothing is given back before that has ended, and none comes after. */
    @ParameterizedTest
    @ValueSource(longs = {10, 11})
    void abortAll_underWay_isWaitedFor(long laterEpoch) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        node.close();
        node = FakeAgents.open(
                cassandra,
                directory,
                step -> {},
                (schemas, seen) -> {
                    begun.countDown();
                    awaitUninterrupted(goOn);
                    cassandra.write("_transactions2", "aborted");
                    return List.of();
                },
                FakeAgents.LIMITS);
        node.adopt(RESTORE);
        Future<?> abort = threads.submit(() -> node.abortAll(RESTORE, SCHEMAS, SEEN));
        begun.await();
        RestoreId later = new RestoreId(RESTORE.id(), laterEpoch);

        Future<?> returning = threads.submit(() -> node.beginReturning(later));
        assertThat(phase()).isEqualTo(Phase.ADOPTED);
        goOn.countDown();
        abort.get();
        returning.get();

        assertThat(phase()).isEqualTo(Phase.RETURNING);
        assertThatThrownBy(() -> node.abortAll(RESTORE, SCHEMAS, SEEN))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                        .isEqualTo(laterEpoch > 10 ? FENCED_OUT : NOT_ALLOWED_NOW));
        node.emptyTables(later);
        node.giveBack(later);
        assertThat(cassandra.rows("_transactions2")).containsExactly("old row", "row");
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void abortAll_notOfThisRestore_isRefused() {
        assertFails(NOT_ALLOWED_NOW, () -> node.abortAll(RESTORE, SCHEMAS, SEEN));
        node.adopt(OTHER);
        assertFails(FENCED_OUT, () -> node.abortAll(RESTORE, SCHEMAS, SEEN));
        assertFails(NOT_ALLOWED_NOW, () -> node.abortAll(new RestoreId("r-3", 12), SCHEMAS, SEEN));
        assertFails(NOT_ALLOWED_NOW, () -> node.abortAll(new RestoreId("r-3", 12), SCHEMAS, List.of()));
        assertThat(node.abortAll(OTHER, SCHEMAS, List.of())).isEmpty();
        assertThat(node.abortAll(OTHER, SCHEMAS, SEEN)).isEmpty();
    }

    /** A coordinator died between the completion of two nodes: the next one may ask, and not change. */
    @Test
    void abortAll_restoreIsComplete_isRefusedUnlessItIsOnlyAQuestion() {
        node.adopt(RESTORE);
        node.completeRestore(RESTORE);

        assertThat(node.abortAll(RESTORE, SCHEMAS, List.of())).isEmpty();
        assertFails(NOT_ALLOWED_NOW, () -> node.abortAll(RESTORE, SCHEMAS, SEEN));
    }

    /** Nothing was aborted: this node was adopted before the others, and the operation ended there. */
    @Test
    void giveBack_adoptedAndNotWrittenTo_needsNoEmptyTables() {
        node.adopt(RESTORE);

        node.giveBack(RESTORE);

        assertThat(node.status().marks()).isEmpty();
        assertThat(cassandra.rows("_transactions2")).containsExactly("old row", "row");
    }

    @Test
    void giveBack_writtenToAndTablesNotEmptied_isRefused() {
        node.adopt(RESTORE);
        node.abortAll(RESTORE, SCHEMAS, SEEN);

        assertFails(NOT_ALLOWED_NOW, () -> node.giveBack(RESTORE));
        node.beginReturning(RESTORE);
        assertFails(STORE_NOT_EMPTY, () -> node.giveBack(RESTORE));
    }

    @Test
    void giveBack_nodeIsDownAndNothingWasChanged_needsItNot() {
        node.setAside(RESTORE);
        cassandra.kill();

        node.giveBack(RESTORE);

        assertThat(node.status().marks()).isEmpty();
        assertThat(node.safetyCopies()).isEmpty();
    }

    @Test
    void setAside_nodeIsDown_isUnavailableAndLeavesNoMark() {
        cassandra.kill();

        assertFails(STORE_UNAVAILABLE, () -> node.setAside(RESTORE));
        assertFails(STORE_UNAVAILABLE, () -> node.adopt(RESTORE));

        assertThat(node.status().marks()).isEmpty();
        assertThat(node.safetyCopies()).isEmpty();
    }

    @Test
    void stage_moreThanTheDiskHas_isRefusedBeforeAnythingIsWritten() {
        assertFails(DISK_FULL, () -> node.stage(RESTORE, Long.MAX_VALUE));

        assertThat(directory.resolve("staging")).doesNotExist();
        assertThat(node.usableBytes()).isPositive();
    }

    @Test
    void repair_noTables_repairsNotAll() {
        node.repair(Set.of());

        assertThat(cassandra.calls()).noneMatch(call -> call.startsWith("repairAsync"));
        assertThatThrownBy(() -> node.repair(Set.of(TableName.of("accounts"))))
                .isInstanceOf(KeyValueStoreException.class);
    }

    private void prepare(RestoreId restore) {
        node.beginEmptying(restore);
        node.emptyTables(restore);
    }

    private void stage(RestoreId restore) {
        stage(restore, "n/", contents(node, BACKUP));
    }

    private void stage(RestoreId restore, String prefix, SortedMap<String, Bytes> contents) {
        SortedMap<String, Bytes> prefixed = new TreeMap<>();
        contents.forEach((path, content) -> prefixed.put(prefix + path, content));
        NodeFiles.stage(node.stage(restore, 0), prefixed);
    }

    private Phase phase() {
        return node.status().marks().get(0).phase();
    }

    private int truncations() {
        return (int) cassandra.calls().stream()
                .filter(call -> call.startsWith("truncate"))
                .count();
    }

    private List<Path> loadingDirectories() {
        try (var paths = Files.walk(directory)) {
            return paths.filter(path -> Tags.isLoading(path.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
