package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.restore.RestorePlan;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.verify.StateDigest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.memory.Faults;
import dev.tidemark.kvs.memory.Seam;
import dev.tidemark.kvs.transaction.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatorTest {
    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,1", "1,2", "2,2", "3,2", "1,3", "2,3", "3,3"})
    void restore_afterTotalLossOfTornSnapshots_givesExactlyTheCommitsUpToB(long seed, int schema) {
        try (World world = new World(seed, schema)) {
            for (int i = 0; i < 40; i++) {
                world.setRandom();
            }
            Transaction straddler = world.client().begin();
            AtomicInteger snapshots = new AtomicInteger();
            world.store.faults().listen(seam -> {
                if (seam == Seam.SNAPSHOT) {
                    world.setRandom();
                    if (snapshots.incrementAndGet() == 2) {
                        world.commit(straddler, "straddler-a", "x", "straddler-b", "x");
                    }
                    world.setRandom();
                }
            });
            BackupReport backup = world.backup();
            world.store.faults().listen(seam -> {});
            world.setRandom();
            world.loseEverything();

            RestoreReport restore = world.restore(backup.backupId());

            world.startClient();
            assertThat(backup.isSettled()).isTrue();
            assertThat(restore.abortedCommits()).isPositive();
            assertThat(restore.abortedStraddlers()).isEqualTo(1);
            assertThat(world.read()).isEqualTo(world.expectedAt(backup.backupTimestamp()));
            assertThat(world.oracle().freshTimestamp())
                    .isGreaterThan(backup.fastForwardTimestamp())
                    .isGreaterThan(world.history.lastKey());
        }
    }

    @Test
    void restore_twiceInARowFromTheSameBackup_givesTheSameStateAndGreaterTimestamps() {
        try (World world = new World(7, 3)) {
            world.set("a", "1");
            BackupReport backup = world.backup();
            world.set("a", "2");
            world.loseEverything();
            world.restore(backup.backupId());
            world.startClient();
            long afterFirst = world.set("b", "3");
            world.loseEverything();

            world.restore("latest");

            world.startClient();
            assertThat(world.read()).isEqualTo(java.util.Map.of("a", "1"));
            assertThat(world.set("c", "4")).isGreaterThan(backup.fastForwardTimestamp());
            assertThat(afterFirst).isGreaterThan(backup.fastForwardTimestamp());
        }
    }

    @Test
    void backup_nothingChanged_readsNoFile() {
        try (World world = new World(8, 1)) {
            world.set("a", "1");
            BackupReport first = world.backup();
            AtomicInteger opened = new AtomicInteger();
            world.store.faults().listen(seam -> {
                if (seam == Seam.OPEN) {
                    opened.incrementAndGet();
                }
            });

            BackupReport second = world.backup();

            assertThat(opened).hasValue(0);
            assertThat(first.readBytes()).isEqualTo(first.rawBytes()).isPositive();
            assertThat(second.readBytes()).isZero();
            assertThat(second.newRawBytes()).isZero();
            assertThat(second.rawBytes()).isEqualTo(first.rawBytes());
            assertThat(second.backupTimestamp()).isGreaterThan(first.fastForwardTimestamp());
        }
    }

    @Test
    void digest_liveAtB_equalsThatOfTheRestoredStore() {
        try (World world = new World(9, 2)) {
            for (int i = 0; i < 10; i++) {
                world.setRandom();
            }
            BackupReport backup = world.backup();
            world.setRandom();
            StateDigest live = digest(world, backup.backupTimestamp());
            StateDigest later = digest(world, world.history.lastKey());
            world.loseEverything();

            world.restore(backup.backupId());

            assertThat(digest(world, backup.backupTimestamp())).isEqualTo(live);
            assertThat(live.cells())
                    .isEqualTo(world.expectedAt(backup.backupTimestamp()).size());
            assertThat(later.hex()).isNotEqualTo(live.hex());
        }
    }

    private static StateDigest digest(World world, long timestamp) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.digest(World.NAMESPACE, timestamp, OperationListener.NONE);
        }
    }

    @Test
    void backup_leaseEndsBehindItsBack_beginsAnotherCut() {
        try (World world = new World(10, 1)) {
            world.set("a", "1");
            List<String> notes = new ArrayList<>();
            AtomicInteger snapshots = new AtomicInteger();
            world.store.faults().listen(seam -> {
                if (seam == Seam.SNAPSHOT && snapshots.incrementAndGet() == 1) {
                    world.oracle().fence("somebody");
                    world.oracle().unfence("somebody");
                }
            });

            BackupReport backup;
            try (World.CoordinatorProcess process = world.coordinator()) {
                backup = process.coordinator.backup(BackupRequest.of(World.NAMESPACE), notes(notes));
            }

            assertThat(notes).anyMatch(note -> note.contains("another cut"));
            assertThat(snapshots).hasValue(6);
            world.store.faults().listen(seam -> {});
            world.loseEverything();
            world.restore(backup.backupId());
            world.startClient();
            assertThat(world.read()).isEqualTo(world.expectedAt(backup.backupTimestamp()));
        }
    }

    private static OperationListener notes(List<String> notes) {
        return new OperationListener() {
            @Override
            public void note(String operationId, String message) {
                notes.add(message);
            }
        };
    }

    @Test
    void backup_oneNodeDown_isDegradedAndRestoresAll() {
        try (World world = new World(11, 1)) {
            world.set("a", "1");
            world.store.pretendDown(1);
            world.set("a", "2", "b", "2");

            BackupReport backup = world.backup();

            assertThat(backup.isDegraded()).isTrue();
            world.store.pretendUp(1);
            world.loseEverything();
            world.restore(backup.backupId());
            world.startClient();
            assertThat(world.read()).isEqualTo(world.expectedAt(backup.backupTimestamp()));
        }
    }

    @Test
    void backup_degradedIsForbidden_failsAndLeavesNothing() {
        try (World world = new World(12, 1)) {
            world.store.pretendDown(1);

            assertFails(ErrorCode.INSUFFICIENT_COVERAGE, () -> world.coordinator()
                    .coordinator
                    .backup(new BackupRequest(World.NAMESPACE, java.util.Map.of(), false), OperationListener.NONE));

            world.store.pretendUp(1);
            assertNothingIsLeft(world);
            assertThat(outcomes(world)).containsExactly(OperationSummary.Outcome.FAILED);
        }
    }

    @Test
    void backup_twoOfThreeNodesDown_isRefused() {
        try (World world = new World(13, 1)) {
            world.store.pretendDown(1);
            world.store.pretendDown(2);

            assertFails(ErrorCode.STORE_UNAVAILABLE, world::backup);
        }
    }

    @Test
    void backup_oracleWentBack_isRefusedBeforeAnythingIsWritten() {
        try (World world = new World(14, 1)) {
            world.oracle().fastForward(5_000);
            world.backup();
            world.loseEverything();
            world.oracleClient().createNamespace(World.NAMESPACE);

            assertFails(ErrorCode.ORACLE_WENT_BACK, world::backup);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"order", "ORDERS", "../orders"})
    void backup_unknownNamespace_isNotCreatedAnywhere(String name) {
        try (World world = new World(15, 1)) {
            assertFails(
                    ErrorCode.UNKNOWN_NAMESPACE,
                    () -> world.coordinator().coordinator.backup(BackupRequest.of(name), OperationListener.NONE));

            assertThat(world.oracleClient().namespaces()).containsExactly(World.NAMESPACE);
            assertThat(world.archive.namespaces()).isEmpty();
        }
    }

    @Test
    void restore_targetHoldsData_isRefusedAndNothingIsFenced() {
        try (World world = new World(16, 1)) {
            world.set("a", "1");
            world.backup();
            world.set("a", "2");

            assertFails(ErrorCode.STORE_NOT_EMPTY, () -> world.restore("latest"));

            assertThat(world.oracle().currentFence()).isEmpty();
            assertThat(world.read()).isEqualTo(java.util.Map.of("a", "2"));
            assertThat(world.backup().backupId()).isNotEmpty();
        }
    }

    @Test
    void restore_diskRunsFullWhileFilesAreStaged_leavesTheOracleAlone() {
        try (World world = new World(21, 1)) {
            world.set("a", "1");
            world.backup();
            world.store.destroy();
            long before = world.oracle().freshTimestamp();
            world.store.faults().failNext(Seam.STAGE_WRITE, Faults.Moment.BEFORE_EFFECT, ErrorCode.DISK_FULL);

            assertFails(ErrorCode.DISK_FULL, () -> world.restore("latest"));

            assertThat(world.oracle().currentFence()).isEmpty();
            assertThat(world.oracle().freshTimestamp()).isBetween(before, before + 10);
            assertThat(outcomes(world))
                    .containsExactlyInAnyOrder(OperationSummary.Outcome.FAILED, OperationSummary.Outcome.SUCCEEDED);
            world.restore("latest");
            world.startClient();
            assertThat(world.read()).isEqualTo(java.util.Map.of("a", "1"));
        }
    }

    @Test
    void restore_objectIsMissing_isRefusedBeforeItBegins() {
        try (World world = new World(22, 1)) {
            world.set("a", "1");
            world.backup();
            world.store.destroy();
            world.objects.list("ns/orders/packs/", "", 100).forEach(pack -> world.objects.delete(pack.key()));
            List<ObjectInfo> before = world.objects.list("", "", 1000);
            long timestamp = world.oracle().freshTimestamp();

            assertFails(ErrorCode.OBJECT_MISSING, () -> world.restore("latest"));

            assertThat(world.objects.list("", "", 1000)).isEqualTo(before);
            assertThat(world.oracle().freshTimestamp()).isEqualTo(timestamp + 1);
        }
    }

    /** The fence goes up after the staging; until then the store itself keeps clients out. */
    @Test
    void restore_clientWhileFilesAreStaged_isRefusedByTheStore() {
        try (World world = new World(23, 1)) {
            world.set("a", "1");
            world.backup();
            world.store.destroy();
            boolean[] isDone = new boolean[1];
            OperationListener client = new OperationListener() {
                @Override
                public void stepFinished(String operationId, String step) {
                    if (step.equals("stage")) {
                        isDone[0] = true;
                        assertThat(world.oracle().currentFence()).isEmpty();
                        assertFails(
                                ErrorCode.RESTORE_INCOMPLETE,
                                () -> world.store.cells().createTable(World.TABLE));
                    }
                }
            };

            try (World.CoordinatorProcess process = world.coordinator()) {
                process.coordinator.restore(new RestoreRequest(World.NAMESPACE, "latest"), client);
            }

            assertThat(isDone[0]).isTrue();
            world.startClient();
            assertThat(world.read()).isEqualTo(java.util.Map.of("a", "1"));
        }
    }

    @Test
    void backup_afterManyRestoresIntoAnotherPlace_isNotTakenForAnOracleThatWentBack() {
        try (World world = new World(22, 1)) {
            world.set("a", "1");
            world.backup();
            for (int drill = 0; drill < 10; drill++) {
                world.restoreElsewhere("latest");
            }

            assertThat(world.backup().isResumed()).isFalse();
        }
    }

    @Test
    void restore_unknownBackup_isRefused() {
        try (World world = new World(17, 1)) {
            world.backup();
            world.loseEverything();

            assertFails(ErrorCode.UNKNOWN_BACKUP, () -> world.restore("backup-of-somebody"));
        }
    }

    @Test
    void planRestore_afterTotalLoss_showsTheTargetAndChangesNothing() {
        try (World world = new World(18, 1)) {
            world.set("a", "1");
            BackupReport first = world.backup();
            BackupReport second = world.backup();
            world.loseEverything();
            List<ObjectInfo> before = world.objects.list("", "", 1000);

            RestorePlan plan =
                    world.coordinator().coordinator.planRestore(new RestoreRequest(World.NAMESPACE, first.backupId()));

            assertThat(plan.files()).isEqualTo(first.files());
            assertThat(plan.bytes()).isEqualTo(first.rawBytes());
            assertThat(plan.fastForwardTarget()).isGreaterThanOrEqualTo(second.fastForwardTimestamp());
            assertThat(world.objects.list("", "", 1000)).isEqualTo(before);
            assertThat(world.oracleClient().namespaces()).isEmpty();
        }
    }

    @Test
    void restore_oracleIsAlive_endsAboveItsLastTimestamp() {
        try (World world = new World(19, 1)) {
            world.set("a", "1");
            world.backup();
            world.store.destroy();
            world.oracle().fastForward(900_000);

            RestoreReport restore = world.restore("latest");

            assertThat(restore.fastForwardTarget()).isGreaterThan(900_000);
            assertThat(world.oracle().freshTimestamp()).isGreaterThan(restore.fastForwardTarget());
        }
    }

    @Test
    void restore_clientFromBefore_cannotCommitIntoTheRestoredState() {
        try (World world = new World(20, 1)) {
            world.set("a", "1");
            BackupReport backup = world.backup();
            Transaction survivor = world.client().begin();
            world.store.destroy();
            world.restore(backup.backupId());

            assertThatThrownBy(() -> world.commit(survivor, "a", "2", "b", "2")).isInstanceOf(TidemarkException.class);

            world.startClient();
            assertThat(world.read()).isEqualTo(java.util.Map.of("a", "1"));
        }
    }

    static void assertNothingIsLeft(World world) {
        world.store.targetNodes().forEach(node -> assertThat(node.snapshots()).isEmpty());
        long fresh = world.oracle().freshTimestamp();
        assertThat(world.oracle().immutableTimestamp()).as("no lease is left").isGreaterThan(fresh);
    }

    private static List<OperationSummary.Outcome> outcomes(World world) {
        return world.coordinator().coordinator.operations(World.NAMESPACE).stream()
                .map(OperationSummary::outcome)
                .toList();
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(TidemarkException.class)
                .satisfies(e -> assertThat(((TidemarkException) e).code())
                        .as(e.getMessage())
                        .isEqualTo(code))
                .satisfies(e -> assertThat(((TidemarkException) e).hint()).isNotEmpty());
    }
}
