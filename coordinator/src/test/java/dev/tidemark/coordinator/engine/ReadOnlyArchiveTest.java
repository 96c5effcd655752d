package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.records.RecordedView;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.CoordinatorProcess;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** E14: a restore from an archive that can't be changed; its records are elsewhere. */
class ReadOnlyArchiveTest {
    private final World world = new World(5, 3);
    private final InMemoryObjectStore records = new InMemoryObjectStore();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void restore_archiveThatCanNotBeChanged_worksAndChangesNothingOfIt() {
        world.set("a", "1");
        String backupId = world.backup().backupId();
        freeze();
        List<ObjectInfo> before = world.objects.list("", "", 1_000);
        world.loseEverything();

        restore(backupId);

        world.startClient();
        assertThat(world.read()).containsEntry("a", "1");
        assertThat(world.objects.list("", "", 1_000)).isEqualTo(before);
        try (CoordinatorProcess process = world.coordinator(opened())) {
            assertThat(process.coordinator.operations(World.NAMESPACE))
                    .extracting(OperationSummary::type)
                    .containsExactly("restore", "backup");
            assertThatThrownBy(
                            () -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE))
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.ARCHIVE_READ_ONLY));
        }
    }

    /** A5: killed at each record that it writes, it goes on with the records alone. */
    @Test
    void restore_killedAtEachRecord_isResumedFromTheRecords() {
        world.set("a", "1");
        String backupId = world.backup().backupId();
        freeze();
        world.loseEverything();
        int kills = 0;
        while (isKilled(kills + 1, backupId)) {
            kills++;
        }

        world.startClient();
        assertThat(kills).isGreaterThan(5);
        assertThat(world.read()).containsEntry("a", "1");
    }

    @Test
    void restore_operationUnfinishedAtThatTime_isRefused() {
        world.set("a", "1");
        String backupId = world.backup().backupId();
        world.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE && key.contains("/inventories/")) {
                throw new Crash(key);
            }
        });
        assertThatThrownBy(world::backup).isInstanceOf(Crash.class);
        world.time.advance(Duration.ofMinutes(10));
        freeze();
        world.loseEverything();

        assertThatThrownBy(() -> restore(backupId))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.OPERATION_IN_PROGRESS));
    }

    /** Returns whether the process was killed at a record with this number; it goes on where the one before it was. */
    private boolean isKilled(int number, String backupId) {
        int[] created = new int[1];
        records.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE && key.contains("/journal/") && !isDone && ++created[0] == number) {
                throw new Crash(key + " " + number);
            }
        });
        try {
            restore(backupId);
            return false;
        } catch (Crash e) {
            world.time.advance(Duration.ofMinutes(1));
            return true;
        }
    }

    private void freeze() {
        world.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE || operation == Operation.DELETE) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_READ_ONLY, "read-only: " + key, "Look elsewhere.");
            }
        });
    }

    private void restore(String backupId) {
        try (CoordinatorProcess process = world.coordinator(opened())) {
            process.coordinator.restore(new RestoreRequest(World.NAMESPACE, backupId), OperationListener.NONE);
        }
    }

    private Archive opened() {
        return Archive.open(
                new RecordedView(world.objects, records),
                ArchiveKey.keyFile(new byte[32]),
                new ArchiveSeams(world.time, world.random, Runnable::run));
    }
}
