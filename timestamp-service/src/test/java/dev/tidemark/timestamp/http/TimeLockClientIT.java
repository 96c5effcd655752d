package dev.tidemark.timestamp.http;

import static dev.tidemark.timestamp.http.FakeTimeLock.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.Delayer;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.http.FakeTimeLock.Trouble;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client with three TimeLock nodes through all that happens to them. Its waits pass on a clock of their own. */
@Timeout(60)
class TimeLockClientIT {
    private static final LeaseToken TOKEN = new LeaseToken(new UUID(4, 2));

    private final List<Duration> waits = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final List<HttpTimestampClient> clients = new ArrayList<>();
    private FakeTimeLock timeLock;

    @BeforeEach
    void start() throws IOException {
        timeLock = new FakeTimeLock(3);
    }

    @AfterEach
    void stop() {
        clients.forEach(HttpTimestampClient::close);
        timeLock.close();
    }

    @Test
    @DisplayName("Hints that are out of date lead from node to node to the leader, which is asked first from then on")
    void chain() {
        NamespaceOracle oracle = oracle();
        timeLock.lead(2);
        timeLock.next(0, Trouble.redirect(timeLock.uri(1)));

        long timestamp = oracle.freshTimestamp();

        assertThat(timestamp).isEqualTo(1_000_001);
        assertThat(waits).isEmpty();
        int before = timeLock.paths(0).size();
        assertThat(oracle.freshTimestamp()).isEqualTo(1_000_002);
        assertThat(timeLock.paths(0)).hasSize(before);
    }

    @Test
    @DisplayName("Nodes that send clients in a circle are asked again until one of them leads")
    void circle() {
        NamespaceOracle oracle = oracle();
        timeLock.always(0, Trouble.redirect(timeLock.uri(1)));
        timeLock.always(1, Trouble.redirect(timeLock.uri(0)));
        onWait(2, () -> {
            timeLock.always(0, null);
            timeLock.always(1, null);
        });

        assertThat(oracle.freshTimestamp()).isEqualTo(1);
        assertThat(waits).hasSize(2);
    }

