package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.memory.Seam;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations whose coordinator dies at a step, and what another coordinator makes of it. */
class InterruptedOperationTest {
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
                "commit",
                "drop-snapshots"
            })
    void backup_coordinatorDiesAtAStep_theNextOneCompletesIt(String step) {
        for (boolean after : new boolean[] {false, true}) {
            try (World world = new World(31, 1)) {
                world.set("a", "1");
                crash(
                        world,
                        step,
                        after,
                        process -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), crashAt(step, after)));
                world.set("a", "2");

                BackupReport backup = world.backup();

                assertThat(backup.isResumed()).isTrue();
                world.time.advance(Duration.ofSeconds(21));
                CoordinatorTest.assertNothingIsLeft(world);
                assertThat(onlyOperation(world).outcome()).isEqualTo(Outcome.SUCCEEDED);
                world.loseEverything();
                world.restore(backup.backupId());
                world.startClient();
                assertThat(world.read()).isEqualTo(world.expectedAt(backup.backupTimestamp()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"fence", "stage", "load", "repair", "clean", "fast-forward", "verify", "complete", "unfence"})
    void restore_coordinatorDiesAtAStep_theNextOneCompletesIt(String step) {
        for (boolean after : new boolean[] {false, true}) {
            try (World world = new World(32, 3)) {
                world.set("a", "1");
                world.store.faults().listen(seam -> {
                    if (seam == Seam.SNAPSHOT) {
                        world.set("a", "torn", "b", "torn");
                    }
                });
                BackupReport backup = world.backup();
                world.store.faults().listen(seam -> {});
                world.loseEverything();
                RestoreRequest request = new RestoreRequest(World.NAMESPACE, backup.backupId());
                crash(world, step, after, process -> process.coordinator.restore(request, crashAt(step, after)));
                boolean isLoaded = !step.equals("fence") && !step.equals("stage") && !(step.equals("load") && !after);
                boolean isComplete = (step.equals("complete") && after) || step.equals("unfence");
                if (isLoaded && !isComplete) {
                    assertFails(
                            ErrorCode.RESTORE_INCOMPLETE,
                            () -> world.store.cells().tables());
                }

                try (World.CoordinatorProcess process = world.coordinator()) {
                    assertThat(process.coordinator
                                    .resume(World.NAMESPACE, OperationListener.NONE)
                                    .outcome())
                            .isEqualTo(Outcome.SUCCEEDED);
                }

                world.startClient();
                assertThat(world.read()).isEqualTo(world.expectedAt(backup.backupTimestamp()));
                assertThat(world.oracle().freshTimestamp()).isGreaterThan(world.history.lastKey());
                assertThat(world.backup().backupTimestamp()).isGreaterThan(backup.fastForwardTimestamp());
            }
        }
    }

    /** Each resume takes a greater epoch than the one that fast-forwarded; the oracle must end above the last one. */
    @Test
    void restore_interruptedAgainAndAgainAfterItsFastForward_leavesTheOracleAboveItsEpochs() {
        try (World world = new World(38, 1)) {
            world.set("a", "1");
            world.backup();
            world.store.destroy();
            crash(
                    world,
                    "fast-forward",
                    true,
                    process -> process.coordinator.restore(
                            new RestoreRequest(World.NAMESPACE, "latest"), crashAt("fast-forward", true)));
            for (int death = 0; death < 5; death++) {
                crash(
                        world,
                        "unfence",
                        false,
                        process -> process.coordinator.resume(World.NAMESPACE, crashAt("unfence", false)));
            }

            try (World.CoordinatorProcess process = world.coordinator()) {
                process.coordinator.resume(World.NAMESPACE, OperationListener.NONE);
            }

            assertThat(world.backup().isResumed()).isFalse();
        }
    }

    @Test
    void cancel_backupThatWasInterrupted_freesAllAndNeverBecomesABackup() {
        try (World world = new World(33, 1)) {
            world.set("a", "1");
            crash(
                    world,
                    "copy",
                    false,
                    process -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), crashAt("copy", false)));
            String id = onlyOperation(world).operationId();

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThat(process.coordinator
                                .cancel(World.NAMESPACE, id, OperationListener.NONE)
                                .outcome())
                        .isEqualTo(Outcome.CANCELLED);
                assertThat(process.coordinator.catalog(World.NAMESPACE).backups())
                        .isEmpty();
            }

            CoordinatorTest.assertNothingIsLeft(world);
            assertThat(world.backup().isResumed()).isFalse();
        }
    }

    @Test
    void cancel_restoreThatHasLoaded_isRefusedAndResumeCompletesIt() {
        try (World world = new World(34, 1)) {
            world.set("a", "1");
            world.backup();
            world.loseEverything();
            crash(
                    world,
                    "clean",
                    false,
                    process -> process.coordinator.restore(
                            new RestoreRequest(World.NAMESPACE, "latest"), crashAt("clean", false)));

            try (World.CoordinatorProcess process = world.coordinator()) {
                String id = unfinishedOperation(process);
                assertFails(
                        ErrorCode.NOT_ALLOWED_NOW,
                        () -> process.coordinator.cancel(World.NAMESPACE, id, OperationListener.NONE));
                process.coordinator.resume(World.NAMESPACE, OperationListener.NONE);
            }

            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void cancel_restoreThatHasFenced_liftsTheFence() {
        try (World world = new World(35, 1)) {
            world.set("a", "1");
            world.backup();
            world.store.destroy();
            crash(
                    world,
                    "fence",
                    true,
                    process -> process.coordinator.restore(
                            new RestoreRequest(World.NAMESPACE, "latest"), crashAt("fence", true)));
            assertFails(ErrorCode.NAMESPACE_FENCED, () -> world.oracle().freshTimestamp());

            try (World.CoordinatorProcess process = world.coordinator()) {
                String id = unfinishedOperation(process);
                // The step after the fence had not begun.
                process.coordinator.cancel(World.NAMESPACE, id, OperationListener.NONE);
            }

            assertThat(world.oracle().currentFence()).isEmpty();
            world.restore("latest");
            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void backup_pausedLongerThanItsLock_writesNothingAfterAnotherTookOver() {
        try (World world = new World(36, 1)) {
            world.set("a", "1");
            BackupReport[] other = new BackupReport[1];
            OperationListener paused = new OperationListener() {
                @Override
                public void stepStarted(String operationId, String step) {
                    if (step.equals("commit") && other[0] == null) {
                        other[0] = backupWhilePaused(world);
                    }
                }
            };

            World.CoordinatorProcess process = world.coordinator();
            world.paused = process;
            assertFails(
                    ErrorCode.FENCED_OUT, () -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), paused));

            assertThat(other[0].isResumed()).isTrue();
            assertThat(onlyOperation(world).outcome()).isEqualTo(Outcome.SUCCEEDED);
            assertThat(world.coordinator().coordinator.catalog(World.NAMESPACE).backups())
                    .hasSize(1);
        }
    }

    /** It notices only after it has done the step once more; what it did then must not stay. */
    @ParameterizedTest
    @ValueSource(strings = {"check", "hold", "backup-timestamp", "snapshot", "release", "copy", "drop-snapshots"})
    void backup_pausedUntilAnotherHasCompletedIt_leavesNothing(String where) {
        try (World world = new World(39, 1)) {
            world.set("a", "1");
            BackupReport[] other = new BackupReport[1];
            OperationListener paused = new OperationListener() {
                @Override
                public void stepStarted(String operationId, String step) {
                    if (step.equals(where) && other[0] == null) {
                        other[0] = backupWhilePaused(world);
                    }
                }
            };

            try (World.CoordinatorProcess process = world.coordinator()) {
                world.paused = process;
                assertFails(
                        ErrorCode.FENCED_OUT,
                        () -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), paused));
            }

            assertThat(other[0].isResumed()).isTrue();
            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    /** The paused process renews nothing; the other one waits for its lease to run out and goes on with its backup. */
    private static BackupReport backupWhilePaused(World world) {
        world.paused.close();
        return world.backup();
    }

    @Test
    void backup_anotherOneIsRunning_isRefusedAndTheFirstOneSucceeds() {
        try (World world = new World(37, 1)) {
            world.set("a", "1");
            boolean[] refused = new boolean[1];
            OperationListener listener = new OperationListener() {
                @Override
                public void stepStarted(String operationId, String step) {
                    if (step.equals("copy")) {
                        assertFails(ErrorCode.OPERATION_IN_PROGRESS, world::backup);
                        refused[0] = true;
                    }
                }
            };

            try (World.CoordinatorProcess process = world.coordinator()) {
                process.coordinator.backup(BackupRequest.of(World.NAMESPACE), listener);
            }

            assertThat(refused[0]).isTrue();
            assertThat(onlyOperation(world).outcome()).isEqualTo(Outcome.SUCCEEDED);
        }
    }

    @Test
    void restore_backupIsUnfinished_isRefused() {
        try (World world = new World(38, 1)) {
            world.backup();
            crash(
                    world,
                    "copy",
                    false,
                    process -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), crashAt("copy", false)));
            world.store.destroy();

            assertFails(ErrorCode.OPERATION_IN_PROGRESS, () -> world.restore("latest"));
        }
    }

    static OperationListener crashAt(String where, boolean after) {
        return new OperationListener() {
            @Override
            public void stepStarted(String operationId, String step) {
                if (!after && step.equals(where)) {
                    throw new Crash("before " + step);
                }
            }

            @Override
            public void stepFinished(String operationId, String step) {
                if (after && step.equals(where)) {
                    throw new Crash("after " + step);
                }
            }
        };
    }

    private static void crash(
            World world, String step, boolean after, java.util.function.Consumer<World.CoordinatorProcess> work) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThatThrownBy(() -> work.accept(process))
                    .as("crash %s %s", after ? "after" : "before", step)
                    .isInstanceOf(Crash.class);
        }
    }

    private static String unfinishedOperation(World.CoordinatorProcess process) {
        return process.coordinator.operations(World.NAMESPACE).stream()
                .filter(operation -> operation.outcome() == Outcome.UNFINISHED)
                .map(OperationSummary::operationId)
                .findFirst()
                .orElseThrow();
    }

    private static OperationSummary onlyOperation(World world) {
        var operations = world.coordinator().coordinator.operations(World.NAMESPACE);
        assertThat(operations).hasSize(1);
        return operations.get(0);
    }

    private static void assertFails(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(TidemarkException.class).satisfies(e -> assertThat(
                        ((TidemarkException) e).code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}
