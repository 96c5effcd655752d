package dev.tidemark.coordinator.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.LockView;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LockWatchTest {
    private static final Duration LEASE = Duration.ofSeconds(15);

    private final VirtualTime time = new VirtualTime();
    private final LockWatch waiting = LockWatch.waiting(time, time);
    private final LockWatch remembering = LockWatch.remembering(time);
    private LockView lock = view(1, Duration.ZERO);

    @Test
    void silence_renewedWithinItsLease_isNoneAndNobodyWaits() {
        time.advance(LEASE);
        long before = time.nanoTime();

        assertThat(silence(waiting)).isZero();
        assertThat(time.nanoTime()).isEqualTo(before);
    }

    @Test
    void silence_notRenewedSince_isSaidAfterALeaseOfLooking() {
        time.advance(Duration.ofMinutes(10));

        Duration silence = silence(waiting);

        assertThat(silence).isEqualTo(Duration.ofMinutes(10));
        assertThat(Duration.ofNanos(time.nanoTime()))
                .isBetween(Duration.ofMinutes(10).plus(LEASE), Duration.ofMinutes(11));
    }

    /** The clock of the holder is ten minutes behind: it looks dead, and is not. */
    @Test
    void silence_holderWithAClockThatIsBehind_isNone() {
        lock = view(1, Duration.ofMinutes(-10));
        try (var process = time.process()) {
            process.every(
                    "renewal", LEASE.dividedBy(3), () -> lock = view(lock.sequence() + 1, Duration.ofMinutes(-10)));

            assertThat(silence(waiting)).isZero();
        }
    }

    /** The clock of the holder was an hour ahead: it looks alive, and is not. */
    @Test
    void silence_deadHolderWithAClockThatWasAhead_isFoundByLookingForThreeLeases() {
        lock = view(1, Duration.ofHours(1));

        assertThat(silence(waiting)).isGreaterThan(LEASE.multipliedBy(LockWatch.LEASES_UNTIL_STUCK));
    }

    @Test
    void silence_givenBackMeanwhile_isNone() {
        time.advance(Duration.ofMinutes(10));
        LockView seen = lock;

        assertThat(waiting.silence("orders", seen, Optional::empty, time.instant()))
                .isZero();
    }

    @Test
    void silence_withoutWaiting_isCertainWhenALeaseHasPassedSinceTheFirstLook() {
        time.advance(Duration.ofMinutes(10));

        assertThat(silence(remembering)).isZero();
        time.advance(LEASE.minusMillis(1));
        assertThat(silence(remembering)).isZero();
        time.advance(Duration.ofMillis(1));
        assertThat(silence(remembering)).isEqualTo(Duration.ofMinutes(10).plus(LEASE));
    }

    @Test
    void silence_anotherEntryAtEachLook_isNoneUntilTheLastOneStays() {
        lock = view(1, Duration.ofMinutes(-10));
        for (int look = 0; look < 5; look++) {
            assertThat(silence(remembering)).isZero();
            time.advance(Duration.ofMinutes(1));
            lock = view(lock.sequence() + 1, Duration.ofMinutes(-10));
        }
        assertThat(silence(remembering)).isZero();

        time.advance(LEASE);

        assertThat(silence(remembering))
                .as("it was written since the last look, whatever its time says")
                .isEqualTo(LEASE);
        time.advance(LEASE.multipliedBy(3));
        assertThat(silence(remembering)).isEqualTo(LEASE.multipliedBy(4));
    }

    @Test
    void silence_sameSequenceOfAnotherEpoch_isAnotherEntry() {
        lock = view(1, Duration.ofMinutes(-10));
        silence(remembering);
        time.advance(Duration.ofMinutes(1));
        lock = new LockView(1, 2, "op", "backup", "host", lock.writtenAt(), LockView.State.HELD, LEASE);

        assertThat(silence(remembering)).isZero();
    }

    @Test
    void silence_ofTwoNamespaces_areNotMixed() {
        time.advance(Duration.ofMinutes(10));
        silence(remembering);
        time.advance(LEASE);

        assertThat(remembering.silence("stock", lock, () -> Optional.of(lock), time.instant()))
                .isZero();
        assertThat(silence(remembering)).isPositive();
    }

    @Test
    void silence_interrupted_endsAndKeepsTheFlag() {
        time.advance(Duration.ofMinutes(10));
        LockWatch interrupted = LockWatch.waiting(time, duration -> {
            throw new InterruptedException();
        });

        assertThatThrownBy(() -> silence(interrupted))
                .isInstanceOf(CoordinatorException.class)
                .satisfies(e -> assertThat(((CoordinatorException) e).code()).isEqualTo(ErrorCode.INTERRUPTED));
        assertThat(Thread.interrupted()).isTrue();
    }

    private Duration silence(LockWatch watch) {
        return watch.silence("orders", lock, () -> Optional.of(lock), time.instant());
    }

    /** An entry that is written now, by a clock that differs. */
    private LockView view(long sequence, Duration difference) {
        return new LockView(
                sequence, 1, "op", "backup", "host", time.instant().plus(difference), LockView.State.HELD, LEASE);
    }
}
