package dev.tidemark.coordinator.archive.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreContract;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import dev.tidemark.coordinator.archive.object.TransientFailure.Effect;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** E1, E2: what may pass is tried again, within limits, and a creation whose answer was lost is not mistaken for a refused one. */
class RetryingObjectStoreTest extends ObjectStoreContract {
    private final InMemoryObjectStore inner = new InMemoryObjectStore();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Duration> waits = new ArrayList<>();
    private final RetryingObjectStore store =
            store(new RetrySettings(4, Duration.ofSeconds(10), Duration.ofSeconds(1)));

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void create_passingFailures_succeedsAfterGrowingWaits() {
        fail(Operation.CREATE, 3, unavailable(Effect.NONE));

        store.create(key("a"), bytes("x"));

        assertThat(inner.head(key("a"))).isPresent();
        assertThat(store.counts()).isEqualTo(new RetryCounts(3, 1, 0));
        assertThat(waits).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(waits.get(i)).isBetween(Duration.ofMillis(500L << i), Duration.ofMillis(1000L << i));
        }
    }

    @Test
    void create_answerLost_isRecognizedAsItsOwn() {
        inner.failAfterNext(Operation.CREATE, unavailable(Effect.UNKNOWN));

        store.create(key("a"), bytes("x"));

        assertThat(store.counts().rescued()).isEqualTo(1);
    }

    @Test
    void create_answerLostAndAnotherContentThere_isRefused() {
        inner.create(key("a"), bytes("another"));
        inner.failNext(Operation.CREATE, unavailable(Effect.UNKNOWN));

        assertCode(ErrorCode.OBJECT_EXISTS, () -> store.create(key("a"), bytes("x")));
    }

    @Test
    void create_sameContentThereAndNothingLost_isRefused() {
        inner.create(key("a"), bytes("x"));

        assertCode(ErrorCode.OBJECT_EXISTS, () -> store.create(key("a"), bytes("x")));

        inner.failNext(Operation.CREATE, unavailable(Effect.NONE));
        assertCode(ErrorCode.OBJECT_EXISTS, () -> store.create(key("a"), bytes("x")));
    }

    @Test
    void create_answerLostAndTheReadBackFailsOnce_succeeds() {
        inner.failAfterNext(Operation.CREATE, unavailable(Effect.UNKNOWN));
        inner.failNext(Operation.READ, unavailable(Effect.NONE));

        store.create(key("a"), bytes("x"));

        assertThat(store.counts().retries()).isEqualTo(2);
    }

    @Test
    void read_storeDownForGood_isOneErrorAfterTheLastAttempt() {
        fail(Operation.READ, 100, unavailable(Effect.NONE));

        assertThatThrownBy(() -> store.read(key("a"))).isInstanceOfSatisfying(CoordinatorException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.ARCHIVE_UNAVAILABLE);
            assertThat(e).hasMessageContaining("planned (4 attempts in").hasCauseInstanceOf(IOException.class);
            assertThat(e.hint()).isEqualTo("Wait.");
            assertThat(TransientFailure.of(e)).isEmpty();
        });
    }

    @Test
    void anything_afterACallWasGivenUp_isTriedOnceUntilOneSucceeds() {
        fail(Operation.READ, 4, unavailable(Effect.NONE));
        assertCode(ErrorCode.ARCHIVE_UNAVAILABLE, () -> store.read(key("a")));
        waits.clear();
        fail(Operation.HEAD, 1, unavailable(Effect.NONE));

        assertCode(ErrorCode.ARCHIVE_UNAVAILABLE, () -> store.head(key("a")));
        assertThat(waits).isEmpty();

        assertThat(store.head(key("a"))).isEmpty();
        fail(Operation.HEAD, 1, unavailable(Effect.NONE));
        assertThat(store.head(key("a"))).isEmpty();
        assertThat(waits).hasSize(1);
    }

    @Test
    void head_budgetUsedUp_isGivenUpBeforeTheLastAttempt() {
        RetryingObjectStore impatient = store(new RetrySettings(100, Duration.ofSeconds(5), Duration.ofSeconds(1)));
        fail(Operation.HEAD, 100, unavailable(Effect.NONE));

        assertCode(ErrorCode.ARCHIVE_UNAVAILABLE, () -> impatient.head(key("a")));

        assertThat(waits.stream().reduce(Duration.ZERO, Duration::plus)).isLessThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(waits).hasSizeBetween(2, 4);
    }

    @Test
    void head_storeAsksForPatience_waitsAsLongOrGivesUp() {
        inner.failNext(
                Operation.HEAD, error(new TransientFailure(Effect.NONE, Duration.ofSeconds(7), new IOException("x"))));
        assertThat(store.head(key("a"))).isEmpty();
        assertThat(waits).containsExactly(Duration.ofSeconds(7));

        inner.failNext(
                Operation.HEAD, error(new TransientFailure(Effect.NONE, Duration.ofHours(1), new IOException("x"))));
        assertCode(ErrorCode.ARCHIVE_UNAVAILABLE, () -> store.head(key("a")));
        assertThat(waits).hasSize(1);
    }

    @Test
    void delete_failureThatStays_isNotTriedAgain() {
        inner.failNext(Operation.DELETE, new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "planned", "Ask."));

        assertCode(ErrorCode.ARCHIVE_ACCESS_DENIED, () -> store.delete(key("a")));

        assertThat(waits).isEmpty();
        assertThat(store.counts()).isEqualTo(new RetryCounts(0, 0, 0));
    }

    @Test
    void read_damagedOnItsWay_isReadAgain() {
        inner.create(key("a"), bytes("x"));
        fail(Operation.READ, 2, damaged());

        assertThat(store.read(key("a"))).containsExactly('x');
    }

    @Test
    void read_damagedOnItsWayAfterOtherFailures_isReadAgain() {
        inner.create(key("a"), bytes("x"));
        fail(Operation.READ, 2, unavailable(Effect.NONE));
        fail(Operation.READ, 1, damaged());

        assertThat(store.read(key("a"))).containsExactly('x');
    }

    @Test
    void read_damagedInTheStore_isDamagedAfterThreeReads() {
        inner.create(key("a"), bytes("x"));
        fail(Operation.READ, 3, damaged());

        assertCode(ErrorCode.OBJECT_DAMAGED, () -> store.read(key("a")));

        assertThat(waits).hasSize(2);
        assertThat(store.read(key("a"))).containsExactly('x');
    }

    @Test
    void head_interruptedWhileItWaits_stopsAndKeepsTheFlag() {
        RetryingObjectStore interrupted = new RetryingObjectStore(
                inner,
                RetrySettings.DEFAULT,
                new RetrySeams(
                        nanos::get,
                        duration -> {
                            throw new InterruptedException();
                        },
                        new Random(1)));
        inner.failNext(Operation.HEAD, unavailable(Effect.NONE));

        assertCode(ErrorCode.INTERRUPTED, () -> interrupted.head(key("a")));

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void settings_outOfRange_areRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new RetrySettings(0, second, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new RetrySettings(101, second, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new RetrySettings(1, second.negated(), second));
        assertThatIllegalArgumentException().isThrownBy(() -> new RetrySettings(1, second, Duration.ZERO));
    }

    private RetryingObjectStore store(RetrySettings settings) {
        return new RetryingObjectStore(
                inner,
                settings,
                new RetrySeams(
                        nanos::get,
                        duration -> {
                            waits.add(duration);
                            nanos.addAndGet(duration.toNanos());
                        },
                        new Random(1)));
    }

    private void fail(Operation operation, int times, CoordinatorException failure) {
        for (int i = 0; i < times; i++) {
            inner.failNext(operation, failure);
        }
    }

    private static CoordinatorException unavailable(Effect effect) {
        return error(new TransientFailure(effect, new IOException("planned")));
    }

    private static CoordinatorException error(TransientFailure mark) {
        return new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "planned", "Wait.", mark);
    }

    private static CoordinatorException damaged() {
        return new CoordinatorException(
                ErrorCode.OBJECT_DAMAGED, "planned", "Verify.", new TransientFailure(Effect.NONE, null));
    }
}
