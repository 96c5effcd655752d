package dev.tidemark.timestamp.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.leader.Candidate;
import dev.tidemark.timestamp.leader.ElectedOracles;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers in processes of their own that are killed, stopped and continued. Takes a minute of two processors, so it is
 * run by its name. Rounds: system property {@code raft.rounds}, 4 by default.
 */
class RaftProcessesIT {
    private static final int ROUNDS = Integer.getInteger("raft.rounds", 4);
    private static final Duration LEASE = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    private RaftServers servers;
    private final List<Child> children = new ArrayList<>();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    @BeforeEach
    void createCluster() throws Exception {
        servers = new RaftServers(directory, 3).withElections(Duration.ofMillis(500));
        servers.create();
    }

    @AfterEach
    void endChildren() throws Exception {
        for (Child child : children) {
            child.kill();
        }
    }

    /** Each process raises one bound by one, as often as it can, and prints the bound that it has written. */
    @Test
    void compareAndSet_serversKilledAndStopped_losesNoneAndAppliesNoneTwice() throws Exception {
        Random random = new Random(20261122);
        startAll("count");
        Map<Long, Integer> acknowledged = new TreeMap<>();
        awaitLines(acknowledged, 30);
        for (int round = 0; round < ROUNDS; round++) {
            int victim = random.nextInt(3);
            if (round % 2 == 0) {
                children.get(victim).kill();
                awaitLines(acknowledged, 20);
                children.set(victim, start(victim, "count"));
                children.get(victim).awaitReady();
            } else {
                signal(victim, "STOP");
                awaitLines(acknowledged, 20);
                signal(victim, "CONT");
            }
            awaitLines(acknowledged, 20);
        }
        for (Child child : children) {
            child.kill();
        }
        for (Child child : children) {
            child.reader.join();
        }
        lines.forEach(line -> count(line, acknowledged));
        servers.awaitPorts();

        List<RaftBoundStore> stores = servers.openAll();
        try {
            long bound = stores.get(0).read("orders").bound();
            assertThat(acknowledged.values()).as("each bound was written once").containsOnly(1);
            long greatest = acknowledged.keySet().stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElseThrow();
            assertThat(bound).isGreaterThanOrEqualTo(greatest);
            for (RaftBoundStore store : stores) {
                assertThat(store.read("orders").bound()).isEqualTo(bound);
            }
        } finally {
            stores.forEach(RaftBoundStore::close);
        }
    }

    /** Each process asks to lead and issues timestamps while it does; the leader is killed. */
    @Test
    void freshTimestamp_leaderKilled_goesOnAboveAtAnotherSoonAfterTheLease() throws Exception {
        startAll("issue");
        long greatest = 0;
        for (int round = 0; round < 3; round++) {
            String[] last = next();
            for (int i = 0; i < 50; i++) {
                last = next();
                greatest = checkGreater(last, greatest);
            }
            int leader = Integer.parseInt(last[0]);
            long began = System.nanoTime();
            children.get(leader).kill();
            children.get(leader).reader.join();
            String[] line = next();
            while (Integer.parseInt(line[0]) == leader) {
                greatest = checkGreater(line, greatest);
                line = next();
            }
            greatest = checkGreater(line, greatest);
            Duration gap = Duration.ofNanos(System.nanoTime() - began);
            System.out.println(
                    "fail-over " + round + ": " + gap.toMillis() + " ms with a lease of " + LEASE.toMillis() + " ms");
            assertThat(gap).isLessThan(LEASE.plusSeconds(20));
            children.set(leader, start(leader, "issue"));
            children.get(leader).awaitReady();
        }
    }

    private static long checkGreater(String[] line, long greatest) {
        long issued = Long.parseLong(line[1]);
        assertThat(issued).isGreaterThan(greatest);
        return issued;
    }

    private String[] next() throws InterruptedException {
        String line = lines.poll(60, TimeUnit.SECONDS);
        assertThat(line).as("a timestamp within a minute").isNotNull();
        return line.split(" ");
    }

