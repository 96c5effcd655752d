package dev.tidemark.timestamp.hot;

import static dev.tidemark.timestamp.service.RawHttp.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.Authority;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.service.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The handler alone, on a server with one thread that reads from connections. */
class HotHandlerIT {
    private static final int TIMEOUT_SECONDS = 10;
    private static final int MAX_GREEDY = 300;
    private static final String GREEDY = post("/b/timestamp/fresh-timestamp", "");
    private static final String ONE = post("/a/timestamp/fresh-timestamp", "");

    private final ManualTime time = new ManualTime();
    private final InMemoryBoundStore store = new InMemoryBoundStore();
    private final HotCounters counters = new HotCounters(nanos -> {});
    private final List<String> bodiesBehind = new CopyOnWriteArrayList<>();
    private final CountDownLatch isHanging = new CountDownLatch(1);
    private CountDownLatch hangUntil = new CountDownLatch(0);
    private Consumer<String> whenAsked = name -> {};
    private Server server;
    private int port;

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void answer_authorityThatWaits_doesNotKeepOtherConnectionsWaiting() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        start(new Authority() {
            @Override
            public long epoch() {
                return 1;
            }

            @Override
            public boolean isWaiting() {
                return true;
            }

            @Override
            public void check() {
                meet(both);
            }
        });

        try (RawHttp first = new RawHttp(port);
                RawHttp second = new RawHttp(port)) {
            first.send(ONE);
            second.send(ONE);

            assertThat(List.of(first.read().body(), second.read().body())).containsExactlyInAnyOrder("1", "2");
        }
        assertThat(counters.requests()).isEqualTo(2);
        assertThat(bodiesBehind).isEmpty();
    }

    @Test
    void answer_windowUsedUpAndStoreThatHangs_doesNotKeepOtherNamespacesWaiting() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        hangUntil = released;
        start(Authority.SOLE);

        try (RawHttp hanging = new RawHttp(port);
                RawHttp other = new RawHttp(port)) {
            hanging.send(post("/hangs/timestamp/fresh-timestamp", ""));
            assertThat(isHanging.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
            for (int i = 1; i <= 3; i++) {
                assertThat(other.exchange(ONE).body()).isEqualTo(String.valueOf(i));
            }
            released.countDown();
            assertThat(hanging.read().body()).isEqualTo("1");
        }
        assertThat(bodiesBehind).isEmpty();
    }

    @Test
    void answer_storeThatFails_comesFromBehindWithTheWholeBody() throws Exception {
        start(Authority.SOLE);
        store.failNext(new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "the store is away", "Wait."));

        try (RawHttp http = new RawHttp(port)) {
            String body = "{\"numTimestamps\":5}";
            RawHttp.Answer answer = http.exchange(post("/tl/ts/a", body, "Content-Type: application/json"));

            assertThat(answer.body()).isEqualTo("from behind");
            assertThat(bodiesBehind).containsExactly(body);
        }
        assertThat(counters.requests()).isZero();
        assertThat(counters.passedOn()).isEqualTo(1);
    }

    @Test
    void answer_body_isReadAgainFromItsBeginning() throws Exception {
        start(Authority.SOLE);
        String longer = "{\"numTimestamps\":5" + " ".repeat(20) + ",\"more\":\"" + "x".repeat(20) + "\"}";

        try (RawHttp http = new RawHttp(port)) {
            String request = post("/tl/ts/a", longer, "Content-Type: application/json");
            for (int cut = request.length() - longer.length() - 1; cut < request.length(); cut += 9) {
                http.send(request.substring(0, cut));
                Thread.onSpinWait();
                http.send(request.substring(cut));
                assertThat(http.read().body()).isEqualTo("from behind");
            }
        }
        assertThat(bodiesBehind).isNotEmpty().allMatch(longer::equals);
    }

    @Test
    void answer_connectionThatAlwaysHasANextRequest_doesNotKeepOthersWaiting() throws Exception {
        start(Authority.SOLE);
        List<String> order = new CopyOnWriteArrayList<>();
        List<RawHttp> others = new ArrayList<>();
        try (RawHttp greedy = new RawHttp(port)) {
            for (int i = 0; i < 5; i++) {
                others.add(new RawHttp(port));
                others.get(i).exchange(ONE); // both ends are there
            }
            whenAsked = name -> {
                order.add(name);
                if (order.size() == 1) {
                    others.forEach(other -> send(other, ONE));
                }
                if (name.equals("b") && order.size() <= MAX_GREEDY) {
                    send(greedy, GREEDY);
                }
            };

            greedy.send(GREEDY);
            for (RawHttp other : others) {
                other.read();
            }
        } finally {
            for (RawHttp other : others) {
                other.close();
            }
        }
        assertThat(order.lastIndexOf("a")).isLessThan(5 * 3);
    }

    private static void send(RawHttp http, String request) {
        try {
            http.send(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void counters_answers_countRequestsAndTimestamps() throws Exception {
        start(Authority.SOLE);

        try (RawHttp http = new RawHttp(port)) {
            http.exchange(post("/a/timestamp/fresh-timestamps?number=20000", ""));
            http.exchange(ONE);
        }

        assertThat(counters.requests()).isEqualTo(2);
        assertThat(counters.timestamps()).isEqualTo(10_001);
    }

    private void start(Authority authority) throws Exception {
        store.create("a", BoundState.INITIAL);
        store.create("b", BoundState.INITIAL);
        store.create("hangs", BoundState.INITIAL);
        TimestampOracles oracles =
                new TimestampOracles(hangingStore(), OracleSettings.defaults(), time.seams(), authority);
        server = new Server();
        FairConnector connector = new FairConnector(server);
        connector.setHost("127.0.0.1");
        connector.setName("application");
        server.addConnector(connector);
        server.setHandler(new HotHandler(
                "/",
                "application",
                name -> {
                    whenAsked.accept(name);
                    return Optional.of(oracles.get(name));
                },
                (isConjure, authorization) -> true,
                counters,
                new Behind()));
        server.start();
        port = connector.getLocalPort();
    }

    /** Returns the store, which does not answer a change of one namespace before it is released. */
    private BoundStore hangingStore() {
        return (BoundStore) Proxy.newProxyInstance(
                BoundStore.class.getClassLoader(), new Class<?>[] {BoundStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("compareAndSet") && arguments[0].equals("hangs")) {
                        isHanging.countDown();
                        assertThat(hangUntil.await(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                                .isTrue();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("the other request did not come as far", e);
        }
    }

    /** Keeps the bodies that it is given. */
    private final class Behind extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            bodiesBehind.add(Content.Source.asString(request, StandardCharsets.UTF_8));
            response.getHeaders().put("Content-Length", 11);
            response.write(true, ByteBuffer.wrap("from behind".getBytes(StandardCharsets.UTF_8)), callback);
            return true;
        }
    }
}
