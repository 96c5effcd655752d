package dev.tidemark.timestamp.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** On one thread, with requests that are answered, an executor that runs and time that passes when the test says so. */
@SuppressWarnings("FutureReturnValueIgnored") // some calls are there for the others alone
class TimestampBatchesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private final TimestampException down =
            new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "it is down", "Start it.");

    private final ScriptedSource source = new ScriptedSource();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long nanos;

    @Test
    @DisplayName(
            "A call that comes alone is sent alone; those that come meanwhile share the next request, in their order")
    void coalesces() {
        TimestampBatches batches = batches(BatchSettings.DEFAULT);

        CompletableFuture<Long> first = ask(batches);
        List<CompletableFuture<Long>> others = List.of(ask(batches), ask(batches), ask(batches));

        assertThat(source.sizes()).containsExactly(1L);
        answer(0);
        assertThat(first).isCompletedWithValue(1L);
        assertThat(others).noneMatch(CompletableFuture::isDone);
        assertThat(source.sizes()).containsExactly(1L, 3L);
        answer(1);
        assertThat(others.stream().map(CompletableFuture::join)).containsExactly(2L, 3L, 4L);
        assertThat(source.sent()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "Nothing is fetched that nobody has asked for, and an answer that comes late serves nobody who came later")
    void neverFetchesInAdvance() {
        TimestampBatches batches = batches(BatchSettings.DEFAULT);
        CompletableFuture<Long> withdrawn = ask(batches);
        withdrawn.cancel(false);
        CompletableFuture<Long> later = ask(batches);

        answer(0);

        assertThat(later).isNotDone();
        answer(1);
        assertThat(later).isCompletedWithValue(2L);
        assertThat(source.sizes()).containsExactly(1L, 1L);
    }

    @Test
    @DisplayName(
            "Ranges are whole, a request asks for 10,000 at most, and nobody is served before those who came earlier")
    void limits() {
        TimestampBatches batches = batches(BatchSettings.DEFAULT);
        ask(batches);
        List<CompletableFuture<Long>> calls =
                List.of(ask(batches, 6_000), ask(batches, 6_000), ask(batches, 1), ask(batches, 10_000));

        for (int i = 0; i < 4; i++) {
            answer(i);
        }

        assertThat(source.sizes()).containsExactly(1L, 6_000L, 6_001L, 10_000L);
        assertThat(calls.stream().map(CompletableFuture::join)).containsExactly(2L, 6_002L, 12_002L, 12_003L);
    }

    @Test
    @DisplayName("As many requests are under way as allowed")
    void inFlight() {
        TimestampBatches batches = batches(new BatchSettings(2, 10));
        List<CompletableFuture<Long>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(ask(batches));
        }

        assertThat(source.sizes()).containsExactly(1L, 1L);
        answer(1);
        assertThat(source.sizes()).containsExactly(1L, 1L, 2L);
        answer(2);
        assertThat(calls.get(0)).isNotDone();
        answer(0);
        assertThat(calls.stream().map(CompletableFuture::join)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    @DisplayName("A request that fails fails those who share it, each with an error of its own; the others get theirs")
    void failure() {
        TimestampBatches batches = batches(BatchSettings.DEFAULT);
        ask(batches);
        CompletableFuture<Long> one = ask(batches);
        CompletableFuture<Long> two = ask(batches);
        answer(0);
        CompletableFuture<Long> later = ask(batches);

        source.fail(1, down);
        runTasks();

        TimestampException ofOne = failureOf(one);
        assertThat(ofOne.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
        assertThat(ofOne.hint()).isEqualTo("Start it.");
        assertThat(failureOf(two)).isNotSameAs(ofOne);
        answer(2);
        assertThat(later).isCompletedWithValue(4L);
    }

    @Test
    @DisplayName("A source that throws is a failure of the calls, and the next call is sent")
    void sourceThatThrows() {
        boolean[] isBroken = {true};
        TimestampBatches batches = batches(
                count -> {
                    if (isBroken[0]) {
                        throw new IllegalStateException("broken");
                    }
                    return source.fetch(count);
                },
                BatchSettings.DEFAULT);

        assertThat(failureOf(ask(batches)).code()).isEqualTo(ErrorCode.INTERNAL);
        isBroken[0] = false;
        CompletableFuture<Long> next = ask(batches);
        answer(0);

        assertThat(next).isCompletedWithValue(1L);
    }

    @Test
    @DisplayName(
            "Who asks again where they are told, for as long as the source fails at once, does not go deeper and deeper")
    void asksAgainAndAgain() {
        TimestampBatches batches = batches(count -> CompletableFuture.failedFuture(down), BatchSettings.DEFAULT);
        int[] left = {100_000};

        askAgain(batches, left);
        runTasks();

        assertThat(left[0]).isZero();
    }

    @Test
    @DisplayName("More calls than may wait are refused, until there is room")
    void tooMany() {
        TimestampBatches batches = batches(new BatchSettings(1, 2));
        ask(batches);
        ask(batches);
        ask(batches);

        CompletableFuture<Long> refused = ask(batches);
        assertThat(failureOf(refused).code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
        assertThatThrownBy(() -> batches.freshTimestamps(1))
                .isInstanceOfSatisfying(
                        TimestampException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS));

        answer(0);
        assertThat(ask(batches)).isNotDone();
    }

    @Test
    @DisplayName("A call that is withdrawn before it is sent is not asked for, and makes room")
    void withdrawn() {
        TimestampBatches batches = batches(new BatchSettings(1, 2));
        ask(batches);
        CompletableFuture<Long> withdrawn = ask(batches);
        CompletableFuture<Long> kept = ask(batches);
        withdrawn.cancel(true);

        answer(0);

        assertThat(source.sizes()).containsExactly(1L, 1L);
        answer(1);
        assertThat(kept).isCompletedWithValue(2L);
        assertThat(ask(batches)).isNotDone();
    }

    @Test
    @DisplayName("Who has lost patience while another request failed is told at once; who came later is sent")
    void patience() {
        TimestampBatches batches = batches(BatchSettings.DEFAULT);
        ask(batches);
        CompletableFuture<Long> early = ask(batches);
        nanos += PATIENCE.toNanos() + 1;
        CompletableFuture<Long> late = ask(batches);

        source.fail(0, down);
        runTasks();

        assertThat(failureOf(early).getMessage()).contains("25000 ms");
        answer(1);
        assertThat(late).isCompletedWithValue(2L);
    }

    @Test
    @DisplayName("Closing fails those who wait and those who are sent; an answer that comes afterwards changes nothing")
    void close() {
        TimestampBatches batches = batches(BatchSettings.DEFAULT);
        CompletableFuture<Long> sent = ask(batches);
        CompletableFuture<Long> waiting = ask(batches);

        batches.close();
        runTasks();

        for (CompletableFuture<Long> call : List.of(sent, waiting, ask(batches))) {
            assertThat(failureOf(call).getMessage()).contains("closed");
        }
        answer(0);
        assertThat(failureOf(sent).getMessage()).contains("closed");
        assertThatThrownBy(() -> batches.freshTimestamps(1)).hasMessageContaining("closed");
        assertThat(source.sent()).isEqualTo(1);
    }

    @Test
    void settings_outOfRange_areRefused() {
        for (int inFlight : new int[] {0, 5}) {
            assertThatThrownBy(() -> new BatchSettings(inFlight, 1)).hasMessageContaining("inFlight: " + inFlight);
        }
        for (int maxWaiting : new int[] {0, 10_000_001}) {
            assertThatThrownBy(() -> new BatchSettings(1, maxWaiting))
                    .hasMessageContaining("maxWaiting: " + maxWaiting);
        }
    }

    private void askAgain(TimestampBatches batches, int[] left) {
        LongFunction<Long> form = lower -> lower;
        batches.promise(1, form).whenComplete((timestamp, failure) -> {
            if (--left[0] > 0) {
                askAgain(batches, left);
            }
        });
    }

    private TimestampBatches batches(BatchSettings settings) {
        return batches(source, settings);
    }

    private TimestampBatches batches(TimestampSource from, BatchSettings settings) {
        return new TimestampBatches(from, settings, PATIENCE, () -> nanos, tasks::add);
    }

    private CompletableFuture<Long> ask(TimestampBatches batches) {
        return ask(batches, 1);
    }

    private CompletableFuture<Long> ask(TimestampBatches batches, int count) {
        CompletableFuture<Long> promise = batches.promise(count, lower -> lower);
        runTasks();
        return promise;
    }

    private void answer(int number) {
        source.answer(number);
        runTasks();
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private static TimestampException failureOf(CompletableFuture<Long> call) {
        assertThat(call).isCompletedExceptionally();
        try {
            throw new AssertionError("a timestamp: " + call.join());
        } catch (CompletionException e) {
            return (TimestampException) e.getCause();
        }
    }
}