    private void awaitLines(Map<Long, Integer> acknowledged, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            count(String.join(" ", next()), acknowledged);
        }
    }

    private static void count(String line, Map<Long, Integer> acknowledged) {
        acknowledged.merge(Long.parseLong(line.split(" ")[1]), 1, Integer::sum);
    }

    private void signal(int server, String signal) throws Exception {
        String pid = String.valueOf(children.get(server).process.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }

    private Child start(int server, String work) throws IOException {
        String addresses = servers.addresses().stream()
                .map(address -> address.id() + "=" + address.address())
                .collect(Collectors.joining(","));
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServerProcess.class.getName(),
                        work,
                        String.valueOf(server),
                        servers.data(server).toString(),
                        addresses)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        CountDownLatch ready = new CountDownLatch(1);
        Thread reader = new Thread(() -> read(server, process, ready));
        reader.setDaemon(true);
        reader.start();
        return new Child(process, reader, ready);
    }

    private void startAll(String work) throws Exception {
        for (int i = 0; i < 3; i++) {
            children.add(start(i, work));
        }
        for (Child child : children) {
            child.awaitReady();
        }
    }

    /** Takes whole lines; what a killed process has printed last may be torn. */
    private void read(int server, Process process, CountDownLatch ready) {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.equals("ready.")) {
                    ready.countDown();
                } else if (line.endsWith(".")) {
                    lines.add(server + " " + line.substring(0, line.length() - 1));
                }
            }
        } catch (IOException e) {
            lines.add("the output of " + server + " broke off: " + e);
        }
    }

    private record Child(Process process, Thread reader, CountDownLatch ready) {
        /** Two of three are needed: nobody may end before those that were started anew have come up. */
        private void awaitReady() throws InterruptedException {
            assertThat(ready.await(100, TimeUnit.SECONDS))
                    .as("the server is up")
                    .isTrue();
        }

        /** By its handle: destroying the process itself also closes the pipe, with what was printed last. */
        private void kill() throws InterruptedException {
            process.toHandle().destroyForcibly();
            process.waitFor();
        }
    }

    /** One server; what it does with its store is told by its first argument. */
    static final class ServerProcess {
        private ServerProcess() {}

        public static void main(String[] arguments) throws Exception {
            PrintStream out = System.out;
            System.setOut(System.err);
            List<RaftServerAddress> peers = new ArrayList<>();
            for (String address : arguments[3].split(",")) {
                peers.add(new RaftServerAddress(address.substring(0, 1), address.substring(2)));
            }
            String id = peers.get(Integer.parseInt(arguments[1])).id();
            RaftTimes times = new RaftTimes(Duration.ofSeconds(2), Duration.ofSeconds(90), Duration.ofMillis(500));
            RaftBoundStore store = RaftBoundStore.open(
                    new RaftSettings(Path.of(arguments[2]), id, peers, "", RaftSettings.Start.JOIN, times, null),
                    RaftSeams.system());
            out.println("ready.");
            if (arguments[0].equals("count")) {
                count(store, out);
            } else {
                issue(store, id, out);
            }
        }

        private static void count(SharedBoundStore store, PrintStream out) throws Exception {
            while (true) {
                try {
                    BoundState state = store.create("orders");
                    BoundState next = state.withBound(state.bound() + 1);
                    store.compareAndSet("orders", state, next);
                    out.println(next.bound() + ".");
                } catch (TimestampException e) {
                    // another one was quicker, or the outcome is not known
                }
                Thread.sleep(20);
            }
        }

        private static void issue(SharedBoundStore store, String id, PrintStream out) throws Exception {
            OracleSeams seams =
                    new OracleSeams(MonotonicClock.system(), InstantSource.system(), new ThreadedPeriodicTasks());
            Candidate self = new Candidate(id + "-" + ProcessHandle.current().pid(), "", LEASE);
            try (ElectedOracles elected = ElectedOracles.start(store, OracleSettings.defaults(), seams, self, false)) {
                while (true) {
                    try {
                        out.println(elected.oracles().create("orders").freshTimestamp() + ".");
                    } catch (TimestampException e) {
                        // does not lead
                    }
                    Thread.sleep(10);
                }
            }
        }
    }
}
