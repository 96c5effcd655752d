package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.restore.ExistingData;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.rewind.RewindPlan;
import dev.tidemark.coordinator.rewind.RewindReport;
import dev.tidemark.coordinator.rewind.RewindRequest;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.transaction.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rewinds and their undoing, in place, also when their coordinator dies on the way. */
class RewindTest {
    private static final List<String> REWIND_STEPS =
            List.of("fence", "safety-copy", "repair", "clean", "fast-forward", "verify", "complete", "unfence");
    private static final List<String> UNDO_STEPS =
            List.of("fence", "check", "bring-back", "fast-forward", "verify", "complete", "unfence");

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,1", "1,2", "2,2", "3,2", "1,3", "2,3", "3,3"})
    void rewind_toAnyTimestamp_givesExactlyTheCommitsUpToIt(long seed, int schema) {
        try (World world = new World(seed, schema)) {
            world.backup();
            Transaction straddler = world.client().begin();
            for (int i = 0; i < 20; i++) {
                world.setRandom();
            }
            long target = world.history.lastKey();
            world.commit(straddler, "straddler-a", "x", "straddler-b", "x");
            for (int i = 0; i < 20; i++) {
                world.setRandom();
            }
            Map<String, String> expected = world.expectedAt(target);
            long newest = world.history.lastKey();

            RewindReport rewind = world.rewind(target);

            assertThat(rewind.abortedCommits()).isEqualTo(21);
            assertThat(rewind.abortedStraddlers()).isEqualTo(1);
            assertThat(world.read()).isEqualTo(expected);
            assertThat(world.oracle().freshTimestamp()).isGreaterThan(newest);
            assertThat(world.oracle().currentFence()).isEmpty();
            world.history.tailMap(target, false).clear();
            world.setRandom();
            assertThat(world.read()).isEqualTo(world.expectedAt(world.history.lastKey()));
        }
    }

