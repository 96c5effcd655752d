package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.exchange.BackupExport;
import dev.tidemark.coordinator.exchange.ExportSource;
import dev.tidemark.coordinator.exchange.TrustedKeys;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When the next backup is due: from the request through the journal into the manifest, and wherever the backup goes from there. */
class NextBackupDueTest {
    @Test
    void backup_requestSaysWhen_manifestSaysSoToo() {
        try (World world = new World(201, 1)) {
            Instant due = world.time.instant().plus(Duration.ofDays(1));

            assertThat(manifest(world, backup(world, due)).findNextBackupDue()).contains(due);
            assertThat(manifest(world, world.backup().backupId()).findNextBackupDue())
                    .isEmpty();
        }
    }

    @Test
    void backup_finishedByAnotherProcess_keepsWhatTheFirstWasTold() {
        for (String step : new String[] {"check", "copy", "commit"}) {
            try (World world = new World(202, 1);
                    World.CoordinatorProcess process = world.coordinator()) {
                Instant due = world.time.instant().plus(Duration.ofDays(1));
                BackupRequest request = new BackupRequest(World.NAMESPACE, Map.of(), true, due);
                assertThatThrownBy(() ->
                                process.coordinator.backup(request, InterruptedOperationTest.crashAt(step, false)))
                        .isInstanceOf(World.Crash.class);
                process.close();

                BackupReport finished = world.backup();

                assertThat(finished.isResumed()).isTrue();
                assertThat(manifest(world, finished.backupId()).findNextBackupDue())
                        .as(step)
                        .contains(due);
            }
        }
    }

    @Test
    void exportImportAndCopy_ofABackup_keepIt() {
        try (World world = new World(203, 1)) {
            Instant due = world.time.instant().plus(Duration.ofDays(1));
            String backup = backup(world, due);
            ByteArrayOutputStream export = new ByteArrayOutputStream();
            new BackupExport(
                            world.archive.namespace(World.NAMESPACE),
                            world.archive.verifyingKey(),
                            (bytes, all, n) -> {})
                    .write(backup, export);
            Archive target = Archive.create(new InMemoryObjectStore(), SampleArchive.key(), SampleArchive.seams(5));
            Transfers transfers = new Transfers(
                    target,
                    name -> world.archive,
                    EngineOptions.DEFAULT,
                    new EngineSeams(
                            world.time,
                            world.time,
                            world.time,
                            world.time.process(),
                            Runnable::run,
                            world.random,
                            "test"));

            transfers.importBackup(
                    World.NAMESPACE,
                    ExportSource.open(new ByteArrayInputStream(export.toByteArray()), "-", TrustedKeys.any()),
                    "imported",
                    OperationListener.NONE);
            assertThat(target.manifests(World.NAMESPACE).read("imported").findNextBackupDue())
                    .contains(due);

            String second = backup(world, due.plusSeconds(60));
            transfers.copy(World.NAMESPACE, "archive", second, OperationListener.NONE);
            assertThat(target.manifests(World.NAMESPACE).read(second).findNextBackupDue())
                    .contains(due.plusSeconds(60));
        }
    }

    @Test
    void request_dueOutsideOfAllCalendars_isRefused() {
        assertThatThrownBy(() -> new BackupRequest(World.NAMESPACE, Map.of(), true, Instant.MAX))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("1970 to 9999")
                .satisfies(e -> assertThat(((CoordinatorException) e).code()).isEqualTo(ErrorCode.INVALID_INPUT));
    }

    private static String backup(World world, Instant due) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            return process.coordinator
                    .backup(new BackupRequest(World.NAMESPACE, Map.of(), true, due), OperationListener.NONE)
                    .backupId();
        }
    }

    private static Manifest manifest(World world, String backupId) {
        return world.archive.manifests(World.NAMESPACE).read(backupId);
    }
}
