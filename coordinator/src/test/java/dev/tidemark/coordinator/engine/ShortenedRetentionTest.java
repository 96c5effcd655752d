package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.CoordinatorProcess;
import dev.tidemark.coordinator.garbage.GarbageOptions;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.retention.ExpireReport;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * G5: retention is shortened while a backup is under way that reuses chunks which only a backup has that is to go. Tried before each
 * of the first changes that the backup makes in the archive, and before some of the others.
 */
@Execution(ExecutionMode.CONCURRENT)
class ShortenedRetentionTest {
    private static final RetentionPolicy LAST =
            new RetentionPolicy(1, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, ZoneId.of("UTC"));
    private static final GarbageOptions OPTIONS = new GarbageOptions(Duration.ofHours(24), 0, 0);
    /** Which of the later changes are tried: {@code -Dretention.step=1} takes each. */
    private static final int STEP = Integer.getInteger("retention.step", 7);

    private static final Duration GRACE = Duration.ofHours(25);

    @Test
    void expire_whileTheBackupRuns_isRefusedAndCostsItNothing() {
        int moments = atEachChange(chain -> {
            if (chain.isLocked) {
                assertInProgress(chain::expire);
                assertInProgress(chain::collect);
            }
        });

        assertThat(moments).isGreaterThan(20);
    }

    /** Its lock has run out, and somebody else has completed it: then the older one may go, and what it shares stays. */
    @Test
    void expire_whenAStoppedBackupWasCompletedByAnother_costsItNothing() {
        int moments = atEachChange(chain -> {
            chain.process.close();
            assertRefusedIfUnfinished(chain);
            chain.completeBackup();
            chain.expireAndCollect();
        });

        assertThat(moments).isGreaterThan(20);
    }

    /** It was cancelled, and all that it referred to is gone: when it goes on it must not become a backup. */
    @Test
    void expire_whenAStoppedBackupWasCancelled_keepsItFromBeingPublished() {
        int moments = atEachChange(chain -> {
            chain.process.close();
            chain.cancelIfUnfinished();
            chain.expireAndCollect();
        });

        assertThat(moments).isGreaterThan(20);
    }

    /** Runs a backup again and again, each time disturbed before another change; returns how many there are. */
    private static int atEachChange(Consumer<Chain> disturbance) {
        for (int moment = 1; ; moment += moment < 4 ? 1 : STEP) {
            try (World world = new World(900 + moment, 3)) {
                Chain chain = new Chain(world);
                if (!chain.backUpDisturbedAt(moment, disturbance)) {
                    return moment - 1;
                }
                chain.expireAndCollect();
                chain.assertGood("disturbed at change " + moment);
            }
        }
    }

    private static void assertInProgress(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CoordinatorException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.OPERATION_IN_PROGRESS);
            assertThat(e.hint()).isNotEmpty();
        });
    }

    private static void assertRefusedIfUnfinished(Chain chain) {
        if (chain.isUnfinished()) {
            assertInProgress(chain::expire);
            assertInProgress(chain::collect);
        }
    }

    /** Two backups, and a store that holds again what the older one has and the newer one has not. */
    private static final class Chain {
        private final World world;
        private final CoordinatorProcess process;
        private final String older;
        private boolean isDisturbed;
        private boolean isLocked;

        Chain(World world) {
            this.world = world;
            world.set("a", "1", "b", "2");
            older = world.backup().backupId();
            world.time.advance(Duration.ofHours(1));
            world.set("a", "3", "c", "4");
            world.backup();
            world.loseEverything();
            world.restore(older);
            world.startClient();
            process = world.coordinator();
        }

        /** Returns whether there was a change with this number. */
        boolean backUpDisturbedAt(int moment, Consumer<Chain> disturbance) {
            int[] seen = new int[1];
            world.objects.observe((operation, key, isDone) -> {
                if (operation == Operation.CREATE && !isDone && !isDisturbed && ++seen[0] == moment) {
                    isDisturbed = true;
                    disturbance.accept(this);
                }
                isLocked |= operation == Operation.CREATE && isDone && !isDisturbed;
            });
            try {
                BackupReport report = process.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE);
                assertThat(report.newRawBytes()).as("it reuses chunks").isLessThan(report.rawBytes());
            } catch (CoordinatorException e) {
                assertThat(e.code()).as(e.getMessage()).isIn(ErrorCode.FENCED_OUT, ErrorCode.OPERATION_CANCELLED);
            }
            process.close();
            world.objects.observe((operation, key, isDone) -> {});
            return isDisturbed;
        }

        boolean isUnfinished() {
            try (CoordinatorProcess other = world.coordinator()) {
                return other.coordinator.findUnfinished(World.NAMESPACE).isPresent();
            }
        }

        void completeBackup() {
            try (CoordinatorProcess other = world.coordinator()) {
                other.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE);
            }
        }

        void cancelIfUnfinished() {
            try (CoordinatorProcess other = world.coordinator()) {
                other.coordinator
                        .findUnfinished(World.NAMESPACE)
                        .map(OperationSummary::operationId)
                        .ifPresent(id -> other.coordinator.cancel(World.NAMESPACE, id, OperationListener.NONE));
            }
        }

        ExpireReport expire() {
            try (CoordinatorProcess other = world.coordinator()) {
                return other.coordinator.expire(World.NAMESPACE, LAST, List.of(), OperationListener.NONE);
            }
        }

        void collect() {
            try (CoordinatorProcess other = world.coordinator()) {
                other.coordinator.collectGarbage(World.NAMESPACE, OPTIONS, OperationListener.NONE);
            }
        }

        void expireAndCollect() {
            expire();
            assertThat(world.archive.namespace(World.NAMESPACE).manifests().backupIds())
                    .doesNotContain(older);
            collect();
            world.time.advance(GRACE);
            collect();
        }

        /** Every backup that is in the list is whole. */
        void assertGood(String when) {
            Map<String, String> expected = world.read();
            String last = world.backup().backupId();
            ArchiveVerifier verifier = new ArchiveVerifier(
                    world.archive.namespace(World.NAMESPACE), VerificationLevel.CONTENT, (done, total) -> {});
            VerificationReport report = verifier.verify(verifier.backupIds());
            assertThat(report.isGood()).as("%s: %s", when, report).isTrue();
            assertThat(world.readElsewhere(world.archive, last)).as(when).isEqualTo(expected);
        }
    }
}
