package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.CoordinatorProcess;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.hook.Hook;
import dev.tidemark.coordinator.hook.Hook.OnFailure;
import dev.tidemark.coordinator.hook.HookAction;
import dev.tidemark.coordinator.hook.HookFacts;
import dev.tidemark.coordinator.hook.HookMoment;
import dev.tidemark.coordinator.hook.HookResult;
import dev.tidemark.coordinator.hook.Hooks;
import dev.tidemark.coordinator.namespace.NamespaceSetup;
import dev.tidemark.coordinator.namespace.StoreOrder;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.runbook.RunbookSource;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.memory.Faults;
import dev.tidemark.kvs.memory.Seam;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When hooks are run, and what their failures mean. */
class HooksTest {
    private final World world = new World(77, 3);
    private final List<HookFacts> run = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    @BeforeEach
    void write() {
        world.set("a", "1");
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void backup_hooksSucceed_areRunAroundIt() {
        world.store.faults().listen(seam -> {
            if (seam == Seam.SNAPSHOT) {
                assertThat(run).hasSize(1);
            }
        });

        String id = backup(
                        hooks(ok(HookMoment.BEFORE_BACKUP), ok(HookMoment.AFTER_BACKUP), ok(HookMoment.BEFORE_RESTORE)))
                .backupId();

        assertThat(run)
                .containsExactly(
                        new HookFacts(HookMoment.BEFORE_BACKUP, World.NAMESPACE, id, "backup", id, ""),
                        new HookFacts(HookMoment.AFTER_BACKUP, World.NAMESPACE, id, "backup", id, "SUCCEEDED"));
        assertThat(notes).isEmpty();
    }

    @Test
    void restore_hooksSucceed_areToldTheBackup() {
        String id = world.backup().backupId();
        world.loseEverything();

        String restore;
        try (CoordinatorProcess process =
                world.coordinator(hooks(ok(HookMoment.BEFORE_RESTORE), ok(HookMoment.AFTER_RESTORE)))) {
            restore = process.coordinator
                    .restore(new RestoreRequest(World.NAMESPACE, id), listener())
                    .operationId();
        }

        assertThat(run)
                .containsExactly(
                        new HookFacts(HookMoment.BEFORE_RESTORE, World.NAMESPACE, restore, "restore", id, ""),
                        new HookFacts(HookMoment.AFTER_RESTORE, World.NAMESPACE, restore, "restore", id, "SUCCEEDED"));
    }

    @Test
    void backup_hookBeforeFails_failsBeforeItTouchesAnythingAndTellsTheHookAfter() {
        world.store.faults().listen(seam -> assertThat(seam).isNotEqualTo(Seam.SNAPSHOT));

        assertThatThrownBy(() -> backup(hooks(
                        failing(HookMoment.BEFORE_BACKUP, OnFailure.FAIL),
                        ok(HookMoment.BEFORE_BACKUP),
                        ok(HookMoment.AFTER_BACKUP))))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.HOOK_FAILED);
                    assertThat(e.getMessage()).contains("before-backup hook 'test' went wrong: first words last words");
                });

        assertThat(run)
                .extracting(HookFacts::moment)
                .containsExactly(HookMoment.BEFORE_BACKUP, HookMoment.AFTER_BACKUP);
        assertThat(run.get(1).outcome()).isEqualTo("FAILED");
        assertThat(outcome()).isEqualTo(Outcome.FAILED);
        assertThat(world.archive.namespace(World.NAMESPACE).listKeys("packs/", 1))
                .isEmpty();
        world.store.faults().listen(seam -> {});
        assertThat(world.backup().isResumed()).isFalse();
    }

    @Test
    void restore_hookBeforeFails_leavesTheStoreAndTheOracleAlone() {
        String id = world.backup().backupId();
        world.store.destroy();

        try (CoordinatorProcess process =
                world.coordinator(hooks(failing(HookMoment.BEFORE_RESTORE, OnFailure.FAIL)))) {
            assertThatThrownBy(() -> process.coordinator.restore(new RestoreRequest(World.NAMESPACE, id), listener()))
                    .hasMessageContaining("before-restore hook");
        }

        assertThat(world.oracle().freshTimestamp()).isPositive();
        world.restore(id);
    }

    @Test
    void backup_hookFailsThatOnlyWarns_goesOnWithANote() {
        backup(hooks(
                failing(HookMoment.BEFORE_BACKUP, OnFailure.WARN), failing(HookMoment.AFTER_BACKUP, OnFailure.WARN)));

        assertThat(notes)
                .anyMatch(note -> note.contains("before-backup hook 'test' went wrong"))
                .anyMatch(note -> note.contains("after-backup hook 'test' went wrong"));
        assertThat(outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void backup_failsLater_hookAfterIsToldSo() {
        world.store.faults().failNext(Seam.SNAPSHOT, Faults.Moment.BEFORE_EFFECT, ErrorCode.STORE_DAMAGED);

        assertThatThrownBy(() -> backup(hooks(ok(HookMoment.AFTER_BACKUP)))).isInstanceOf(TidemarkException.class);

        assertThat(run).extracting(HookFacts::outcome).containsExactly("FAILED");
    }

    @Test
    void backup_processDiesInAHook_theNextOneRunsTheHooksOfTheStepAgainAndNoOthers() {
        Hook crashing = hook(HookMoment.BEFORE_BACKUP, OnFailure.FAIL, facts -> {
            throw new Crash("in a hook");
        });
        assertThatThrownBy(() -> backup(hooks(ok(HookMoment.BEFORE_BACKUP), crashing)))
                .isInstanceOf(Crash.class);
        world.time.advance(Duration.ofSeconds(21));

        BackupReport backup = backup(hooks(ok(HookMoment.BEFORE_BACKUP), ok(HookMoment.AFTER_BACKUP)));

        assertThat(backup.isResumed()).isTrue();
        assertThat(run)
                .extracting(HookFacts::moment)
                .containsExactly(HookMoment.BEFORE_BACKUP, HookMoment.BEFORE_BACKUP, HookMoment.AFTER_BACKUP);
    }

    @Test
    void backup_processDiesInTheHookAfter_theNextOneRunsItAndNotTheBackup() {
        Hook crashing = hook(HookMoment.AFTER_BACKUP, OnFailure.WARN, facts -> {
            throw new Crash("in a hook");
        });
        assertThatThrownBy(() -> backup(hooks(ok(HookMoment.BEFORE_BACKUP), crashing)))
                .isInstanceOf(Crash.class);
        world.time.advance(Duration.ofSeconds(21));
        world.store.faults().listen(seam -> assertThat(seam).isNotEqualTo(Seam.SNAPSHOT));

        BackupReport backup = backup(hooks(ok(HookMoment.BEFORE_BACKUP), ok(HookMoment.AFTER_BACKUP)));

        assertThat(backup.isResumed()).isTrue();
        assertThat(run)
                .extracting(HookFacts::moment)
                .containsExactly(HookMoment.BEFORE_BACKUP, HookMoment.AFTER_BACKUP);
    }

    @Test
    void backup_hooksTakenOutWhileItWasInterrupted_isCompleted() {
        for (HookMoment moment : List.of(HookMoment.BEFORE_BACKUP, HookMoment.AFTER_BACKUP)) {
            Hook crashing = hook(moment, OnFailure.WARN, facts -> {
                throw new Crash("in a hook");
            });
            assertThatThrownBy(() -> backup(hooks(crashing))).isInstanceOf(Crash.class);
            world.time.advance(Duration.ofSeconds(21));

            assertThat(world.backup().isResumed()).isTrue();
            assertThat(outcome()).isEqualTo(Outcome.SUCCEEDED);
        }
    }

    @Test
    void cancel_interruptedBackup_hookAfterIsToldSo() {
        Hook crashing = hook(HookMoment.BEFORE_BACKUP, OnFailure.FAIL, facts -> {
            throw new Crash("in a hook");
        });
        assertThatThrownBy(() -> backup(hooks(crashing))).isInstanceOf(Crash.class);
        world.time.advance(Duration.ofSeconds(21));

        try (CoordinatorProcess process = world.coordinator(hooks(ok(HookMoment.AFTER_BACKUP)))) {
            String id = process.coordinator.operations(World.NAMESPACE).get(0).operationId();
            process.coordinator.cancel(World.NAMESPACE, id, listener());
        }

        assertThat(run).extracting(HookFacts::outcome).containsExactly("CANCELLED");
    }

    private BackupReport backup(NamespaceSetup setup) {
        try (CoordinatorProcess process = world.coordinator(setup)) {
            return process.coordinator.backup(BackupRequest.of(World.NAMESPACE), listener());
        }
    }

    private Outcome outcome() {
        try (CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.operations(World.NAMESPACE).get(0).outcome();
        }
    }

    private OperationListener listener() {
        return new OperationListener() {
            @Override
            public void note(String operationId, String message) {
                notes.add(message);
            }
        };
    }

    private static NamespaceSetup hooks(Hook... hooks) {
        return new NamespaceSetup(StoreOrder.NONE, new Hooks(List.of(hooks)), RunbookSource.NONE);
    }

    private Hook ok(HookMoment moment) {
        return hook(moment, OnFailure.WARN, facts -> {
            run.add(facts);
            return new HookResult("", "fine");
        });
    }

    private Hook failing(HookMoment moment, OnFailure onFailure) {
        return hook(moment, onFailure, facts -> {
            run.add(facts);
            return new HookResult("went wrong", "first words\nlast words");
        });
    }

    private static Hook hook(HookMoment moment, OnFailure onFailure, Function<HookFacts, HookResult> action) {
        return new Hook(moment, new FakeAction(action), Duration.ofSeconds(5), onFailure);
    }

    private record FakeAction(Function<HookFacts, HookResult> action) implements HookAction {
        @Override
        public HookResult run(HookFacts facts, Duration limit) {
            return action.apply(facts);
        }

        @Override
        public String describe() {
            return "'test'";
        }
    }
}
