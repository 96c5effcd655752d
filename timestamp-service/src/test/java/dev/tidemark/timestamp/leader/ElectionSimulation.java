package dev.tidemark.timestamp.leader;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.InMemorySharedStore;
import dev.tidemark.timestamp.bound.InMemorySharedStore.Fate;
import dev.tidemark.timestamp.oracle.Authority;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/**
 * Servers over one store, on one thread and in virtual time. Whenever a server looks at its clock or changes the store, it may stand
 * still there while the others go on and time passes, die, or have its change lost, delayed or not acknowledged. Their monotonic
 * clocks run at rates that differ by up to four percent; their wall clocks jump.
 */
final class ElectionSimulation {
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final String NAMESPACE = "orders";
    private static final int SERVERS = 3;
    private static final int MAX_FROZEN = 2;

    private final Random random;
    private final BiFunction<Term, LeaderElection, Authority> authorities;
    private final InMemorySharedStore.Database database = new InMemorySharedStore.Database();
    private final HistoryChecker checker = new HistoryChecker();
    private final List<Server> servers = new ArrayList<>();
    private long nowNanos;
    private int frozen;
    private int started;
    private int terms;
    private boolean isCalm;

    /** @param authorities what the oracles of a term ask whether they may answer; the mechanism under test */
    ElectionSimulation(long seed, BiFunction<Term, LeaderElection, Authority> authorities) {
        this.random = new Random(seed);
        this.authorities = authorities;
        isCalm = true;
        for (int i = 0; i < SERVERS; i++) {
            servers.add(new Server());
        }
        isCalm = false;
    }

    /** Runs so many steps; returns what is wrong with the answers, or nothing. */
    List<String> run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        isCalm = true;
        for (int i = 0; i < 100; i++) {
            nowNanos += LEASE.toNanos() / 10;
            servers.stream().filter(server -> !server.isRunning).forEach(Server::tick);
        }
        return checker.violations();
    }

    /** Returns how many timestamps were issued. */
    int issued() {
        return checker.answers();
    }

    /** Returns how many terms have begun. */
    int terms() {
        return terms;
    }

    /** Tells whether some server leads and issues. */
    boolean isServing() {
        return servers.stream().anyMatch(server -> server.issue(1));
    }

    private void step() {
        nowNanos += random.nextInt(50) * 1_000_000L;
        if (random.nextInt(20) == 0) {
            database.deliver();
        }
        Server server = servers.get(random.nextInt(SERVERS));
        if (server.isRunning) {
            return; // it stands still further down the stack
        }
        int what = random.nextInt(100);
        if (what < 45) {
            server.tick();
        } else if (what < 90) {
            server.issue(1 + random.nextInt(3));
        } else if (what < 96) {
            server.fastForward(random.nextInt(2_500_000));
        } else if (what < 98) {
            server.jump(random.nextInt(20_000) - 10_000);
        } else if (what < 99) {
            server.stop();
            servers.set(servers.indexOf(server), new Server());
        } else {
            servers.set(servers.indexOf(server), new Server()); // it has died
        }
    }

    /** A server is about to look at its clock or to change the store: now and then it stands still first. */
    private void pause() {
        if (isCalm || frozen >= MAX_FROZEN || random.nextInt(40) > 0) {
            return;
        }
        frozen++;
        for (int i = random.nextInt(120); i > 0; i--) {
            step();
        }
        frozen--;
    }

    private final class Server implements MonotonicClock, InstantSource, PeriodicTasks, TermListener {
        private final double rate = 0.98 + random.nextDouble() * 0.04;
        private final InMemorySharedStore store = database.open();
        private final LeaderElection election;
        private Runnable task = () -> {};
        private long jumpedMillis;
        private TimestampOracles leading;
        private boolean isRunning;

        Server() {
            store.decide(this::fate);
            election = new LeaderElection(
                    store, new Candidate("s-" + ++started, "", LEASE), new OracleSeams(this, this, this), this);
            isRunning = true;
            election.start();
            isRunning = false;
        }

        void tick() {
            run(task);
        }

        boolean issue(int count) {
            boolean[] hasAnswered = {false};
            run(() -> {
                int request = checker.begin();
                TimestampOracles oracles = leading;
                if (oracles != null) {
                    long first =
                            oracles.create(NAMESPACE).freshTimestamps(count).lower();
                    checker.answered(request, first, count);
                    hasAnswered[0] = true;
                }
            });
            return hasAnswered[0];
        }

        void fastForward(long distance) {
            run(() -> {
                TimestampOracles oracles = leading;
                if (oracles != null) {
                    long target = checker.greatest() + distance;
                    oracles.create(NAMESPACE).fastForward(target);
                    checker.fastForwarded(target);
                }
            });
        }

        void stop() {
            run(() -> {
                if (leading != null) {
                    leading.standDown(new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "stops", ""));
                }
                election.close();
            });
        }

        void jump(long millis) {
            jumpedMillis += millis;
        }

        private void run(Runnable work) {
            isRunning = true;
            try {
                work.run();
            } catch (TimestampException e) {
                // refused: that is always allowed
            } finally {
                isRunning = false;
            }
        }

        private Fate fate() {
            pause();
            if (isCalm) {
                return Fate.TAKEN;
            }
            int what = random.nextInt(100);
            return what < 90 ? Fate.TAKEN : Fate.values()[1 + what % 3];
        }

        @Override
        public long nanoTime() {
            long nanos = (long) (nowNanos * rate);
            pause();
            return nanos;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(1_000_000_000_000L + nowNanos / 1_000_000 + jumpedMillis);
        }

        @Override
        public Registration every(String name, Duration interval, Runnable work) {
            if (name.equals("leader-election")) {
                task = work;
            }
            return () -> {};
        }

        @Override
        public void begun(Term term) {
            terms++;
            leading = new TimestampOracles(
                    store,
                    OracleSettings.defaults(),
                    new OracleSeams(this, this, this),
                    authorities.apply(term, election));
        }

        @Override
        public void ended(TimestampException reason) {
            leading.end(reason);
            leading = null;
        }

        @Override
        public void close() {}
    }
}
