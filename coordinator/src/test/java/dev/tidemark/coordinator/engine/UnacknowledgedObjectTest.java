package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.rewind.RewindRequest;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process dies before the archive has told it that an object is durable. The object can be seen, others rely on it, and then the
 * archive loses its power and the object, unless somebody has asked for it once more.
 */
class UnacknowledgedObjectTest {
    private static final int MORE_THAN_ANY_CREATES = 60;

    @ParameterizedTest
    @MethodSource("types")
    void operation_diesAtAnyObjectWhichIsLostLater_isCompletedByTheNextAndLeavesAGoodArchive(String type) {
        boolean isThereAnother = true;
        for (int number = 1; isThereAnother; number++) {
            assertThat(number).isLessThan(MORE_THAN_ANY_CREATES);
            isThereAnother = dieAtCreation(number, type);
        }
    }

    static Stream<String> types() {
        return Stream.of("backup", "restore", "rewind", "undo");
    }

    /** Returns false when the operation creates fewer objects. */
    private static boolean dieAtCreation(int number, String type) {
        try (World world = new World(80 + number, 1)) {
            long target = world.set("a", "1");
            prepare(world, type, target);
            Power power = new Power(world, number);
            try (World.CoordinatorProcess process = world.coordinator()) {
                run(process, type, target);
            } catch (Crash e) {
                assertThat(power.victim).as(e.getMessage()).isNotNull();
            }
            if (power.victim == null) {
                return false;
            }
            if (!hasSucceeded(world, type)) {
                try (World.CoordinatorProcess process = world.coordinator()) {
                    run(process, type, target);
                }
            }
            world.backup();
            power.lose();
            assertGood(world, power.victim.value());
            return true;
        }
    }

    private static void prepare(World world, String type, long target) {
        if (!type.equals("backup")) {
            world.backup();
        }
        if (type.equals("restore")) {
            world.store.destroy();
        }
        if (type.equals("undo")) {
            world.set("a", "2");
            world.rewind(target);
        }
    }

    private static void run(World.CoordinatorProcess process, String type, long target) {
        switch (type) {
            case "backup" -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE);
            case "restore" ->
                process.coordinator.restore(new RestoreRequest(World.NAMESPACE, "latest"), OperationListener.NONE);
            case "rewind" ->
                process.coordinator.rewind(
                        new RewindRequest(World.NAMESPACE, new RestorePoint.Timestamp(target)), OperationListener.NONE);
            default -> process.coordinator.undo(World.NAMESPACE, OperationListener.NONE);
        }
    }

    private static boolean hasSucceeded(World world, String type) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.operations(World.NAMESPACE).stream()
                    .anyMatch(each -> each.type().equals(type) && each.outcome() == Outcome.SUCCEEDED);
        }
    }

    private static void assertGood(World world, String victim) {
        String last = world.backup().backupId();
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThat(process.coordinator.operations(World.NAMESPACE))
                    .as(victim)
                    .extracting(OperationSummary::outcome)
                    .doesNotContain(Outcome.UNFINISHED, Outcome.CANCELLED);
        }
        ArchiveVerifier verifier = new ArchiveVerifier(
                world.archive.namespace(World.NAMESPACE), VerificationLevel.CONTENT, (done, total) -> {});
        VerificationReport report = verifier.verify(List.of(last));
        assertThat(report.isGood()).as("%s: %s", victim, report).isTrue();
        Map<String, String> state = world.read();
        world.loseEverything();
        world.restore(last);
        world.startClient();
        assertThat(world.read()).as(victim).isEqualTo(state);
    }

    /** Fails the n-th creation after its effect; the object is durable as soon as somebody creates it again. */
    private static final class Power {
        private final World world;
        private ObjectKey victim;
        private boolean isDurable;
        private int countdown;

        Power(World world, int number) {
            this.world = world;
            this.countdown = number;
            world.objects.observe(this::observed);
        }

        private void observed(Operation operation, String key, boolean isDone) {
            if (operation != Operation.CREATE) {
                return;
            }
            if (victim != null && !isDone && key.equals(victim.value())) {
                isDurable = true;
            } else if (victim == null && isDone && --countdown == 0) {
                victim = new ObjectKey(key);
                throw new Crash("at " + key);
            }
        }

        void lose() {
            if (!isDurable) {
                world.objects.delete(victim);
            }
        }
    }
}
