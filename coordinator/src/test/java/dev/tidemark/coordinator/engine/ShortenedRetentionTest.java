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
import dev.tidemark.coordinator.simulation.FastSignatures;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * G5: retention is shortened while a backup is under way that reuses chunks which only a backup has that is to go. Tried before the
 * first change of each kind that the backup makes in the archive, and before the last.
 */
@Execution(ExecutionMode.CONCURRENT)
class ShortenedRetentionTest {
    private static final RetentionPolicy LAST =
            new RetentionPolicy(1, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, ZoneId.of("UTC"));
    private static final GarbageOptions OPTIONS = new GarbageOptions(Duration.ZERO, 0, 0);
    private static final long SEED = 900;

    /** Whether each change is tried: {@code -Dretention.all=true}. */
    private static final boolean IS_ALL = Boolean.getBoolean("retention.all");

    @Test
    void expire_whileTheBackupRuns_isRefusedAndCostsItNothing() {
        int moments = atEachChange(chain -> {
            if (chain.isUnfinished()) {
                assertInProgress(chain::expire);
                assertInProgress(chain::collect);
            }
        });

        assertThat(moments).isGreaterThan(8);
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

        assertThat(moments).isGreaterThan(8);
    }

    /** It was cancelled, and all that it referred to is gone: when it goes on it must not become a backup. */
    @Test
    void expire_whenAStoppedBackupWasCancelled_keepsItFromBeingPublished() {
        int moments = atEachChange(chain -> {
            chain.process.close();
            chain.cancelIfUnfinished();
            chain.expireAndCollect();
        });

        assertThat(moments).isGreaterThan(8);
    }

    /** Runs a backup again and again, each time disturbed before another change; returns how many of them were tried. */
    private static int atEachChange(Consumer<Chain> disturbance) {
        try (FastSignatures signatures = FastSignatures.install()) {
            List<Integer> moments = moments();
            for (int moment : moments) {
                try (World world = new World(SEED, 3)) {
                    Chain chain = new Chain(world);
                    assertThat(chain.backUpDisturbedAt(moment, disturbance)).isTrue();
                    chain.expireAndCollect();
                    chain.assertGood("disturbed at change " + moment);
                }
            }
            return moments.size();
        }
    }

    /** Returns the numbers of the changes that are tried: the first of each kind and the last, or all. */
    private static List<Integer> moments() {
        List<String> kinds = new ArrayList<>();
        try (World world = new World(SEED, 3)) {
            Chain chain = new Chain(world);
            chain.backUpDisturbedAt(Integer.MAX_VALUE, never -> {});
            kinds.addAll(chain.kinds);
        }
        List<Integer> moments = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            if (IS_ALL || kinds.indexOf(kinds.get(i)) == i || i == kinds.size() - 1) {
                moments.add(i + 1);
            }
        }
        return moments;
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
        private final List<String> kinds = new ArrayList<>();
        private boolean isDisturbed;

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
                if (operation == Operation.CREATE && !isDone) {
                    kinds.add(key.split("/", -1)[2]);
                }
                if (operation == Operation.CREATE && !isDone && !isDisturbed && ++seen[0] == moment) {
                    isDisturbed = true;
                    disturbance.accept(this);
                }
            });
            try {
                BackupReport report =
                        process.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE);
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

        /** A backup that is published already can only be completed. */
        void cancelIfUnfinished() {
            try (CoordinatorProcess other = world.coordinator()) {
                other.coordinator
                        .findUnfinished(World.NAMESPACE)
                        .map(OperationSummary::operationId)
                        .ifPresent(id -> other.coordinator.cancel(World.NAMESPACE, id, OperationListener.NONE));
            } catch (CoordinatorException e) {
                assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW);
                completeBackup();
            }
        }

        ExpireReport expire() {
            try (CoordinatorProcess other = world.coordinator()) {
                return other.coordinator.upkeep().expire(World.NAMESPACE, LAST, List.of(), OperationListener.NONE);
            }
        }

        void collect() {
            try (CoordinatorProcess other = world.coordinator()) {
                other.coordinator.upkeep().collectGarbage(World.NAMESPACE, OPTIONS, OperationListener.NONE);
            }
        }

        void expireAndCollect() {
            expire();
            assertThat(world.archive.namespace(World.NAMESPACE).manifests().backupIds())
                    .doesNotContain(older);
            collect();
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
