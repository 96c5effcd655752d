package dev.tidemark.cli.bench.timestamp;

import dev.tidemark.cli.bench.Benchmark;
import dev.tidemark.cli.bench.BenchmarkProgress;
import dev.tidemark.cli.bench.BenchmarkSettings;
import dev.tidemark.cli.bench.BenchmarkSize;
import dev.tidemark.cli.bench.Figure;
import dev.tidemark.cli.bench.Target;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Fetches timestamps from an oracle with a durable bound: in the same process, beside an {@link AtomicLong}; and from a service in a
 * process of its own, over HTTP on the loopback interface, beside the same service without its hot path or without a disk, and beside
 * the timestamp server of Apache Omid and a sequence of PostgreSQL where there is one. Each figure takes as long as the size says.
 */
public final class TimestampsBenchmark implements Benchmark {
    private static final List<Integer> THREADS = List.of(1, 4);
    private static final String TIMESTAMPS_PER_SECOND = "timestamps/s";

    private final EngineSeams seams;
    private final TimestampPeers peers;

    /** Creates the benchmark. */
    public TimestampsBenchmark(EngineSeams seams, TimestampPeers peers) {
        this.seams = seams;
        this.peers = peers;
    }

    @Override
    public String name() {
        return "timestamps";
    }

    @Override
    public String summary() {
        return "Fetch timestamps in process, over HTTP and by the client; beside an AtomicLong, Apache Omid and PostgreSQL.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize("milliseconds for each figure", 10, 500, 5_000, 600_000);
    }

    @Override
    public List<Target> targets() {
        return TimestampFigures.TARGETS;
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) throws InterruptedException {
        Callers callers = new Callers(seams.monotonicClock(), Duration.ofMillis(settings.size()));
        List<Figure> figures = new ArrayList<>(inProcess(settings, callers, progress));
        try (TimestampServers servers = TimestampServers.start(settings, peers, seams)) {
            figures.addAll(new TimestampFigures(servers, callers, progress).measure());
        }
        return figures;
    }

    private List<Figure> inProcess(BenchmarkSettings settings, Callers callers, BenchmarkProgress progress)
            throws InterruptedException {
        List<Figure> figures = new ArrayList<>();
        try (TimestampOracles oracles = new TimestampOracles(
                FileBoundStore.open(settings.directory().resolve("oracle")),
                OracleSettings.defaults(),
                seams.monotonicClock())) {
            TimestampOracle oracle = oracles.create(BenchServer.NAMESPACE);
            AtomicLong counter = new AtomicLong();
            for (int threads : THREADS) {
                String name = threads == 1 ? ", 1 thread" : ", " + threads + " threads";
                SideBySideLoads loads = SideBySideLoads.measure(
                        progress,
                        "in process" + name,
                        () -> callers.inProcess(threads, oracle::freshTimestamp),
                        "AtomicLong" + name,
                        () -> callers.inProcess(threads, counter::incrementAndGet));
                figures.add(loads.rate("", TIMESTAMPS_PER_SECOND));
            }
        }
        return figures;
    }
}
