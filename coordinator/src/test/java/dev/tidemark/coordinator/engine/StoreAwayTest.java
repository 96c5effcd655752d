package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import dev.tidemark.coordinator.archive.retry.RetrySeams;
import dev.tidemark.coordinator.archive.retry.RetrySettings;
import dev.tidemark.coordinator.archive.retry.RetryingObjectStore;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** E12: the archive's store goes away in the middle of an operation, for hours, and comes back. */
class StoreAwayTest {
    private final World world = new World(91, 1);
    private final AtomicLong refused = new AtomicLong();

    /** What waits between attempts has a time of its own: in the world's time, locks would be renewed from within a wait. */
    private final AtomicLong waited = new AtomicLong();

    @ParameterizedTest
    @ValueSource(strings = {"/packs/", "/lists/", "/inventories/", "/manifests/"})
    void backup_storeIsAwayForHours_endsWithOneErrorAndGoesOnLater(String firstRefused) {
        world.set("a", "1");
        RetrySettings settings = RetrySettings.DEFAULT;
        RetryingObjectStore patient = new RetryingObjectStore(
                world.objects,
                settings,
                new RetrySeams(waited::get, duration -> waited.addAndGet(duration.toNanos()), world.random));
        Archive archive = Archive.open(
                patient, ArchiveKey.keyFile(new byte[32]), new ArchiveSeams(world.time, world.random, Runnable::run));
        boolean[] isAway = {false};
        world.objects.observe((operation, key, isDone) -> {
            isAway[0] |= key.contains(firstRefused) && operation.name().equals("CREATE");
            if (isAway[0] && !isDone) {
                refused.incrementAndGet();
                throw new CoordinatorException(
                        ErrorCode.ARCHIVE_UNAVAILABLE,
                        "the store is away",
                        "Wait.",
                        new TransientFailure(TransientFailure.Effect.NONE, null));
            }
        });

        try (World.CoordinatorProcess process = world.coordinator(archive)) {
            assertThatThrownBy(
                            () -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE))
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.ARCHIVE_UNAVAILABLE))
                    .hasMessageContaining("the store is away");
        }

        assertThat(refused.get()).as("attempts").isLessThan(4L * settings.attempts());
        assertThat(Duration.ofNanos(waited.get()))
                .as("what it waits")
                .isLessThan(settings.budget().multipliedBy(4));
        world.time.advance(Duration.ofHours(5));
        world.set("a", "2");
        world.objects.observe((operation, key, isDone) -> {});

        BackupReport backup = world.backup();

        assertThat(backup.isResumed()).isTrue();
        CoordinatorTest.assertNothingIsLeft(world);
        world.loseEverything();
        world.restore(backup.backupId());
        world.startClient();
        assertThat(world.read()).isEqualTo(world.expectedAt(backup.backupTimestamp()));
    }
}
