package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.engine.World.CoordinatorProcess;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** E8: credentials that can read and create, and can't delete: everything but what removes something works with them. */
class NoDeleteTest {
    private final World world = new World(5, 3);
    private final AtomicBoolean isCrashing = new AtomicBoolean();
    private final AtomicBoolean isDenied = new AtomicBoolean();

    @BeforeEach
    void denyDeletes() {
        world.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.DELETE) {
                isDenied.set(true);
                throw new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "delete of '" + key + "' denied", "");
            }
            if (isCrashing.get() && operation == Operation.CREATE && key.contains("/manifests/")) {
                isCrashing.set(false);
                throw new Crash(key);
            }
        });
    }

    @AfterEach
    void close() {
        assertThat(isDenied).isTrue();
        world.close();
    }

    @Test
    void backupResumeVerifyAndRestore_nothingCanBeDeleted_work() {
        world.set("a", "1");
        world.backup();
        isCrashing.set(true);
        assertThatThrownBy(world::backup).isInstanceOf(Crash.class);
        world.time.advance(Duration.ofMinutes(10));
        world.set("a", "2");

        try (CoordinatorProcess process = world.coordinator()) {
            assertThat(process.coordinator
                            .resume(World.NAMESPACE, OperationListener.NONE)
                            .outcome())
                    .isEqualTo(OperationSummary.Outcome.SUCCEEDED);
        }
        String last = world.backup().backupId();
        ArchiveVerifier verifier = new ArchiveVerifier(
                world.archive.namespace(World.NAMESPACE), VerificationLevel.EXISTENCE, (done, total) -> {});
        assertThat(verifier.verify(verifier.backupIds()).isGood()).isTrue();

        world.loseEverything();
        world.restore(last);
        world.startClient();
        assertThat(world.read()).containsEntry("a", "2");
    }

    @Test
    void operations_manyWithLongRow_stillFindTheLock() {
        for (int i = 0; i < 40; i++) {
            world.setRandom();
            world.backup();
        }

        assertThat(world.objects.list("ns/" + World.NAMESPACE + "/lock/", "", 1000))
                .hasSizeGreaterThan(70);
        assertThat(world.archive.manifests(World.NAMESPACE).backupIds()).hasSize(40);
    }

    @Test
    void create_nothingCanBeDeleted_isRefusedAndNoArchiveIsLeft() {
        InMemoryObjectStore store = new InMemoryObjectStore();
        store.observe((operation, key, isDone) -> {
            if (operation == Operation.DELETE) {
                isDenied.set(true);
                throw new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "denied", "");
            }
        });

        assertThatThrownBy(() -> Archive.create(store, SampleArchive.key(), SampleArchive.seams(1)))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.ARCHIVE_ACCESS_DENIED));
        assertThat(store.list("tidemark", "", 10)).isEmpty();
        isDenied.set(true);
    }
}
