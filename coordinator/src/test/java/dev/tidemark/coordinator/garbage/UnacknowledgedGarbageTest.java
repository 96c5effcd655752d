package dev.tidemark.coordinator.garbage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * F6: a collector dies before the archive has told it that an object is durable. Others see the object, and remove what it makes
 * superfluous; then the archive loses its power, and the object, unless somebody has asked for it once more.
 */
class UnacknowledgedGarbageTest {
    private static final Duration DAY = Duration.ofHours(25);
    private static final GarbageOptions REPACKING = new GarbageOptions(Duration.ofHours(24), 0.3, 1 << 20);

    private final GarbageSite site = new GarbageSite();
    private ObjectKey victim;
    private boolean isDurable;

    /** The inventory says that chunks have moved; what they were in before is removed because of it. */
    @Test
    void collect_inventoryIsLostAfterwards_backupIsStillWhole() {
        site.backup("b-1", 1, 2, 3, 4, 5, 6, 7, 8);
        site.backup("b-2", 8, 9);
        site.expire("b-1");
        int packs = site.count("packs/");

        dieAtCreation("inventories/b-2/00000002", REPACKING);
        site.collect(REPACKING);
        site.time.advance(DAY);
        GarbageReport report = site.collect(REPACKING);
        losePower();

        assertThat(report.removedObjects())
                .as("the pack that was moved from is gone")
                .isPositive();
        assertThat(site.count("packs/")).isEqualTo(packs);
        site.assertHolds("b-2", 8, 9);
        assertThat(site.verify().isGood()).isTrue();
        assertThat(site.verify().remarks())
                .as("the inventory names what is there")
                .isEmpty();
    }

    /**
     * The list keeps everybody from referring to what is on it, as long as it is there. The collector that relies on it is stopped in
     * the middle of its removal.
     */
    @Test
    void collect_garbageListIsLostDuringTheRemoval_removesNothingThatALaterBackupNeeds() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        site.expire("b-1");
        dieAtCreation("garbage/00000001", GarbageSite.OPTIONS);
        cancel();
        site.time.advance(DAY);
        GarbageSite.Process stopped = site.process();
        boolean[] isStopped = new boolean[1];
        site.objects.observe((operation, key, isDone) -> {
            noteCreation(operation, key, isDone);
            if (operation == Operation.DELETE && !isDone && key.contains("/packs/") && !isStopped[0]) {
                isStopped[0] = true;
                stopped.die();
                losePower();
                cancel();
                site.backup("b-3", 1, 2);
            }
        });

        try (GarbageOperation operation = stopped.collection()) {
            assertThatThrownBy(() -> operation.run(GarbageSite.OPTIONS, stopped.operations, OperationListener.NONE))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED_OUT));
        }

        site.objects.observe((operation, key, isDone) -> {});
        assertThat(isStopped[0]).isTrue();
        site.assertHolds("b-3", 1, 2);
        assertThat(site.verify().isGood()).isTrue();
    }

    /** Runs a collection whose process dies when an object is there and nobody has told it so. */
    private void dieAtCreation(String name, GarbageOptions options) {
        victim = site.archive.key(name);
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE && isDone && key.equals(victim.value())) {
                throw new Killed();
            }
        });
        GarbageSite.Process process = site.process();
        try (GarbageOperation operation = process.collection()) {
            assertThatThrownBy(() -> operation.run(options, process.operations, OperationListener.NONE))
                    .isInstanceOf(Killed.class);
        }
        process.die();
        site.objects.observe(this::noteCreation);
    }

    private void noteCreation(Operation operation, String key, boolean isDone) {
        isDurable |= operation == Operation.CREATE && !isDone && key.equals(victim.value());
    }

    private void losePower() {
        if (!isDurable) {
            site.objects.delete(victim);
        }
    }

    private void cancel() {
        GarbageSite.Process other = site.process();
        try (GarbageOperation operation = other.collection()) {
            OperationSummary unfinished = other.operations.unfinished();
            operation.cancel(unfinished.operationId(), other.operations, OperationListener.NONE);
        }
        other.die();
    }

    /** The end of a process: no handler of the engine sees it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
