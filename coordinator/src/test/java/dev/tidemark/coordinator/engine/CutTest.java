package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.memory.Faults.Moment;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.Seam;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes the cut of a backup whole: the wait for outcomes, the hold, and a snapshot of every token range. */
class CutTest {
    private static final LeaseToken TOKEN = new LeaseToken(new UUID(7, 7));

    private final List<String> notes = new ArrayList<>();
    private final OperationListener listener = new OperationListener() {
        @Override
        public void note(String operationId, String message) {
            notes.add(message);
        }
    };

    @Test
    void backup_commitTimestampBelowBIsTakenButNotRecorded_waitsForTheEntry() {
        try (World world = new World(41, 1)) {
            world.set("a", "1");
            Bystander bystander = new Bystander(world);
            PeriodicTasks.Registration[] later = new PeriodicTasks.Registration[1];
            later[0] = world.time.process().every("commit", Duration.ofMillis(50), () -> {
                bystander.commit();
                later[0].close();
            });

            BackupReport backup = backup(world);

            assertThat(backup.isSettled()).isTrue();
            assertThat(backup.backupTimestamp()).isGreaterThan(bystander.commitTimestamp);
            world.loseEverything();
            world.restore(backup.backupId());
            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "bystander"));
        }
    }

    @Test
    void backup_outcomeIsNotRecordedInTime_saysThatTheCutIsNotExact() {
        try (World world = new World(42, 1)) {
            world.set("a", "1");
            Bystander bystander = new Bystander(world);
            PeriodicTasks.Registration refresh = world.time
                    .process()
                    .every("refresh", Duration.ofSeconds(1), () -> world.oracle()
                            .refresh(Set.of(TOKEN)));

            BackupReport backup = backup(world);

            refresh.close();
            assertThat(backup.isSettled()).isFalse();
            assertThat(notes).anyMatch(note -> note.contains("not exact"));
            bystander.commit();
            world.loseEverything();
            world.restore(backup.backupId());
            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void backup_snapshotsTakeLongerThanTheLease_theHoldIsRefreshed() {
        try (World world = new World(43, 1)) {
            world.set("a", "1");
            long lease = world.oracle().leaseDurationMillis();
            world.store.faults().listen(seam -> {
                if (seam == Seam.SNAPSHOT) {
                    world.time.advance(Duration.ofMillis(lease * 4 / 5));
                }
            });

            BackupReport backup = backup(world);

            assertThat(backup.holdDuration()).isGreaterThan(Duration.ofMillis(2 * lease));
            assertThat(notes).noneMatch(note -> note.contains("another cut"));
        }
    }

    /** H5: what one node has forgotten that it deleted, another one may have missed to delete. */
    @ParameterizedTest
    @ValueSource(ints = {9, 12})
    void backup_snapshotsLieFurtherApartThanDeletionsAreKept_isRefused(int seconds) {
        InMemoryOptions options = InMemoryOptions.threeNodes(60, TransactionsSchemaMap.always(1));
        try (World world = new World(48, options.withSnapshotSkewLimit(Duration.ofSeconds(30)))) {
            world.set("a", "1");
            world.store.faults().listen(seam -> {
                if (seam == Seam.SNAPSHOT) {
                    IntStream.range(0, seconds).forEach(i -> world.time.advance(Duration.ofSeconds(1)));
                }
            });

            if (3 * seconds <= 30) {
                assertThat(backup(world).isDegraded()).isFalse();
                return;
            }
            assertFails(ErrorCode.SNAPSHOT_FAILED, () -> backup(world));

            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    /** C5: a table that comes or goes meanwhile is in some of the snapshots. */
    @Test
    void backup_schemaChangesDuringTheSnapshots_takesAnotherCut() {
        try (World world = new World(49, 1)) {
            world.set("a", "1");
            boolean[] isDone = new boolean[1];
            world.store.faults().listen(seam -> {
                if (seam == Seam.SNAPSHOT && !isDone[0]) {
                    isDone[0] = true;
                    world.client().createTable(TableName.of("late"));
                }
            });

            backup(world);

            assertThat(notes).anyMatch(note -> note.contains("the schema of store 'main' changed: late"));
        }
    }

    @Test
    void backup_oneNodeFailsItsSnapshot_isDegraded() {
        try (World world = new World(44, 1)) {
            world.set("a", "1", "b", "2", "c", "3");
            world.store.faults().failNext(Seam.SNAPSHOT, Moment.BEFORE_EFFECT, ErrorCode.SNAPSHOT_FAILED);

            BackupReport backup = backup(world);

            assertThat(backup.isDegraded()).isTrue();
            world.loseEverything();
            world.restore(backup.backupId());
            world.startClient();
            assertThat(world.read()).isEqualTo(world.expectedAt(backup.backupTimestamp()));
        }
    }

    @Test
    void backup_twoOfThreeReplicasFailTheirSnapshot_isRefused() {
        try (World world = new World(45, 1)) {
            world.set("a", "1");
            world.store.faults().failNext(Seam.SNAPSHOT, Moment.BEFORE_EFFECT, ErrorCode.SNAPSHOT_FAILED);
            world.store.faults().failNext(Seam.SNAPSHOT, Moment.BEFORE_EFFECT, ErrorCode.SNAPSHOT_FAILED);

            assertFails(ErrorCode.INSUFFICIENT_COVERAGE, () -> backup(world));

            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast-forward-timestamp", "copy"})
    void resume_snapshotHasVanished_beginsAnotherCut(String step) {
        try (World world = new World(46, 1)) {
            world.set("a", "1");
            crashBefore(world, step);
            world.store
                    .targetNodes()
                    .get(1)
                    .snapshots()
                    .forEach(world.store.targetNodes().get(1)::drop);
            world.set("a", "2");

            BackupReport backup = backup(world);

            assertThat(backup.isResumed()).isTrue();
            assertThat(notes).anyMatch(note -> note.contains("another cut: a snapshot has vanished"));
            CoordinatorTest.assertNothingIsLeft(world);
            world.loseEverything();
            world.restore(backup.backupId());
            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "2"));
        }
    }

    /** A node that has died in the copy stands in the way of no later backup. */
    @ParameterizedTest
    @ValueSource(strings = {"fast-forward-timestamp", "copy"})
    void resume_nodeIsAway_beginsAnotherCutWithoutIt(String step) {
        try (World world = new World(50, 1)) {
            world.set("a", "1");
            crashBefore(world, step);
            world.store.pretendDown(1);

            BackupReport backup = backup(world);

            assertThat(backup.isResumed()).isTrue();
            assertThat(backup.isDegraded()).isTrue();
            assertThat(notes).anyMatch(note -> note.matches("beginning another cut: node '.*' can't be reached"));
            world.store.pretendUp(1);
            assertThat(backup(world).isDegraded()).isFalse();
            CoordinatorTest.assertNothingIsLeft(world);
            world.loseEverything();
            world.restore(backup.backupId());
            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void resume_tooManyNodesAreAway_failsForGoodAndFreesTheNamespace() {
        try (World world = new World(51, 1)) {
            world.set("a", "1");
            crashBefore(world, "copy");
            world.store.pretendDown(1);
            world.store.pretendDown(2);

            assertFails(ErrorCode.STORE_UNAVAILABLE, () -> backup(world));

            world.store.pretendUp(1);
            world.store.pretendUp(2);
            assertThat(backup(world).isResumed()).isFalse();
            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    @Test
    void backup_snapshotOfAnOperationThatHasEnded_isRemoved() {
        try (World world = new World(47, 1)) {
            world.set("a", "1");
            crashBefore(world, "copy");
            world.store.pretendDown(2);
            try (World.CoordinatorProcess process = world.coordinator()) {
                String id =
                        process.coordinator.operations(World.NAMESPACE).get(0).operationId();
                process.coordinator.cancel(World.NAMESPACE, id, listener);
            }
            world.store.pretendUp(2);
            assertThat(world.store.targetNodes().get(2).snapshots()).hasSize(1);

            backup(world);

            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    @Test
    void request_labelThatNoManifestCanHold_isRefusedBeforeAnythingBegins() {
        assertFails(
                ErrorCode.INVALID_INPUT,
                () -> new BackupRequest(World.NAMESPACE, Map.of("commit", "first line\nsecond"), true));
        assertFails(ErrorCode.INVALID_INPUT, () -> new BackupRequest(World.NAMESPACE, Map.of("", "x"), true));
    }

    private BackupReport backup(World world) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.backup(BackupRequest.of(World.NAMESPACE), listener);
        }
    }

    private static void crashBefore(World world, String step) {
        OperationListener killer = new OperationListener() {
            @Override
            public void stepStarted(String operationId, String started) {
                if (started.equals(step)) {
                    throw new Crash("before " + step);
                }
            }
        };
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThatThrownBy(() -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), killer))
                    .isInstanceOf(Crash.class);
        }
    }

    private static void assertFails(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }

    /** A client that has fetched its commit timestamp and takes its time with the entry. */
    private static final class Bystander {
        private final World world;
        private final long startTimestamp;
        private final long commitTimestamp;

        private Bystander(World world) {
            this.world = world;
            world.oracle().lockImmutableTimestamp(TOKEN);
            startTimestamp = world.oracle().freshTimestamp();
            world.store.cells().put(World.TABLE, Map.of(World.cell("a"), Bytes.utf8("bystander")), startTimestamp);
            commitTimestamp = world.oracle().commitTimestamp(TOKEN);
        }

        private void commit() {
            world.store.transactionTable().propose(startTimestamp, new TransactionState.Committed(commitTimestamp));
            world.oracle().unlock(Set.of(TOKEN));
        }
    }
}
