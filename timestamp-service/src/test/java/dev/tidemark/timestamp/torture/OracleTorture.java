package dev.tidemark.timestamp.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.leader.HistoryChecker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Servers, clients, and somebody who does them harm. */
final class OracleTorture implements AutoCloseable {
    /** Longer than a start and a lease by far, on a machine that has a lot to do. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<ServerProcess> servers = new ArrayList<>();
    private final List<Thread> clients = new ArrayList<>();
    private final HistoryChecker checker = new HistoryChecker();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Duration lease;
    private final Random random;

    /**
     * Starts servers, and three clients for each.
     *
     * @param stores the section {@code store} of each server, in one line
     */
    OracleTorture(
            Path directory,
            int count,
            IntFunction<String> stores,
            Duration lease,
            boolean isStrict,
            boolean isBlind,
            long seed)
            throws IOException, InterruptedException {
        this.lease = lease;
        this.random = new Random(seed);
        for (int i = 0; i < count; i++) {
            servers.add(new ServerProcess(
                    directory.resolve("server-" + i), stores.apply(i), lease.toMillis() + " ms", isStrict, isBlind));
        }
        for (ServerProcess server : servers) {
            server.start();
        }
        for (ServerProcess server : servers) {
            server.awaitReady();
        }
        for (int i = 0; i < 3 * count; i++) {
            Thread client = new Thread(
                    new PinnedClient(servers.get(i % count).endpoint(), checker, end, seed + i), "client-" + i);
            client.setDaemon(true);
            clients.add(client);
            client.start();
        }
    }

    /** Does harm so many times. After each, some server has to answer again. */
    void run(int cycles) throws IOException, InterruptedException {
        awaitAnswers();
        for (int i = 0; i < cycles && checker.violations().isEmpty(); i++) {
            ServerProcess victim = servers.get(random.nextInt(servers.size()));
            switch (random.nextInt(4)) {
                case 0 -> {
                    victim.kill();
                    awaitAnswers();
                    victim.start();
                    victim.awaitReady();
                }
                case 1 -> victim.jump(random.nextInt(20_000) - 10_000);
                default -> stopForAWhile(victim);
            }
            awaitAnswers();
        }
    }

    /** Stops a server until another one must have taken the lead, then lets it go on. */
    void stopForAWhile(ServerProcess victim) throws IOException, InterruptedException {
        victim.stop();
        try {
            pause(lease.multipliedBy(2).plusMillis(random.nextInt(500)));
            awaitAnswers();
        } finally {
            victim.goOn();
        }
    }

    /** Kills the leader with SIGKILL; returns how long nobody got a timestamp after that. */
    Duration killLeaderAndMeasure() throws InterruptedException {
        ServerProcess leader = leader();
        long from = System.nanoTime();
        leader.kill();
        awaitAnswers();
        return Duration.ofNanos(System.nanoTime() - from);
    }

    /** Returns what was wrong so far. */
    List<String> seen() {
        return checker.violations();
    }

    /** Returns the server that answers. */
    ServerProcess leader() throws InterruptedException {
        awaitAnswers();
        return servers.stream()
                .filter(server -> new PinnedClient(server.endpoint(), checker, end, 0).tryOnce())
                .findFirst()
                .orElseThrow();
    }

    /** Ends the clients; returns what was wrong. */
    List<String> violations() throws InterruptedException {
        end.countDown();
        for (Thread client : clients) {
            client.join(PATIENCE.toMillis());
            assertThat(client.isAlive()).isFalse();
        }
        return checker.violations();
    }

    int answers() {
        return checker.answers();
    }

    /** Waits until a request is answered that began after this call. */
    void awaitAnswers() throws InterruptedException {
        int before = checker.begun();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (checker.lastAnswered() < before) {
            assertThat(System.nanoTime()).as("nobody answers").isLessThan(deadline);
            pause(Duration.ofMillis(2));
        }
    }

    private void pause(Duration duration) throws InterruptedException {
        assertThat(end.await(duration.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
    }

    @Override
    public void close() {
        end.countDown();
        servers.forEach(ServerProcess::close);
    }
}
