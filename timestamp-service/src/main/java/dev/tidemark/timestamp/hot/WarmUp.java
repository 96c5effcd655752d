package dev.tidemark.timestamp.hot;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.DefaultHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to the hot path of a server of its own, over the loopback interface, until the virtual machine has compiled what
 * answers them: before that, the first seconds of a service are many times slower than the rest of its life. The timestamps come
 * from a scratch oracle in memory that nobody else can reach.
 */
public final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final String NAMESPACE = "warm-up";
    private static final int MAX_ROUNDS = 20_000;
    private static final int THREADS = 8;

    private final MonotonicClock clock;
    private final Duration limit;

    /**
     * Creates a warm-up.
     *
     * @param limit how long it may take, &gt;= 0; it ends earlier when {@value #MAX_ROUNDS} rounds of five requests were answered
     */
    public WarmUp(MonotonicClock clock, Duration limit) {
        this.clock = clock;
        this.limit = limit;
    }

    /** Warms up; returns how many requests were answered. A failure is logged, and leaves the service slower at its start. */
    public long run() {
        if (limit.isZero()) {
            return 0;
        }
        HotCounters counters = new HotCounters(nanos -> {});
        long from = clock.nanoTime();
        try (TimestampOracles scratch =
                new TimestampOracles(new InMemoryBoundStore(), OracleSettings.defaults(), clock)) {
            scratch.create(NAMESPACE);
            ask(scratch, counters, from);
        } catch (Exception e) {
            LOG.warn(
                    "the warm-up has failed after {} requests; the first answers will be slow", counters.requests(), e);
        }
        LOG.info(
                "warmed up with {} requests in {} ms",
                counters.requests(),
                Duration.ofNanos(clock.nanoTime() - from).toMillis());
        return counters.requests();
    }

    private void ask(TimestampOracles scratch, HotCounters counters, long from) throws Exception {
        Server server = new Server(new QueuedThreadPool(THREADS));
        FairConnector connector = new FairConnector(server);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        connector.setHost(loopback.getHostAddress());
        connector.setName(NAMESPACE);
        server.addConnector(connector);
        server.setHandler(new HotHandler(
                "/",
                NAMESPACE,
                name -> Optional.of(scratch.get(name)),
                (isConjure, authorization) -> true,
                counters,
                new DefaultHandler()));
        server.start();
        try (WarmUpConnection connection =
                WarmUpConnection.open(new InetSocketAddress(loopback, connector.getLocalPort()))) {
            rounds(connection, from);
        } finally {
            server.stop();
        }
    }

    private void rounds(WarmUpConnection connection, long from) throws IOException {
        List<byte[]> requests = WarmUpConnection.requests(NAMESPACE);
        for (int i = 0; i < MAX_ROUNDS && clock.nanoTime() - from < limit.toNanos(); i++) {
            for (byte[] request : requests) {
                connection.ask(request);
            }
        }
    }
}
