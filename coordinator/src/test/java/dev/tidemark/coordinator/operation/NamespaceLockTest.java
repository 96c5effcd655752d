package dev.tidemark.coordinator.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class NamespaceLockTest {
    private static final Duration LEASE = Duration.ofSeconds(15);

    private final VirtualTime time = new VirtualTime();
    private final Random random = new Random(1);
    private final InMemoryObjectStore objects = new InMemoryObjectStore();
    private final NamespaceArchive archive = Archive.create(
                    objects, ArchiveKey.keyFile(new byte[32]), new ArchiveSeams(time, random, Runnable::run))
            .createNamespace("orders");
    private final LockRow row = new LockRow(archive);
    private final List<String> notes = new ArrayList<>();
    private final List<String> renewals = new ArrayList<>();

    private NamespaceLock acquire(String operationId, PeriodicTasks process) {
        return NamespaceLock.acquire(
                row,
                unfinished -> unfinished.orElse(new OperationIdentity(operationId, "backup")),
                (operation, epoch) -> true,
                last -> last + 1,
                LEASE,
                new EngineSeams(time, time, time, process, Runnable::run, random, "host " + operationId),
                new OperationListener() {
                    @Override
                    public void note(String id, String message) {
                        notes.add(message);
                    }

                    @Override
                    public void lockRenewed(String id) {
                        renewals.add(id + " renewed");
                    }

                    @Override
                    public void lockRenewalFailed(String id, String reason) {
                        renewals.add(id + " failed: " + reason);
                    }
                });
    }

    @Test
    void renewal_inTheBackground_isToldAsItEnds() {
        NamespaceLock lock = acquire("one", time.process());

        time.advance(LEASE.dividedBy(3));
        assertThat(renewals).containsExactly("one renewed");
        objects.failNext(
                InMemoryObjectStore.Operation.CREATE,
                new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "slow", ""));
        time.advance(LEASE.dividedBy(3));

        assertThat(renewals).containsExactly("one renewed", "one failed: slow");
        lock.ensureHeld();
        lock.release();
    }

    @Test
    void acquire_released_givesAGreaterEpochAndNoUnfinishedOperation() {
        NamespaceLock first = acquire("one", time.process());
        first.release();

        NamespaceLock second = acquire("two", time.process());

        assertThat(second.epoch()).isGreaterThan(first.epoch());
        assertThat(second.operation().operationId()).isEqualTo("two");
        assertThat(notes).isEmpty();
    }

    @Test
    void acquire_suspended_goesOnWithItsOperationAtOnce() {
        acquire("one", time.process()).suspend();

        NamespaceLock second = acquire("two", time.process());

        assertThat(second.operation().operationId()).isEqualTo("one");
        assertThat(notes).isEmpty();
    }

    @Test
    void acquire_holderIsAlive_isRefused() {
        acquire("one", time.process());

        assertFails(ErrorCode.OPERATION_IN_PROGRESS, () -> acquire("two", time.process()));
    }

    @Test
    void acquire_holderIsDead_waitsForItsLeaseAndTakesOver() {
        PeriodicTasks process = time.process();
        NamespaceLock first = acquire("one", process);
        process.close();
        long before = time.nanoTime();

        NamespaceLock second = acquire("two", time.process());

        assertThat(Duration.ofNanos(time.nanoTime() - before)).isGreaterThanOrEqualTo(LEASE);
        assertThat(second.operation().operationId()).isEqualTo("one");
        assertThat(second.epoch()).isGreaterThan(first.epoch());
        assertThat(notes).singleElement().asString().contains("one");
        assertFails(ErrorCode.FENCED_OUT, first::ensureHeld);
        second.ensureHeld();
    }

    @Test
    void ensureHeld_pausedLongerThanTheLeaseAndNobodyTookOver_renews() {
        PeriodicTasks process = time.process();
        NamespaceLock lock = acquire("one", process);
        process.close();
        time.advance(LEASE.multipliedBy(3));

        lock.ensureHeld();

        assertThat(row.last().orElseThrow().sequence()).isGreaterThan(1);
    }

    @Test
    void ensureHeld_pausedUntilTheRowHasMovedFarOn_isFencedOut() {
        PeriodicTasks process = time.process();
        NamespaceLock paused = acquire("one", process);
        process.close();
        NamespaceLock second = acquire("two", time.process());
        // So many renewals that the number which the paused holder would write next has been removed.
        time.advance(LEASE.multipliedBy(10));
        assertThat(archive.store().head(archive.key("lock/0000000002"))).isEmpty();

        assertFails(ErrorCode.FENCED_OUT, paused::ensureHeld);

        second.ensureHeld();
        assertThat(row.last().orElseThrow().epoch()).isEqualTo(second.epoch());
    }

    @Test
    void renewal_answerIsLost_isFoundAgain() {
        NamespaceLock lock = acquire("one", time.process());
        objects.failAfterNext(
                InMemoryObjectStore.Operation.CREATE,
                new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "answer lost", "Try again."));
        time.advance(LEASE.dividedBy(3));
        time.advance(LEASE.dividedBy(3));

        lock.ensureHeld();

        assertThat(row.last().orElseThrow().epoch()).isEqualTo(lock.epoch());
    }

    /** Others count from when they saw the entry whose answer was lost; a holder that counts from a later attempt would hold for longer. */
    @Test
    void renewal_answerIsLost_leaseIsCountedFromAnEntryThatOthersSeeNoEarlier() {
        PeriodicTasks process = time.process();
        NamespaceLock lock = acquire("one", process);
        objects.failAfterNext(
                InMemoryObjectStore.Operation.CREATE,
                new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "answer lost", "Try again."));
        time.advance(LEASE.dividedBy(3));
        LockEntry lost = row.last().orElseThrow();
        time.advance(LEASE.dividedBy(3));

        assertThat(row.last().orElseThrow().sequence()).isGreaterThan(lost.sequence());
        lock.ensureHeld();
    }

    @Test
    void renewals_many_keepTheRowShort() {
        acquire("one", time.process());

        time.advance(LEASE.multipliedBy(100));

        assertThat(archive.listKeys("lock/", 100)).hasSizeLessThanOrEqualTo(6);
    }

    @Test
    void acquire_epochIsNotGreater_isADefect() {
        acquire("one", time.process()).release();

        assertThatThrownBy(() -> NamespaceLock.acquire(
                        row,
                        (Optional<OperationIdentity> unfinished) -> new OperationIdentity("two", "backup"),
                        (operation, epoch) -> true,
                        last -> last,
                        LEASE,
                        new EngineSeams(time, time, time, time.process(), Runnable::run, random, "host"),
                        OperationListener.NONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("epoch");
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(CoordinatorException.class).satisfies(e -> assertThat(
                        ((CoordinatorException) e).code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}
