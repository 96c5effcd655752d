package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.ExistingData;
import dev.tidemark.coordinator.restore.RestorePlan;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.memory.Seam;
import dev.tidemark.kvs.transaction.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Restores to a moment before the backup's own, and restores over existing data with their undoing. */
class RestoreToAMomentTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void restore_toEveryTimestampThatWasNotSwept_givesExactlyTheCommitsUpToIt(int schema) {
        try (World world = new World(21, schema)) {
            world.set("a", "0");
            world.backup();
            Transaction straddler = world.client().begin();
            for (int i = 0; i < 6; i++) {
                world.setRandom();
            }
            world.commit(straddler, "straddler-a", "x", "straddler-b", "x");
            world.setRandom();
            BackupReport backup = world.backup();
            world.loseEverything();

            for (long target : world.history.keySet().toArray(Long[]::new)) {
                RestoreReport restore = restore(world, at(target).with(ExistingData.REPLACE));

                world.startClient();
                assertThat(world.read()).as("at " + target).isEqualTo(world.expectedAt(target));
                assertThat(restore.targetTimestamp()).isEqualTo(target);
                assertThat(world.oracle().freshTimestamp()).isGreaterThan(backup.fastForwardTimestamp());
            }
        }
    }

    /** Snapshots of several nodes may hold a deletion without the record of it: the manifest has it, and the restore writes it. */
    @Test
    void restore_sweptAfterTheSnapshots_recordsHowFarGarbageCollectionHasPassed() {
        try (World world = new World(24, 1)) {
            long first = world.set("a", "1");
            world.set("a", "2");
            int[] snapshots = new int[1];
            world.store.faults().listen(seam -> {
                if (seam == Seam.SNAPSHOT) {
                    snapshots[0]++;
                } else if (seam == Seam.READ && snapshots[0] == 3) {
                    snapshots[0] = -1;
                    world.sweep();
                }
            });
            world.backup();
            assertThat(snapshots[0]).isNegative();
            long swept = world.store.connect().describe().earliestReadableTimestamp();
            assertThat(swept).isGreaterThan(first);
            world.loseEverything();

            world.restore("latest");

            assertThat(world.store.connect().describe().earliestReadableTimestamp())
                    .isEqualTo(swept);
            assertThatThrownBy(() -> world.rewind(first))
                    .isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.TIMESTAMP_OUT_OF_RANGE));
        }
    }

    @Test
    void restore_toATime_givesWhatHadCommittedByThen() {
        try (World world = new World(22, 1)) {
            world.set("a", "1");
            world.time.advance(Duration.ofSeconds(5));
            world.oracle().freshTimestamp();
            Instant before = world.time.instant();
            world.time.advance(Duration.ofSeconds(5));
            world.set("a", "2");
            BackupReport backup = world.backup();
            world.loseEverything();

            RestoreReport restore =
                    restore(world, new RestoreRequest(World.NAMESPACE, "latest").at(new RestorePoint.Time(before)));

            world.startClient();
            assertThat(restore.backupId()).isEqualTo(backup.backupId());
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void restore_momentInSeveralBackups_takesTheOldestThatHasIt() {
        try (World world = new World(23, 1)) {
            long target = world.set("a", "1");
            BackupReport first = world.backup();
            world.set("a", "2");
            BackupReport second = world.backup();
            world.loseEverything();

            assertThat(plan(world, at(target)).backupId()).isEqualTo(first.backupId());
            assertThat(plan(
                                    world,
                                    new RestoreRequest(World.NAMESPACE, second.backupId())
                                            .at(new RestorePoint.Timestamp(target)))
                            .backupId())
                    .isEqualTo(second.backupId());
        }
    }

    @Test
    void restore_betweenTwoBackupsWhereGarbageCollectionHasPassed_isRefusedAndNamesTheRanges() {
        try (World world = new World(24, 1)) {
            world.set("a", "1");
            BackupReport first = world.backup();
            long target = world.set("a", "2");
            world.set("a", "3");
            world.sweep();
            BackupReport second = world.backup();
            world.loseEverything();

            assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> restore(world, at(target)), first.backupId());
            assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> restore(world, at(target)), second.backupId());
            assertFails(
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                    () -> restore(
                            world,
                            new RestoreRequest(World.NAMESPACE, second.backupId())
                                    .at(new RestorePoint.Timestamp(target))),
                    second.backupId());
            assertThat(world.coordinator().coordinator.operations(World.NAMESPACE))
                    .allMatch(operation -> operation.type().equals("backup"));
        }
    }

    @Test
    void restore_beforeTheEarliestOrInTheFuture_isRefused() {
        try (World world = new World(25, 1)) {
            long early = world.set("a", "1");
            world.set("a", "2");
            world.sweep();
            BackupReport backup = world.backup();
            world.loseEverything();

            assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> restore(world, at(early)), backup.backupId());
            assertFails(
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> restore(world, at(backup.backupTimestamp() + 1)), "future");
            Instant tomorrow = world.time.instant().plus(Duration.ofDays(1));
            assertFails(
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                    () -> restore(
                            world, new RestoreRequest(World.NAMESPACE, "latest").at(new RestorePoint.Time(tomorrow))),
                    "future");
            Instant longAgo = world.time.instant().minus(Duration.ofDays(1_000));
            assertFails(
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                    () -> restore(
                            world, new RestoreRequest(World.NAMESPACE, "latest").at(new RestorePoint.Time(longAgo))),
                    longAgo.toString());
        }
    }

    @Test
    void restore_overExistingData_isUndoneByUndo() {
        try (World world = new World(26, 3)) {
            world.set("a", "1");
            BackupReport backup = world.backup();
            world.set("a", "2", "b", "2");
            Map<String, String> before = world.read();

            RestoreReport restore =
                    restore(world, new RestoreRequest(World.NAMESPACE, backup.backupId()).with(ExistingData.REPLACE));

            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
            assertThat(restore.safetyCopies()).hasSize(3);
            assertThat(world.undo().undoneOperation()).isEqualTo(restore.operationId());
            assertThat(world.read()).isEqualTo(before);
            assertThat(world.oracle().freshTimestamp()).isGreaterThan(restore.fastForwardTarget());
            assertFails(ErrorCode.NOT_ALLOWED_NOW, world::undo, "undone already");
        }
    }

    @Test
    void undo_ofARestoreIntoEmptyStores_isRefused() {
        try (World world = new World(27, 1)) {
            world.set("a", "1");
            world.backup();
            world.loseEverything();
            world.restore("latest");

            assertFails(ErrorCode.NOT_ALLOWED_NOW, world::undo, "safety copy");
        }
    }

    @Test
    void restore_overExistingDataWithoutBeingAllowedTo_isRefused() {
        try (World world = new World(28, 1)) {
            world.set("a", "1");
            world.backup();

            assertFails(ErrorCode.STORE_NOT_EMPTY, () -> world.restore("latest"), "holds data");

            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    private static RestoreRequest at(long timestamp) {
        return new RestoreRequest(World.NAMESPACE, RestoreRequest.LATEST).at(new RestorePoint.Timestamp(timestamp));
    }

    private static RestorePlan plan(World world, RestoreRequest request) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.planRestore(request);
        }
    }

    private static RestoreReport restore(World world, RestoreRequest request) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.restore(request, OperationListener.NONE);
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call, String text) {
        assertThatThrownBy(call)
                .isInstanceOf(TidemarkException.class)
                .hasMessageContaining(text)
                .satisfies(e -> {
                    TidemarkException failure = (TidemarkException) e;
                    assertThat(failure.code()).as(e.getMessage()).isEqualTo(code);
                    assertThat(failure.hint()).isNotEmpty();
                });
    }
}
