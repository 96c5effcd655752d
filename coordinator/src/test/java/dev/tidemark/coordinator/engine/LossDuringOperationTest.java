package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Disasters that strike in the middle of an operation: every one leaves a way to a restored store. */
class LossDuringOperationTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "check",
                "hold",
                "backup-timestamp",
                "snapshot",
                "release",
                "fast-forward-timestamp",
                "copy",
                "commit"
            })
    void cancel_everythingWasLostDuringABackup_theEarlierBackupCanBeRestored(String step) {
        try (World world = new World(51, 1)) {
            world.set("a", "1");
            BackupReport earlier = world.backup();
            world.set("a", "2");
            String id = crashBackup(world, step);
            world.loseEverything();
            assertFails(ErrorCode.OPERATION_IN_PROGRESS, () -> world.restore("latest"));

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThat(process.coordinator
                                .cancel(World.NAMESPACE, id, OperationListener.NONE)
                                .outcome())
                        .isEqualTo(Outcome.CANCELLED);
            }

            world.restore("latest");
            world.startClient();
            assertThat(world.read()).isEqualTo(world.expectedAt(earlier.backupTimestamp()));
            assertThat(world.backup().backupTimestamp()).isGreaterThan(earlier.fastForwardTimestamp());
        }
    }

    @Test
    void resume_everythingWasLostAfterTheCommitOfABackup_thatBackupCanBeRestored() {
        try (World world = new World(52, 1)) {
            world.set("a", "1");
            String id = crashBackup(world, "drop-snapshots");
            world.loseEverything();
            world.oracleClient().createNamespace(World.NAMESPACE);
            world.oracle().fastForward(1_000_000);

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThat(process.coordinator
                                .resume(World.NAMESPACE, OperationListener.NONE)
                                .outcome())
                        .isEqualTo(Outcome.SUCCEEDED);
            }

            world.restore(id);
            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void cancel_backupWasCommitted_isRefusedAndResumeCompletesIt() {
        try (World world = new World(53, 1)) {
            world.set("a", "1");
            String id = crash(
                    world,
                    process -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), killAfter("commit")));

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertFails(
                        ErrorCode.NOT_ALLOWED_NOW,
                        () -> process.coordinator.cancel(World.NAMESPACE, id, OperationListener.NONE));
                assertThat(process.coordinator
                                .resume(World.NAMESPACE, OperationListener.NONE)
                                .outcome())
                        .isEqualTo(Outcome.SUCCEEDED);
            }

            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "stage, false", "load, false", "repair, false", "clean, false", "fast-forward, false", "verify, false",
        "complete, false", "stage, true", "load, true", "repair, true", "clean, true", "fast-forward, true",
        "verify, true", "complete, true", "unfence, true"
    })
    void resume_targetOrOracleWasLostDuringARestore_restoresAllTheSame(String step, boolean isOracleLost) {
        try (World world = new World(54, 1)) {
            world.set("a", "1");
            BackupReport backup = world.backup();
            world.loseEverything();
            crash(
                    world,
                    process -> process.coordinator.restore(
                            new RestoreRequest(World.NAMESPACE, "latest"), killBefore(step)));
            if (isOracleLost) {
                world.loseOracle();
            } else {
                world.store.destroy();
            }

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThat(process.coordinator
                                .resume(World.NAMESPACE, OperationListener.NONE)
                                .outcome())
                        .isEqualTo(Outcome.SUCCEEDED);
            }

            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
            assertThat(world.oracle().freshTimestamp()).isGreaterThan(backup.fastForwardTimestamp());
            assertThat(world.oracle().currentFence()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stage", "fence", "load", "clean", "complete", "unfence"})
    void resume_restoreOfAnotherPlaceWithTheLiveConfiguration_touchesNeitherStoreNorOracle(String step) {
        try (World world = new World(57, 1)) {
            world.set("a", "1");
            world.backup();
            assertThatThrownBy(() -> world.restoreElsewhere("latest", killBefore(step)))
                    .isInstanceOf(Crash.class);

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertFails(
                        ErrorCode.STORE_NOT_EMPTY,
                        () -> process.coordinator.resume(World.NAMESPACE, OperationListener.NONE));
            }

            assertThat(world.oracle().currentFence()).isEmpty();
            world.set("a", "2");
            assertThat(world.read()).isEqualTo(Map.of("a", "2"));
        }
    }

    @Test
    void restore_somebodyLiftsTheFence_fencesAndCleansAgain() {
        try (World world = new World(55, 1)) {
            world.set("a", "1");
            world.backup();
            world.loseEverything();
            boolean[] isDone = new boolean[1];
            OperationListener intruder = new OperationListener() {
                @Override
                public void stepFinished(String operationId, String step) {
                    if (step.equals("verify") && !isDone[0]) {
                        isDone[0] = true;
                        world.oracle().unfence(operationId);
                        world.oracle().lockImmutableTimestamp(new LeaseToken(new UUID(1, 1)));
                    }
                }
            };

            try (World.CoordinatorProcess process = world.coordinator()) {
                process.coordinator.restore(new RestoreRequest(World.NAMESPACE, "latest"), intruder);
            }

            assertThat(isDone[0]).isTrue();
            long fresh = world.oracle().freshTimestamp();
            assertThat(world.oracle().immutableTimestamp())
                    .as("the lease was ended")
                    .isGreaterThan(fresh);
        }
    }

    @Test
    void restore_commitAppearsAfterTheCleaning_isNotCompleted() {
        try (World world = new World(56, 1)) {
            world.set("a", "1");
            BackupReport backup = world.backup();
            world.loseEverything();
            OperationListener intruder = new OperationListener() {
                @Override
                public void stepFinished(String operationId, String step) {
                    if (step.equals("fast-forward")) {
                        try (StoreCluster cluster = openAs(world, operationId)) {
                            new CellTransactionTable(cluster.cells(), world.store.schemas())
                                    .propose(
                                            backup.fastForwardTimestamp() - 1,
                                            new TransactionState.Committed(backup.fastForwardTimestamp() + 5));
                        }
                    }
                }
            };

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertFails(
                        ErrorCode.VERIFICATION_FAILED,
                        () -> process.coordinator.restore(new RestoreRequest(World.NAMESPACE, "latest"), intruder));
            }
        }
    }

    /** Opens the store as the restore itself does, with the epoch that it has. */
    private static StoreCluster openAs(World world, String operationId) {
        for (long epoch = 1; ; epoch++) {
            try {
                return world.store.openRestored(new RestoreId(operationId, epoch));
            } catch (TidemarkException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.FENCED_OUT);
            }
        }
    }

    private static String crashBackup(World world, String step) {
        return crash(world, process -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), killBefore(step)));
    }

    /** Returns the id of the operation. */
    private static String crash(World world, Consumer<World.CoordinatorProcess> work) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThatThrownBy(() -> work.accept(process)).isInstanceOf(Crash.class);
            return process.coordinator.operations(World.NAMESPACE).stream()
                    .filter(operation -> operation.outcome() == Outcome.UNFINISHED)
                    .findFirst()
                    .orElseThrow()
                    .operationId();
        }
    }

    private static OperationListener killBefore(String step) {
        return new OperationListener() {
            @Override
            public void stepStarted(String operationId, String started) {
                if (started.equals(step)) {
                    throw new Crash("before " + step);
                }
            }
        };
    }

    private static OperationListener killAfter(String step) {
        return new OperationListener() {
            @Override
            public void stepFinished(String operationId, String finished) {
                if (finished.equals(step)) {
                    throw new Crash("after " + step);
                }
            }
        };
    }

    private static void assertFails(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}
