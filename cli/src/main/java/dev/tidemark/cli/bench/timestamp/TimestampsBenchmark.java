package dev.tidemark.cli.bench;

import dev.tidemark.cli.bench.SideBySide.Measured;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Fetches timestamps from an oracle with a durable bound: in the same process, beside an {@link AtomicLong}; and over HTTP on the
 * loopback interface, beside a request that the same server answers without the oracle.
 */
public final class TimestampsBenchmark implements Benchmark {
    private static final List<Integer> THREADS = List.of(1, 4);
    private static final int REQUESTS_PER_SIZE = 200;
    private static final int BATCH = 1_000;
    private static final int WARM_UP = 5;
    private static final String UNIT = "timestamps/s";

    private final EngineSeams seams;
    private final Stopwatch stopwatch;
    private final Repetition repetition;

    /** Creates the benchmark; its threads come from the seams. */
    public TimestampsBenchmark(EngineSeams seams) {
        this.seams = seams;
        stopwatch = new Stopwatch(seams.monotonicClock());
        repetition = new Repetition(seams.workers());
    }

    @Override
    public String name() {
        return "timestamps";
    }

    @Override
    public String summary() {
        return "Fetch timestamps in process and over HTTP; beside an AtomicLong and an empty request.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize("timestamps", 1_000, 2_000_000, 20_000_000, 10_000_000_000L);
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) throws InterruptedException {
        List<Figure> figures = new ArrayList<>();
        SideBySide sideBySide = new SideBySide(stopwatch, progress);
        try (ArchiveInstallation installation = ArchiveInstallation.create(settings.directory(), seams)) {
            progress.begins("warming up");
            NamespaceOracle oracle = installation.oracle();
            AtomicLong counter = new AtomicLong();
            fetch(settings.size() / WARM_UP, 1, counter::incrementAndGet);
            fetch(settings.size() / WARM_UP, 1, oracle::freshTimestamp);
            for (int threads : THREADS) {
                figures.add(sideBySide.rate(
                        UNIT,
                        measured("in process", settings.size(), threads, oracle::freshTimestamp),
                        measured("AtomicLong", settings.size(), threads, counter::incrementAndGet)));
            }
        }
        figures.addAll(overHttp(settings, progress, sideBySide));
        return figures;
    }

    private List<Figure> overHttp(BenchmarkSettings settings, BenchmarkProgress progress, SideBySide sideBySide)
            throws InterruptedException {
        Path data = settings.directory().resolve("service");
        long requests = settings.size() / REQUESTS_PER_SIZE;
        List<Figure> figures = new ArrayList<>();
        try (TimestampServer server = start(data);
                TimestampClient client =
                        HttpTimestampClient.create(HttpTimestampClientSettings.of(server.endpoint()))) {
            NamespaceOracle oracle = client.namespace(ArchiveInstallation.NAMESPACE);
            LongSupplier ping = ping(server.endpoint());
            progress.begins("warming up over HTTP");
            fetch(requests / WARM_UP, 1, oracle::freshTimestamp);
            fetch(requests / WARM_UP, 1, ping);
            for (int threads : THREADS) {
                Measured empty = measured("empty request", requests, threads, ping);
                figures.add(
                        sideBySide.rate(UNIT, measured("over HTTP", requests, threads, oracle::freshTimestamp), empty));
            }
            Measured batches =
                    measured("over HTTP, " + BATCH + " at a time", requests, 1, () -> oracle.freshTimestamps(BATCH)
                            .upper());
            figures.add(sideBySide.rate(
                    UNIT,
                    new Measured(batches.name(), BATCH * requests, batches.action()),
                    measured("over HTTP", requests, 1, oracle::freshTimestamp)));
        }
        return figures;
    }

    private TimestampServer start(Path data) {
        TimestampServiceSettings settings =
                TimestampServiceSettings.of(data).withNamespaces(ArchiveInstallation.NAMESPACE);
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return TimestampServer.start(
                TimestampServer.embedded(settings, loopback),
                new OracleSeams(seams.monotonicClock(), seams.clock(), seams.periodicTasks()),
                () -> new UUID(seams.random().nextLong(), seams.random().nextLong()));
    }

    /** The server answers this from the path alone. */
    private static LongSupplier ping(URI endpoint) {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(endpoint + "/" + ArchiveInstallation.NAMESPACE + "/timestamp-management/ping"))
                .build();
        return () -> {
            try {
                return http.send(request, BodyHandlers.ofString()).body().length();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted in the middle of a request", e);
            }
        };
    }

    private Measured measured(String name, long count, int threads, LongSupplier source) {
        return new Measured(
                name + ", " + HumanFormat.count(threads, "thread"), count, () -> fetch(count, threads, source));
    }

    /** What comes is looked at, so that it must be made. */
    private void fetch(long count, int threads, LongSupplier source) {
        repetition.run(count, threads, () -> {
            if (source.getAsLong() < 1) {
                throw new IllegalStateException("a timestamp below 1 was issued");
            }
        });
    }
}
