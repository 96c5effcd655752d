package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.memory.Seam;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A coordinator that was paused, or whose last words got lost, and what it may not do when it goes on. */
class StaleCoordinatorTest {
    @Test
    void backup_failsAfterAnotherTookOver_cleansUpNothingOfTheOther() {
        try (World world = new World(61, 1)) {
            world.set("a", "1");
            boolean[] isTaken = new boolean[1];
            world.paused = world.coordinator();
            world.store.faults().listen(seam -> {
                if (seam == Seam.SNAPSHOT && !isTaken[0]) {
                    isTaken[0] = true;
                    world.paused.close();
                    world.time.advance(Duration.ofSeconds(61));
                    crashBefore(world, "copy");
                }
            });

            assertThatThrownBy(() ->
                            world.paused.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE))
                    .isInstanceOf(TidemarkException.class);
            BackupReport backup = world.backup();

            assertThat(isTaken[0]).isTrue();
            assertThat(backup.isResumed()).isTrue();
            CoordinatorTest.assertNothingIsLeft(world);
            world.loseEverything();
            world.restore(backup.backupId());
            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void commit_cancelledBetweenItsLastCheckAndTheManifest_publishesNothing() {
        try (World world = new World(62, 1)) {
            world.set("a", "1");
            boolean[] isCancelled = new boolean[1];
            world.paused = world.coordinator();
            world.objects.observe((operation, key, isDone) -> {
                if (operation == Operation.CREATE && key.contains("/manifests/") && !isDone && !isCancelled[0]) {
                    isCancelled[0] = true;
                    world.paused.close();
                    cancel(world);
                }
            });

            assertThatThrownBy(() ->
                            world.paused.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE))
                    .isInstanceOf(TidemarkException.class);

            assertThat(isCancelled[0]).isTrue();
            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThat(process.coordinator.catalog(World.NAMESPACE).backups())
                        .isEmpty();
                assertThat(process.coordinator
                                .operations(World.NAMESPACE)
                                .get(0)
                                .outcome())
                        .isEqualTo(Outcome.CANCELLED);
            }
        }
    }

    /** What another one has cancelled must not be reported as done by whoever was about to go on with it. */
    @Test
    void resume_cancelledBeforeTheLockIsTaken_findsNothingToGoOnWith() {
        try (World world = new World(66, 1)) {
            world.set("a", "1");
            crashBefore(world, "release");
            boolean[] isCancelled = new boolean[1];
            world.objects.observe((operation, key, isDone) -> {
                if (operation == Operation.CREATE && key.contains("/lock/") && !isDone && !isCancelled[0]) {
                    isCancelled[0] = true;
                    cancel(world);
                }
            });

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThatThrownBy(() -> process.coordinator.resume(World.NAMESPACE, OperationListener.NONE))
                        .isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.UNKNOWN_OPERATION));
            }

            assertThat(isCancelled[0]).isTrue();
        }
    }

    /** Nobody knows whether those that are there were taken under the hold. */
    @Test
    void resume_backupDiedAmongItsSnapshots_takesAnotherCut() {
        try (World world = new World(67, 1)) {
            world.set("a", "1");
            crashBefore(world, "snapshot");
            List<String> notes = new ArrayList<>();
            OperationListener listener = new OperationListener() {
                @Override
                public void note(String operationId, String message) {
                    notes.add(message);
                }
            };

            try (World.CoordinatorProcess process = world.coordinator()) {
                process.coordinator.resume(World.NAMESPACE, listener);
            }

            assertThat(notes).anyMatch(note -> note.contains("beginning another cut: nobody knows when"));
            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    @Test
    void cancel_backupDiedUnderTheHold_endsTheHoldAtOnce() {
        try (World world = new World(63, 1)) {
            world.set("a", "1");
            crashBefore(world, "release");
            assertThat(world.oracle().immutableTimestamp())
                    .as("the hold is there")
                    .isLessThan(world.oracle().freshTimestamp());

            cancel(world);

            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    @Test
    void backup_itsEndCannotBeRecorded_isCompletedByTheNextCommand() {
        try (World world = new World(64, 1)) {
            world.set("a", "1");
            OperationListener cutsTheLine = new OperationListener() {
                @Override
                public void stepFinished(String operationId, String step) {
                    if (step.equals("drop-snapshots")) {
                        world.objects.failNext(Operation.CREATE, new Crashed());
                    }
                }
            };
            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThatThrownBy(() -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), cutsTheLine))
                        .isInstanceOf(Crashed.class);
            }

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThat(process.coordinator
                                .resume(World.NAMESPACE, OperationListener.NONE)
                                .outcome())
                        .isEqualTo(Outcome.SUCCEEDED);
            }

            assertThat(world.backup().isResumed()).isFalse();
        }
    }

    @Test
    void restore_itsEndIsRecordedButNotTheLock_isNotTakenForUnfinished() {
        try (World world = new World(65, 1)) {
            world.set("a", "1");
            world.backup();
            world.store.destroy();
            world.objects.observe((operation, key, isDone) -> {
                if (operation == Operation.CREATE && key.contains("/lock/") && !isDone && hasEnded(world)) {
                    throw new Crashed();
                }
            });
            assertThatThrownBy(() -> world.restore("latest")).isInstanceOf(Crashed.class);
            world.objects.observe((operation, key, isDone) -> {});

            assertThatThrownBy(() -> {
                        try (World.CoordinatorProcess process = world.coordinator()) {
                            process.coordinator.resume(World.NAMESPACE, OperationListener.NONE);
                        }
                    })
                    .isInstanceOf(TidemarkException.class)
                    .hasMessageContaining("no unfinished operation");

            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
            assertThat(world.backup().isResumed()).isFalse();
        }
    }

    /** A lock that is released says that nothing is unfinished: the operation could never be resumed nor cancelled. */
    @Test
    void resume_journalCannotBeReadUnderTheLock_leavesTheOperationToTheNextCommand() {
        try (World world = new World(66, 1)) {
            world.set("a", "1");
            crashBefore(world, "copy");
            boolean[] isLocked = new boolean[1];
            world.objects.observe((operation, key, isDone) -> {
                if (operation == Operation.CREATE && key.contains("/lock/")) {
                    isLocked[0] = true;
                } else if (operation == Operation.READ && key.contains("/journal/") && isLocked[0]) {
                    throw new Crashed();
                }
            });
            assertThatThrownBy(world::backup).isInstanceOf(Crashed.class);
            world.objects.observe((operation, key, isDone) -> {});

            assertThat(world.backup().isResumed()).isTrue();
            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    /** The record is there, and who wrote it must not take it for another process's. */
    @Test
    void backup_answerToARecordOfItsJournalIsLost_saysSoAndIsCompletedByTheNextOne() {
        for (int record = 1; record <= 21; record++) {
            try (World world = new World(66, 1)) {
                world.set("a", "1");
                int[] seen = {record};
                world.objects.observe((operation, key, isDone) -> {
                    if (operation == Operation.CREATE && key.contains("/journal/") && isDone && --seen[0] == 0) {
                        throw new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "no answer", "Try again.");
                    }
                });

                assertThatThrownBy(() -> {
                            try (World.CoordinatorProcess process = world.coordinator()) {
                                process.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE);
                            }
                        })
                        .as("record %s", record)
                        .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.ARCHIVE_UNAVAILABLE));

                world.backup();
                CoordinatorTest.assertNothingIsLeft(world);
            }
        }
    }

    @Test
    void backup_stoppedRightAfterItsLock_neverBeginsWhenAnotherHasTakenIt() {
        assertNeverBeginsWhenStoppedBefore(Operation.LIST);
    }

    @Test
    void backup_stoppedBeforeItsFirstRecord_leavesNoOperationThatNobodyCanEnd() {
        assertNeverBeginsWhenStoppedBefore(Operation.CREATE);
    }

    /** Stops a backup before it does this to its journal for the first time, until another one has been made. */
    private static void assertNeverBeginsWhenStoppedBefore(Operation stopAt) {
        try (World world = new World(67, 1)) {
            world.set("a", "1");
            boolean[] isStopped = new boolean[1];
            world.paused = world.coordinator();
            world.objects.observe((operation, key, isDone) -> {
                if (operation == stopAt && key.contains("/journal/") && !isDone && !isStopped[0]) {
                    isStopped[0] = true;
                    world.paused.close();
                    world.time.advance(Duration.ofSeconds(61));
                    world.backup();
                }
            });

            assertThatThrownBy(() ->
                            world.paused.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE))
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.FENCED_OUT));

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThat(process.coordinator.operations(World.NAMESPACE))
                        .extracting(OperationSummary::outcome)
                        .containsExactlyInAnyOrder(Outcome.SUCCEEDED, Outcome.FAILED);
                assertThat(process.coordinator.catalog(World.NAMESPACE).backups())
                        .hasSize(1);
            }
            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    @Test
    void cancel_stoppedWhileAnotherCompletesTheOperation_leavesItsEnd() {
        try (World world = new World(71, 1)) {
            world.set("a", "1");
            crashBefore(world, "copy");
            boolean[] hasLock = new boolean[1];
            boolean[] isStopped = new boolean[1];
            world.paused = world.coordinator();
            world.objects.observe((operation, key, isDone) -> {
                hasLock[0] |= operation == Operation.CREATE && key.contains("/lock/") && isDone;
                if (operation == Operation.READ && key.contains("/journal/") && hasLock[0] && !isStopped[0]) {
                    isStopped[0] = true;
                    world.paused.close();
                    world.time.advance(Duration.ofSeconds(61));
                    world.backup();
                }
            });
            String id = world.paused
                    .coordinator
                    .findUnfinished(World.NAMESPACE)
                    .orElseThrow()
                    .operationId();

            assertThatThrownBy(() -> world.paused.coordinator.cancel(World.NAMESPACE, id, OperationListener.NONE))
                    .isInstanceOf(CoordinatorException.class);

            assertThat(isStopped[0]).isTrue();
            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThat(process.coordinator.operations(World.NAMESPACE))
                        .extracting(OperationSummary::outcome)
                        .containsExactly(Outcome.SUCCEEDED);
            }
            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    /** A coordinator that was stopped may put it up when another one has ended its operation, and die before it lifts it again. */
    @Test
    void backup_fenceOfAnOperationThatHasEnded_liftsIt() {
        try (World world = new World(68, 1)) {
            long target = world.set("a", "1");
            world.backup();
            String ended = world.rewind(target).operationId();
            world.oracle().fence(ended);

            BackupReport backup = world.backup();

            assertThat(world.oracle().currentFence()).isEmpty();
            assertThat(backup.isSettled()).isTrue();
            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    /** The cut certificate says between which timestamps each snapshot was taken: an interrupted process has told nobody. */
    @Test
    void resume_processDiedWhileItTookSnapshots_takesAnotherCut() {
        try (World world = new World(69, 1)) {
            world.set("a", "1");
            boolean[] isDead = new boolean[1];
            world.store.faults().listen(seam -> {
                if (seam == Seam.SNAPSHOT && !isDead[0]) {
                    isDead[0] = true;
                    throw new Crash("at a snapshot");
                }
            });
            try (World.CoordinatorProcess process = world.coordinator()) {
                assertThatThrownBy(() ->
                                process.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE))
                        .isInstanceOf(Crash.class);
            }
            long committed = world.set("a", "2");

            BackupReport backup = world.backup();

            assertThat(backup.isResumed()).isTrue();
            assertThat(backup.backupTimestamp()).isGreaterThan(committed);
            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    private static boolean hasEnded(World world) {
        return world.archive.namespaces().contains(World.NAMESPACE)
                && world.coordinator().coordinator.operations(World.NAMESPACE).stream()
                        .anyMatch(operation ->
                                operation.type().equals("restore") && operation.outcome() == Outcome.SUCCEEDED);
    }

    private static void cancel(World world) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            String id = process.coordinator.operations(World.NAMESPACE).get(0).operationId();
            assertThat(process.coordinator
                            .cancel(World.NAMESPACE, id, OperationListener.NONE)
                            .outcome())
                    .isEqualTo(Outcome.CANCELLED);
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

    private static final class Crashed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