    @Test
    void rewind_clientOutlivesIt_canNotCommitWhatItBeganBefore() {
        try (World world = new World(4, 2)) {
            world.backup();
            long target = world.set("a", "1");
            Transaction open = world.client().begin();
            open.put(World.TABLE, World.cell("a"), Bytes.utf8("late"));

            world.rewind(target);

            assertFails(ErrorCode.LEASE_LOST, open::commit);
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    static Stream<Arguments> interruptions() {
        List<Arguments> cases = new ArrayList<>();
        for (String first : REWIND_STEPS) {
            int i = REWIND_STEPS.indexOf(first);
            String undo = UNDO_STEPS.get(i % UNDO_STEPS.size());
            String second = REWIND_STEPS.get(REWIND_STEPS.size() - 1 - i);
            cases.add(Arguments.of(first, undo, second, false));
            cases.add(Arguments.of(first, undo, second, true));
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("interruptions")
    void rewindUndoAndSecondRewind_eachInterruptedAtAStep_endWithTheRightStateAndGreaterTimestamps(
            String first, String undo, String second, boolean after) {
        try (World world = new World(5, 3)) {
            world.set("a", "0");
            world.backup();
            long secondTarget = world.set("a", "1", "b", "1");
            long firstTarget = world.set("a", "2", "c", "2");
            world.set("b", "3", "d", "3");
            Map<String, String> before = world.read();
            long issued = world.oracle().freshTimestamp();

            crashAndResume(
                    world, first, after, process -> process.coordinator.rewind(to(firstTarget), crashAt(first, after)));
            assertThat(world.read()).isEqualTo(world.expectedAt(firstTarget));
            issued = assertGrown(world, issued);

            crashAndResume(
                    world, undo, after, process -> process.coordinator.undo(World.NAMESPACE, crashAt(undo, after)));
            assertThat(world.read()).isEqualTo(before);
            issued = assertGrown(world, issued);

            crashAndResume(
                    world,
                    second,
                    after,
                    process -> process.coordinator.rewind(to(secondTarget), crashAt(second, after)));
            assertThat(world.read()).isEqualTo(world.expectedAt(secondTarget));
            assertGrown(world, issued);
            assertThat(world.oracle().currentFence()).isEmpty();
            assertThat(world.backup().isSettled()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("rewindSteps")
    void cancel_rewindThatWasInterrupted_bringsBackWhatWasThere(String step) {
        try (World world = new World(6, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            crash(world, step, false, process -> process.coordinator.rewind(to(target), crashAt(step, false)));
            boolean isTooLate = step.equals("complete") || step.equals("unfence");

            try (World.CoordinatorProcess process = world.coordinator()) {
                String id = process.coordinator
                        .findUnfinished(World.NAMESPACE)
                        .orElseThrow()
                        .operationId();
                if (isTooLate) {
                    assertFails(
                            ErrorCode.NOT_ALLOWED_NOW,
                            () -> process.coordinator.cancel(World.NAMESPACE, id, OperationListener.NONE));
                    process.coordinator.resume(World.NAMESPACE, OperationListener.NONE);
                } else {
                    assertThat(process.coordinator
                                    .cancel(World.NAMESPACE, id, OperationListener.NONE)
                                    .outcome())
                            .isEqualTo(Outcome.CANCELLED);
                }
            }

            assertThat(world.read()).isEqualTo(Map.of("a", isTooLate ? "1" : "2"));
            assertThat(world.oracle().currentFence()).isEmpty();
            if (!isTooLate) {
                world.store.targetNodes().forEach(node -> assertThat(node.safetyCopies())
                        .isEmpty());
            }
        }
    }

    /** The node would be closed to everybody when it is back, and no operation would be there to open it. */
    @Test
    void cancel_rewindOfWhichANodeIsDown_waitsForTheNode() {
        try (World world = new World(18, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            crash(world, "clean", false, process -> process.coordinator.rewind(to(target), crashAt("clean", false)));
            world.store.pretendDown(1);

            try (World.CoordinatorProcess process = world.coordinator()) {
                String id = process.coordinator
                        .findUnfinished(World.NAMESPACE)
                        .orElseThrow()
                        .operationId();
                assertFails(
                        ErrorCode.STORE_UNAVAILABLE,
                        () -> process.coordinator.cancel(World.NAMESPACE, id, OperationListener.NONE));
                world.store.pretendUp(1);
                assertThat(process.coordinator
                                .cancel(World.NAMESPACE, id, OperationListener.NONE)
                                .outcome())
                        .isEqualTo(Outcome.CANCELLED);
            }

            assertUntouched(world, Map.of("a", "2"));
        }
    }

    static List<String> rewindSteps() {
        return REWIND_STEPS;
    }

    /** An undo that could neither be completed nor cancelled would be in the way of every restore. */
    @Test
    void undo_storesAreLostInItsLastSteps_endsAndABackupCanBeRestored() {
        for (String step : List.of("verify", "complete")) {
            try (World world = new World(8, 1)) {
                long target = world.set("a", "1");
                world.backup();
                world.set("a", "2");
                world.rewind(target);
                crash(world, step, false, process -> process.coordinator.undo(World.NAMESPACE, crashAt(step, false)));
                world.store.destroy();

                try (World.CoordinatorProcess process = world.coordinator()) {
                    assertThatThrownBy(() -> process.coordinator.resume(World.NAMESPACE, OperationListener.NONE))
                            .isInstanceOf(TidemarkException.class);
                    assertThat(process.coordinator.findUnfinished(World.NAMESPACE))
                            .isEmpty();
                }

                world.restore("latest");
                world.startClient();
                assertThat(world.read()).isEqualTo(Map.of("a", "1"));
            }
        }
    }

    @Test
    void undo_ofARewind_bringsBackTheStateAndNeverTheTimestamps() {
        try (World world = new World(7, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            RewindReport rewind = world.rewind(target);

            assertThat(world.undo().undoneOperation()).isEqualTo(rewind.operationId());

            assertThat(world.read()).isEqualTo(Map.of("a", "2"));
            assertThat(world.oracle().freshTimestamp()).isGreaterThan(rewind.fastForwardTarget());
            world.set("a", "3");
            assertThat(world.read()).isEqualTo(Map.of("a", "3"));
        }
    }

    /** It is in the journal of the namespace, and changes nothing that the undo brings back. */
    @Test
    void undo_restoreIntoAnotherPlaceHappenedSince_undoesTheRewind() {
        try (World world = new World(18, 1)) {
            BackupReport backup = world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            RewindReport rewind = world.rewind(target);
            world.restoreElsewhere(backup.backupId());

            assertThat(world.undo().undoneOperation()).isEqualTo(rewind.operationId());

            assertThat(world.read()).isEqualTo(Map.of("a", "2"));
        }
    }

    @Test
    void undo_twice_isRefused() {
        try (World world = new World(8, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            world.rewind(target);
            world.undo();

            assertFails(ErrorCode.NOT_ALLOWED_NOW, world::undo);

            assertThat(world.read()).isEqualTo(Map.of("a", "2"));
            assertThat(world.oracle().currentFence()).isEmpty();
        }
    }

    @Test
    void undo_somethingWasCommittedSince_isRefusedAndKeepsIt() {
        try (World world = new World(9, 2)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            world.rewind(target);
            world.set("b", "new");

            assertFails(ErrorCode.NOT_ALLOWED_NOW, world::undo);

            assertThat(world.read()).isEqualTo(Map.of("a", "1", "b", "new"));
            assertThat(world.oracle().currentFence()).isEmpty();
        }
    }

    /** Between the plan and the fence: the check behind the fence finds it. */
    @Test
    void undo_somethingIsCommittedWhileItBegins_isRefusedAndKeepsIt() {
        try (World world = new World(10, 2)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            world.rewind(target);
            OperationListener client = new OperationListener() {
                @Override
                public void stepStarted(String operationId, String step) {
                    if (step.equals("fence")) {
                        world.set("b", "new");
                    }
                }
            };

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertFails(ErrorCode.NOT_ALLOWED_NOW, () -> process.coordinator.undo(World.NAMESPACE, client));
            }

            assertThat(world.read()).isEqualTo(Map.of("a", "1", "b", "new"));
            assertThat(world.oracle().currentFence()).isEmpty();
        }
    }

    /** It would miss the undo, and keep what the others take back. */
    @Test
    void undo_nodeIsDown_isRefusedAndChangesNothing() {
        try (World world = new World(19, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            String rewind = world.rewind(target).operationId();
            world.store.pretendDown(2);

            assertFails(ErrorCode.STORE_UNAVAILABLE, world::undo);

            world.store.pretendUp(2);
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
            world.store.targetNodes().forEach(node -> assertThat(node.safetyCopies())
                    .containsExactly(rewind));
            world.undo();
            assertThat(world.read()).isEqualTo(Map.of("a", "2"));
        }
    }

    /** The clean-up of a cancellation has got as far as the fence, and clients go on. */
    @Test
    void resume_undoHalfGivenBackAndSomethingCommittedSince_isRefusedAndKeepsIt() {
        try (World world = new World(20, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            world.rewind(target);
            crash(
                    world,
                    "bring-back",
                    false,
                    process -> process.coordinator.undo(World.NAMESPACE, crashAt("bring-back", false)));
            world.oracle().unfence(world.oracle().currentFence().orElseThrow());
            world.set("b", "3");

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertFails(
                        ErrorCode.NOT_ALLOWED_NOW,
                        () -> process.coordinator.resume(World.NAMESPACE, OperationListener.NONE));
            }

            assertThat(world.oracle().currentFence()).isEmpty();
            assertThat(world.read()).isEqualTo(Map.of("a", "1", "b", "3"));
        }
    }

    @Test
    void undo_nothingWasChanged_isRefused() {
        try (World world = new World(11, 1)) {
            world.set("a", "1");
            world.backup();

            assertFails(ErrorCode.UNKNOWN_OPERATION, world::undo);
        }
    }

    @Test
    void rewind_garbageCollectionHasPassedTheTimestamp_isRefusedAndChangesNothing() {
        try (World world = new World(12, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            world.sweep();

            assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> world.rewind(target));

            assertUntouched(world, Map.of("a", "2"));
        }
    }

    /** Between the plan and the fence: the check behind the fence finds it. */
    @Test
    void rewind_garbageCollectionPassesTheTimestampMeanwhile_isRefusedAndChangesNothing() {
        try (World world = new World(13, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            OperationListener sweeper = new OperationListener() {
                @Override
                public void stepStarted(String operationId, String step) {
                    if (step.equals("fence")) {
                        world.sweep();
                    }
                }
            };

            try (World.CoordinatorProcess process = world.coordinator()) {
                assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> process.coordinator.rewind(to(target), sweeper));
            }

            assertUntouched(world, Map.of("a", "2"));
        }
    }

    @Test
    void rewind_intoTheFuture_isRefused() {
        try (World world = new World(14, 1)) {
            world.backup();
            world.set("a", "1");
            long last = world.oracle().freshTimestamp();

            assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> world.rewind(last + 1_000));

            assertUntouched(world, Map.of("a", "1"));
        }
    }

    @Test
    void rewind_anotherRestoreHasFencedTheOracle_isRefusedAndLeavesTheFence() {
        try (World world = new World(15, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.oracle().fence("restore-of-somebody-else");

            assertFails(ErrorCode.FENCE_CONFLICT, () -> world.rewind(target));
            RestoreRequest overData = new RestoreRequest(World.NAMESPACE, "latest").with(ExistingData.REPLACE);
            try (World.CoordinatorProcess process = world.coordinator()) {
                assertFails(
                        ErrorCode.FENCE_CONFLICT, () -> process.coordinator.restore(overData, OperationListener.NONE));
            }

            assertThat(world.oracle().currentFence()).contains("restore-of-somebody-else");
            world.store.targetNodes().forEach(node -> assertThat(node.safetyCopies())
                    .isEmpty());
        }
    }

    /** Left by a process that was stopped within the call that put it up, after its operation had ended elsewhere. */
    @Test
    void rewind_fenceOfAnOperationThatHasEnded_isReplaced() {
        try (World world = new World(16, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            String ended = world.rewind(target).operationId();
            world.set("a", "3");
            world.oracle().fence(ended);

            world.rewind(target);

            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
            assertThat(world.oracle().currentFence()).isEmpty();
        }
    }

    @Test
    void plan_tellsWhatItWouldAbortAndChangesNothing() {
        try (World world = new World(17, 1);
                World.CoordinatorProcess process = world.coordinator()) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            world.set("a", "3");

            RewindPlan plan = process.coordinator.planRewind(to(target));

            assertThat(plan.expectedAborts()).isEqualTo(2);
            assertThat(plan.steps()).isEqualTo(REWIND_STEPS);
            assertUntouched(world, Map.of("a", "3"));
        }
    }

    private static void assertUntouched(World world, Map<String, String> expected) {
        assertThat(world.read()).isEqualTo(expected);
        assertThat(world.oracle().currentFence()).isEmpty();
        world.store.targetNodes().forEach(node -> assertThat(node.safetyCopies())
                .isEmpty());
    }

    private static long assertGrown(World world, long issued) {
        long fresh = world.oracle().freshTimestamp();
        assertThat(fresh).isGreaterThan(issued);
        return fresh;
    }

    private static RewindRequest to(long timestamp) {
        return new RewindRequest(World.NAMESPACE, new RestorePoint.Timestamp(timestamp));
    }

    private static void crashAndResume(
            World world, String step, boolean after, Consumer<World.CoordinatorProcess> work) {
        crash(world, step, after, work);
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThat(process.coordinator
                            .resume(World.NAMESPACE, OperationListener.NONE)
                            .outcome())
                    .isEqualTo(Outcome.SUCCEEDED);
        }
    }

    private static void crash(World world, String step, boolean after, Consumer<World.CoordinatorProcess> work) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThatThrownBy(() -> work.accept(process))
                    .as("crash %s %s", after ? "after" : "before", step)
                    .isInstanceOf(Crash.class);
        }
    }

    private static OperationListener crashAt(String where, boolean after) {
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

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(TidemarkException.class).satisfies(e -> {
            TidemarkException failure = (TidemarkException) e;
            assertThat(failure.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(failure.hint()).isNotEmpty();
        });
    }
}
