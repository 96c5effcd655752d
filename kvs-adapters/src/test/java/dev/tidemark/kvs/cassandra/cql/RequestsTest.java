package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.INTERRUPTED;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.ErrorCode.UNKNOWN_TABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private final List<Duration> waits = new ArrayList<>();
    private final Retries retries = new Retries(waits::add);
    private final List<Integer> sent = new ArrayList<>();
    private final Map<Integer, Queue<ErrorCode>> failures = new HashMap<>();
    private final List<String> answers = new ArrayList<>();

    @Test
    void forEach_allAnswered_sendsEachOnce() {
        new Requests(retries, 3).forEach("x", items(10), this::send, this::take);

        assertThat(sent).isEqualTo(items(10));
        assertThat(answers).hasSize(10).contains("0=a0", "9=a9");
        assertThat(waits).isEmpty();
    }

    @Test
    void forEach_slowAnswers_neverHasMoreUnderWayThanAllowed() {
        List<CompletableFuture<String>> open = new ArrayList<>();
        List<CompletableFuture<Void>> completions = new ArrayList<>();
        List<Integer> underWay = new ArrayList<>();

        new Requests(retries, 3)
                .forEach(
                        "x",
                        items(20),
                        item -> {
                            CompletableFuture<String> answer = new CompletableFuture<>();
                            open.add(answer);
                            sent.add(item);
                            underWay.add(sent.size() - answers.size());
                            if (open.size() == 3 || item == 19) {
                                List<CompletableFuture<String>> waiting = List.copyOf(open);
                                open.clear();
                                completions.add(
                                        CompletableFuture.runAsync(() -> waiting.forEach(one -> one.complete("late"))));
                            }
                            return answer;
                        },
                        this::take);

        completions.forEach(CompletableFuture::join);
        assertThat(answers).hasSize(20);
        assertThat(underWay).allMatch(count -> count <= 3).contains(3);
    }

    @Test
    void forEach_someFailForAWhile_areSentAgainLaterAndTheOthersAreNot() {
        fail(2, STORE_UNAVAILABLE, STORE_UNAVAILABLE);
        fail(4, STORE_UNAVAILABLE);

        new Requests(retries, 100).forEach("x", items(6), this::send, this::take);

        assertThat(answers).hasSize(6);
        assertThat(sent).filteredOn(item -> item == 2).hasSize(3);
        assertThat(sent).filteredOn(item -> item == 0).hasSize(1);
        assertThat(waits).containsExactly(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800));
    }

    @Test
    void forEach_failureLasts_isThrownAfterSixAttempts() {
        fail(
                0,
                STORE_UNAVAILABLE,
                STORE_UNAVAILABLE,
                STORE_UNAVAILABLE,
                STORE_UNAVAILABLE,
                STORE_UNAVAILABLE,
                STORE_UNAVAILABLE);

        assertFails(STORE_UNAVAILABLE, () -> new Requests(retries, 1).forEach("x", items(1), this::send, this::take));

        assertThat(sent).hasSize(6);
        assertThat(waits).hasSize(5);
    }

    @Test
    void forEach_failureIsFinal_isThrownAtOnce() {
        fail(1, UNKNOWN_TABLE);

        assertFails(UNKNOWN_TABLE, () -> new Requests(retries, 100).forEach("x", items(2), this::send, this::take));

        assertThat(waits).isEmpty();
    }

    @Test
    void forEachOnce_someFail_areReturnedWithThoseThatWereNotSent() {
        fail(2, STORE_UNAVAILABLE);

        Requests.Unfinished<Integer> unfinished =
                new Requests(retries, 1).forEachOnce("x", items(5), this::send, this::take);

        assertThat(unfinished.failed()).containsExactly(2);
        assertThat(unfinished.unsent()).containsExactly(3, 4);
        assertThat(unfinished.failure()).isInstanceOf(KeyValueStoreException.class);
        assertThat(answers).hasSize(2);
        assertThat(waits).isEmpty();
    }

    @Test
    void forEach_interrupted_stopsAndKeepsTheFlag() {
        Thread.currentThread().interrupt();

        assertThatInterrupted(() ->
                new Requests(retries, 1).forEach("x", items(1), item -> new CompletableFuture<String>(), this::take));
    }

    @Test
    void pauseOrThrow_interrupted_stopsAndKeepsTheFlag() {
        Retries interrupted = new Retries(duration -> {
            throw new InterruptedException();
        });

        assertThatInterrupted(() -> interrupted.pauseOrThrow(1, error(STORE_UNAVAILABLE)));
    }

    private static void assertThatInterrupted(Runnable call) {
        try {
            call.run();
        } catch (KeyValueStoreException e) {
            assertThat(e.code()).isEqualTo(INTERRUPTED);
            assertThat(Thread.interrupted()).isTrue();
            return;
        }
        throw new AssertionError("not interrupted");
    }

    private CompletionStage<String> send(int item) {
        sent.add(item);
        Queue<ErrorCode> codes = failures.getOrDefault(item, new ArrayDeque<>());
        return codes.isEmpty()
                ? CompletableFuture.completedFuture("a" + item)
                : CompletableFuture.failedFuture(error(codes.remove()));
    }

    private void take(int item, String answer) {
        answers.add(item + "=" + answer);
    }

    private void fail(int item, ErrorCode... codes) {
        failures.put(item, new ArrayDeque<>(List.of(codes)));
    }

    private static KeyValueStoreException error(ErrorCode code) {
        return new KeyValueStoreException(code, "no answer", "Try again.");
    }

    private static List<Integer> items(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