    @Test
    @DisplayName("A circle that does not end is given up within the time limit")
    void endlessCircle() {
        NamespaceOracle oracle = oracle();
        timeLock.always(0, Trouble.redirect(timeLock.uri(1)));
        timeLock.always(1, Trouble.redirect(timeLock.uri(2)));
        timeLock.always(2, Trouble.redirect(timeLock.uri(0)));

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, oracle::freshTimestamp);
        assertWaitedAtMost(Duration.ofSeconds(15));
    }

    @Test
    @DisplayName("A redirect that leads nowhere is as good as no answer: the next node is asked")
    void redirectToNowhere() {
        for (Trouble nowhere : List.of(
                Trouble.status(308, ""),
                Trouble.status(308, "", "Location", "::"),
                Trouble.status(308, "", "Location", "mailto:leader"),
                Trouble.status(308, "", "Location", "http:///tl/ts/orders"))) {
            FakeTimeLock fresh = timeLock;
            fresh.lead(1);
            NamespaceOracle oracle = oracle(fresh.uri(0), fresh.uri(1));
            fresh.lead(0);
            fresh.next(1, nowhere);
            waits.clear();

            assertThat(oracle.freshTimestamp()).isEqualTo(fresh.lastTimestamp());
            assertThat(waits).hasSize(1);
        }
    }

    @Test
    @DisplayName("An election is waited for; the timestamps of the new leader are above those of the old one")
    void election() {
        NamespaceOracle oracle = oracle();
        long before = oracle.freshTimestamp();
        timeLock.elect();
        onWait(8, () -> timeLock.lead(1));

        assertThat(oracle.freshTimestamp()).isGreaterThan(before);
        assertThat(waits).hasSize(8);
    }

    @Test
    @DisplayName("An election without end is given up within the time limit, and later calls work")
    void electionWithoutEnd() {
        NamespaceOracle oracle = oracle();
        timeLock.elect();

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, oracle::freshTimestamp);
        assertWaitedAtMost(Duration.ofSeconds(15));
        timeLock.lead(2);
        assertThat(oracle.freshTimestamp()).isEqualTo(1_000_001);
    }

    @Test
    @DisplayName("Who is told to come later comes no earlier, and gives up at once if that is after the time limit")
    void retryAfter() {
        NamespaceOracle oracle = oracle();
        timeLock.next(0, Trouble.status(429, "", "Retry-After", "3"));

        assertThat(oracle.freshTimestamp()).isEqualTo(1);
        assertThat(waits).containsExactly(Duration.ofSeconds(3));

        timeLock.always(0, Trouble.status(429, "", "Retry-After", "16"));
        timeLock.always(1, Trouble.status(503, "", "Retry-After", "999999999"));
        timeLock.always(2, Trouble.status(503, "", "Retry-After", "999999999"));
        waits.clear();
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, oracle::freshTimestamp);
        assertThat(waits).isEmpty();
    }

    @Test
    @DisplayName("A time to come again that can't be read is none")
    void retryAfterUnreadable() {
        NamespaceOracle oracle = oracle();
        for (String when : List.of("Wed, 21 Oct 2065 07:28:00 GMT", "-5", "1.5", "99999999999999999999", "")) {
            waits.clear();
            timeLock.next(0, Trouble.status(429, "", "Retry-After", when));

            oracle.freshTimestamp();

            assertThat(waits).singleElement().satisfies(wait -> assertThat(wait).isLessThan(Duration.ofMillis(11)));
        }
    }

    @Test
    @DisplayName(
            "A connection that ends before the answer, or within it, is another attempt; what was issued meanwhile is lost")
    void droppedConnections() {
        NamespaceOracle oracle = oracle();
        for (Trouble trouble : List.of(Trouble.dropped(), Trouble.torn())) {
            waits.clear();
            timeLock.next(0, trouble);
            timeLock.next(1, trouble);

            assertThat(oracle.freshTimestamp()).isEqualTo(timeLock.lastTimestamp());
            assertThat(waits).hasSizeBetween(1, 2);
        }
    }

    @Test
    @DisplayName("A body that does not come is given up after the read timeout, and another node asked")
    void hangingBody() {
        NamespaceOracle oracle =
                oracle(settings(timeLock.uris()).withTimeouts(Duration.ofSeconds(1), Duration.ofMillis(300)));
        timeLock.next(0, Trouble.hanging());

        assertThat(oracle.freshTimestamp()).isEqualTo(1);
        assertThat(waits).hasSize(1);
    }

    @Test
    @DisplayName(
            "With a new leader all locks are lost: the holder is told at the refresh, at the commit and at the end")
    void lostLocks() {
        NamespaceOracle oracle = oracle();
        oracle.lockImmutableTimestamp(TOKEN);
        assertThat(oracle.refresh(Set.of(TOKEN))).containsExactly(TOKEN);
        assertThat(oracle.commitTimestamp(TOKEN)).isPositive();

        timeLock.lead(1);

        assertThat(oracle.refresh(Set.of(TOKEN))).isEmpty();
        assertFails(ErrorCode.LEASE_LOST, () -> oracle.commitTimestamp(TOKEN));
        assertThat(oracle.unlock(Set.of(TOKEN))).isEmpty();
    }

    @Test
    @DisplayName("Pages of a web server, and JSON that is something else, are errors and never timestamps")
    void otherAnswers() {
        NamespaceOracle oracle = oracle();
        for (String body : List.of(
                "<html><body>Welcome</body></html>",
                "",
                "{",
                "null",
                "17",
                "[]",
                "{}",
                "{\"lowerBound\":1,\"upperBound\":1}",
                "{\"inclusiveLower\":1}",
                "{\"inclusiveLower\":\"1\",\"inclusiveUpper\":\"1\"}",
                "{\"inclusiveLower\":1.0,\"inclusiveUpper\":1}",
                "{\"inclusiveLower\":1,\"inclusiveUpper\":0}",
                "{\"inclusiveLower\":9223372036854775808,\"inclusiveUpper\":9223372036854775808}")) {
            timeLock.next(0, Trouble.status(200, body));
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, oracle::freshTimestamp);
        }
        for (int status : new int[] {500, 502, 301}) {
            timeLock.next(0, Trouble.status(status, "<html>", "Content-Type", "text/html"));
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, oracle::freshTimestamp);
        }
        assertThat(oracle.freshTimestamp()).isEqualTo(1);
    }

    @Test
    @DisplayName("An answer with fewer or more timestamps than were asked for is refused")
    void otherNumbers() {
        NamespaceOracle oracle = oracle();
        for (int upper : new int[] {10, 11, 13, 20}) {
            timeLock.next(0, Trouble.status(200, "{\"inclusiveLower\":10,\"inclusiveUpper\":" + upper + "}"));
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> oracle.freshTimestamps(3));
        }
        timeLock.next(0, Trouble.status(200, "{\"inclusiveLower\":10,\"inclusiveUpper\":12}"));
        assertThat(oracle.freshTimestamps(3).size()).isEqualTo(3);
    }

    @Test
    @DisplayName("A leader that issues again what was issued is found out by everybody, waiting or not")
    void wentBack() {
        NamespaceOracle oracle = oracle();
        timeLock.goBackTo(500);
        oracle.freshTimestamp();
        timeLock.goBackTo(400);

        assertFails(ErrorCode.ORACLE_WENT_BACK, oracle::freshTimestamp);
        assertThat(oracle.freshTimestampAsync())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        TimestampException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_WENT_BACK));
        timeLock.lead(1);
        assertThat(oracle.freshTimestamp()).isGreaterThan(501);
    }

    @Test
    @DisplayName("Who does not wait is told in the end, whatever happens to the nodes meanwhile, and shares requests")
    void withoutWaiting() {
        NamespaceOracle oracle = oracle();
        timeLock.next(0, Trouble.dropped(), Trouble.status(503, ""));
        timeLock.next(1, Trouble.status(308, ""));
        int before = timeLock.paths(0).size();

        List<CompletableFuture<Long>> timestamps = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            timestamps.add(oracle.freshTimestampAsync());
        }

        List<Long> given = timestamps.stream().map(CompletableFuture::join).toList();
        assertThat(given).isSorted().doesNotHaveDuplicates();
        assertThat(timeLock.paths(0).size() - before).isLessThan(50);
    }

    @Test
    @DisplayName("Who asks for too little is told so by both forms, without a request")
    void tooLittle() {
        NamespaceOracle oracle = oracle();
        int before = timeLock.paths(0).size();

        assertFails(ErrorCode.INVALID_INPUT, () -> oracle.freshTimestamps(0));
        assertThat(oracle.freshTimestampsAsync(-1)).isCompletedExceptionally();
        assertThat(timeLock.paths(0)).hasSize(before);
    }

    @Test
    @DisplayName("Closing the client fails the calls that are on their way")
    void closing() {
        NamespaceOracle oracle = oracle();
        timeLock.next(0, Trouble.hanging());
        CompletableFuture<Long> sent = oracle.freshTimestampAsync();
        CompletableFuture<Long> waiting = oracle.freshTimestampAsync();

        clients.get(0).close();

        for (CompletableFuture<Long> call : List.of(sent, waiting, oracle.freshTimestampAsync())) {
            assertThat(call)
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withMessageContaining("closed");
        }
    }

    @Test
    @DisplayName("A client that would speak HTTP/2 makes do with a server that does not")
    void protocol() {
        NamespaceOracle oracle = oracle(settings(timeLock.uris()).withProtocol(HttpProtocol.HTTP_2));

        assertThat(oracle.freshTimestamp()).isEqualTo(1);
        assertThat(oracle.freshTimestamps(10_000).size()).isEqualTo(10_000);
    }

    /** Lets something happen during the wait with this number, counted from 1. */
    private void onWait(int number, Runnable event) {
        delayer = (delay, task) -> {
            if (waits.size() + 1 == number) {
                event.run();
            }
            pass(delay, task);
        };
    }

    private Delayer delayer = this::pass;

    private void pass(Duration delay, Runnable task) {
        waits.add(delay);
        nanos.addAndGet(delay.toNanos());
        task.run();
    }

    private void assertWaitedAtMost(Duration limit) {
        assertThat(Duration.ofNanos(nanos.get())).isLessThanOrEqualTo(limit);
    }

    private NamespaceOracle oracle() {
        return oracle(timeLock.uris());
    }

    private NamespaceOracle oracle(URI... uris) {
        return oracle(settings(uris));
    }

    private static HttpTimestampClientSettings settings(URI... uris) {
        return HttpTimestampClientSettings.of(uris);
    }

    private NamespaceOracle oracle(HttpTimestampClientSettings settings) {
        HttpTimestampClient client =
                new HttpTimestampClient(settings, (delay, task) -> delayer.after(delay, task), nanos::get, () -> 0L);
        clients.add(client);
        return client.namespace(NAMESPACE);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
