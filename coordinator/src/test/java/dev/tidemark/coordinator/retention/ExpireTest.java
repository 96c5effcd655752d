package dev.tidemark.coordinator.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.catalog.TimeIndex;
import dev.tidemark.coordinator.garbage.GarbageSite;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpireTest {
    private final GarbageSite site = new GarbageSite();
    private final Holds holds = new Holds(site.archive);

    @BeforeEach
    void backups() {
        site.backup("b-1", 1);
        site.backup("b-2", 1, 2);
    }

    @Test
    void expire_namedBackup_removesItsManifestAndNothingElse() {
        int packs = site.count("packs/");
        List<TimePoint> times = TimeIndex.ofArchive(site.archive).points();

        site.expire("b-1");

        assertThat(site.archive.manifests().backupIds()).containsExactly("b-2");
        assertThat(site.count("packs/")).isEqualTo(packs);
        assertThat(site.count("removals/")).isZero();
        assertThat(TimeIndex.ofArchive(site.archive).points()).isEqualTo(times);
        site.assertHolds("b-2", 1, 2);
    }

    @Test
    void expire_newest_isRefused() {
        assertRefused("newest", () -> site.expire("b-2"));
        assertThat(site.archive.manifests().backupIds()).hasSize(2);
    }

    @Test
    void expire_held_isRefusedUntilTheHoldEnds() {
        place("b-1", site.time.instant().plus(Duration.ofDays(1)));

        assertRefused("hold 'audit'", () -> site.expire("b-1"));
        site.time.advance(Duration.ofDays(1));
        site.expire("b-1");

        assertThat(site.archive.manifests().backupIds()).containsExactly("b-2");
    }

    @Test
    void release_hold_letsItGo() {
        BackupHold hold = place("b-1", BackupHold.FOREVER);

        assertThat(holds.release(hold.holdId())).isEqualTo(hold);
        site.expire("b-1");

        assertThat(site.archive.manifests().backupIds()).containsExactly("b-2");
        assertCode(ErrorCode.INVALID_INPUT, () -> holds.release(hold.holdId()));
        assertCode(ErrorCode.UNKNOWN_BACKUP, () -> place("b-1", BackupHold.FOREVER));
    }

    /** G6: a hold that is placed before each call to the store in the middle of a removal stands, or is refused, never both. */
    @Test
    void place_atAnyMomentOfARemoval_holdsTheBackupOrIsRefused() {
        int held = 0;
        int refused = 0;
        for (int at = 1; ; at++) {
            GarbageSite raced = new GarbageSite();
            raced.backup("b-1", 1);
            raced.backup("b-2", 2);
            int moment = at;
            int[] seen = new int[1];
            boolean[] isHeld = new boolean[1];
            raced.objects.observe((operation, key, isDone) -> {
                if (++seen[0] == moment) {
                    isHeld[0] = isPlaced(raced);
                }
            });
            try {
                raced.expire("b-1");
            } catch (CoordinatorException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW);
            }
            raced.objects.observe((operation, key, isDone) -> {});
            if (seen[0] < moment) {
                break;
            }
            boolean isThere = raced.archive.manifests().backupIds().contains("b-1");
            assertThat(isThere || !isHeld[0]).as("moment %d", at).isTrue();
            held += isHeld[0] ? 1 : 0;
            refused += isHeld[0] ? 0 : 1;
        }
        assertThat(held).isPositive();
        assertThat(refused).isPositive();
    }

    private static boolean isPlaced(GarbageSite site) {
        try {
            new Holds(site.archive).place(hold("b-1", BackupHold.FOREVER));
            return true;
        } catch (CoordinatorException e) {
            return false;
        }
    }

    /** A13: killed before and after every change, then resumed or cancelled: the backup is whole, or gone. */
    @Test
    void expire_killedAtEveryChange_leavesAWholeBackupOrNone() {
        for (int at = 1; ; at++) {
            GarbageSite killed = new GarbageSite();
            killed.backup("b-1", 1);
            killed.backup("b-2", 2);
            int moment = at;
            int[] seen = new int[1];
            killed.objects.observe((operation, key, isDone) -> {
                boolean isChange = operation == Operation.CREATE || operation == Operation.DELETE;
                if (isChange && ++seen[0] == moment) {
                    throw new Killed();
                }
            });
            try {
                killed.expire("b-1");
                break;
            } catch (Killed e) {
                killed.objects.observe((operation, key, isDone) -> {});
            }
            resumeIfBegun(killed, at % 2 == 0);
            assertThat(killed.count("removals/")).as("killed at %d", at).isZero();
            if (killed.archive.manifests().backupIds().contains("b-1")) {
                killed.assertHolds("b-1", 1);
            }
            killed.assertHolds("b-2", 2);
        }
    }

    private static void resumeIfBegun(GarbageSite site, boolean isCancelled) {
        GarbageSite.Process process = site.process();
        process.operations.findUnfinished().ifPresent(unfinished -> {
            try (ExpireOperation operation = new ExpireOperation(site.archive, process.seams())) {
                if (isCancelled) {
                    operation.cancel(unfinished.operationId(), process.operations, OperationListener.NONE);
                } else {
                    operation.resume(process.operations, OperationListener.NONE);
                }
            }
        });
        process.die();
    }

    private BackupHold place(String backupId, Instant until) {
        BackupHold hold = hold(backupId, until);
        holds.place(hold);
        return hold;
    }

    private static BackupHold hold(String backupId, Instant until) {
        return new BackupHold("0123456789abcdef".repeat(2), backupId, "audit", "me", Instant.EPOCH, until);
    }

    private static void assertRefused(String reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW);
            assertThat(e.getMessage()).contains(reason);
        });
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    /** The end of a process: no handler of the engine sees it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
