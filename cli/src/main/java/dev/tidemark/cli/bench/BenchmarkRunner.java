package dev.tidemark.cli.bench;

import dev.tidemark.kvs.time.MonotonicClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Runs a benchmark as often as wanted, each time in an empty directory, and leaves nothing behind. */
public final class BenchmarkRunner {
    private final InstantSource clock;
    private final MonotonicClock monotonicClock;
    private final String version;

    /**
     * Creates a runner.
     *
     * @param version version of Tidemark, for the report
     */
    public BenchmarkRunner(InstantSource clock, MonotonicClock monotonicClock, String version) {
        this.clock = clock;
        this.monotonicClock = monotonicClock;
        this.version = version;
    }

    /**
     * Runs a benchmark.
     *
     * @param directory an empty one, or one that does not exist; null for a temporary one
     * @param size in the unit of the benchmark
     * @param repeats 1 or more
     * @throws dev.tidemark.cli.output.CliException {@link dev.tidemark.kvs.ErrorCode#NOT_ALLOWED_NOW} when there is something
     *     in the directory
     * @throws InterruptedException when the thread was interrupted; nothing is left behind
     */
    public BenchmarkReport run(
            Benchmark benchmark, Path directory, long size, long seed, int repeats, BenchmarkProgress progress)
            throws InterruptedException {
        Instant startedAt = clock.instant();
        List<List<Figure>> figures = new ArrayList<>();
        List<Duration> durations = new ArrayList<>();
        try (ScratchDirectory scratch =
                directory == null ? ScratchDirectory.temporary() : ScratchDirectory.at(directory)) {
            Machine machine = Machine.describe(scratch.path());
            for (int i = 1; i <= repeats; i++) {
                String prefix = repeats == 1 ? "" : "repeat " + i + " of " + repeats + ": ";
                long from = monotonicClock.nanoTime();
                figures.add(benchmark.run(
                        new BenchmarkSettings(scratch.path(), size, seed),
                        measurement -> progress.begins(prefix + measurement)));
                durations.add(Duration.ofNanos(monotonicClock.nanoTime() - from));
                scratch.empty();
            }
            return new BenchmarkReport(
                    benchmark, size, seed, version, startedAt, machine, durations, FigureSummary.of(figures));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
