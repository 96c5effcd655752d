package dev.tidemark.cli.bench.timestamp;

import dev.tidemark.cli.bench.BenchmarkProgress;
import dev.tidemark.cli.bench.Figure;
import dev.tidemark.cli.bench.Target;
import dev.tidemark.cli.bench.timestamp.BenchServer.Kind;
import dev.tidemark.cli.bench.timestamp.SideBySideLoads.Measurement;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** What is measured over HTTP and by the client, and what it is to reach. */
final class TimestampFigures {
    private static final int CONNECTIONS = TimestampServers.MAX_CALLERS;
    private static final int CLIENT_CALLERS = 256;
    private static final int WEB_FRAMEWORK_ROUNDS = 10;
    private static final int BATCH = OracleLimits.MAX_TIMESTAMPS_PER_REQUEST;

    private static final String ONE = "HTTP, 1 connection";
    private static final String MANY = "HTTP, 64 connections";
    private static final String WEB_ONE = "web framework alone, 1 connection";
    private static final String WEB_MANY = "web framework alone, 64 connections";
    private static final String IN_MEMORY = "bounds in memory, 64 connections";
    private static final String SINGLE = "HTTP, 1 at a time";
    private static final String BATCHES = "HTTP, 10000 at a time";
    private static final String CLIENT = "client, 256 threads";
    private static final String ASYNC = "client, 256 asynchronous callers";
    private static final String OMID_ONE = "Omid, 1 caller";
    private static final String OMID_MANY = "Omid, 64 callers";
    private static final String OMID_CLIENT = "Omid, 256 threads";
    private static final String OMID_ASYNC = "Omid, 256 asynchronous callers";
    private static final String NEXTVAL_ONE = "nextval, 1 connection";
    private static final String NEXTVAL_MANY = "nextval, 64 connections";
    private static final String P50 = ", p50";
    private static final String P99 = ", p99";
    private static final String CPU = ", server CPU";
    private static final String REQUESTS_PER_SECOND = "requests/s";
    private static final String TIMESTAMPS_PER_SECOND = "timestamps/s";

    /** What the figures are to reach. */
    static final List<Target> TARGETS = List.of(
            Target.ratioAtLeast("T1", MANY, OMID_MANY, 1),
            Target.ratioAtLeast("T1", MANY, NEXTVAL_MANY, 1.2),
            Target.ratioAtMost("T2", MANY + CPU, WEB_MANY + CPU, 0.3),
            Target.ratioAtMost("T3", ONE + P50, OMID_ONE + P50, 0.6),
            Target.ratioAtMost("T3", ONE + P50, NEXTVAL_ONE + P50, 2),
            Target.ratioAtLeast("T4", CLIENT, OMID_CLIENT, 2),
            Target.ratioAtLeast("T5", ASYNC, OMID_ASYNC, 8),
            Target.valueAtLeast("T5", ASYNC, CLIENT, 1_000_000),
            Target.ratioAtMost("T6", CLIENT + CPU, OMID_CLIENT + CPU, 0.15),
            Target.valueAtLeast("T7", BATCHES, SINGLE, 100_000_000),
            Target.ratioAtMost("T7", BATCHES + P50, SINGLE + P50, 1.2),
            Target.ratioAtMost("T7b", MANY + P99, OMID_MANY + P99, 1.5),
            Target.ratioAtMost("T8", MANY + P99, IN_MEMORY + P99, 1.1));

    private final TimestampServers servers;
    private final Callers callers;
    private final BenchmarkProgress progress;
    private final List<Figure> figures = new ArrayList<>();

    TimestampFigures(TimestampServers servers, Callers callers, BenchmarkProgress progress) {
        this.servers = servers;
        this.callers = callers;
        this.progress = progress;
    }

    List<Figure> measure() throws InterruptedException {
        warmUp();
        oneConnection();
        manyConnections();
        batches();
        try (TimestampClient client = HttpTimestampClient.create(HttpTimestampClientSettings.of(
                URI.create("http://127.0.0.1:" + standard().address().getPort())))) {
            NamespaceOracle oracle = client.namespace(BenchServer.NAMESPACE);
            clientThreads(oracle);
            clientAsync(oracle);
        }
        return figures;
    }

    /** The web framework has no warm-up of its own, and becomes fast late. */
    private void warmUp() throws InterruptedException {
        for (Kind kind : Kind.values()) {
            progress.begins(
                    "warming up: " + kind.name().toLowerCase(Locale.ROOT).replace('_', ' '));
            int rounds = kind == Kind.WEB_FRAMEWORK ? WEB_FRAMEWORK_ROUNDS : 1;
            for (int i = 0; i < rounds; i++) {
                http(kind).many(single(), CONNECTIONS);
            }
        }
    }

    private void oneConnection() throws InterruptedException {
        Measurement subject = () -> http(Kind.STANDARD).one(single());
        beside(ONE, subject, WEB_ONE, () -> http(Kind.WEB_FRAMEWORK).one(single()), SideBySideLoads::p50);
        if (servers.omid().isPresent()) {
            OmidClient omid = servers.omid().get();
            beside(
                    ONE,
                    subject,
                    OMID_ONE,
                    () -> callers.blocking(1, servers.omidCpu(), caller -> omid::fetch),
                    SideBySideLoads::p50);
        }
        if (servers.postgres().isPresent()) {
            beside(ONE, subject, NEXTVAL_ONE, () -> nextval(1), SideBySideLoads::p50);
        }
    }

    private void manyConnections() throws InterruptedException {
        Measurement subject = () -> http(Kind.STANDARD).many(single(), CONNECTIONS);
        Function<SideBySideLoads, List<Figure>> all =
                loads -> List.of(loads.rate("", REQUESTS_PER_SECOND), loads.p50(), loads.p99(), loads.serverCpu());
        figures.addAll(all.apply(
                pair(MANY, subject, WEB_MANY, () -> http(Kind.WEB_FRAMEWORK).many(single(), CONNECTIONS))));
        beside(MANY, subject, IN_MEMORY, () -> http(Kind.IN_MEMORY).many(single(), CONNECTIONS), SideBySideLoads::p99);
        if (servers.omid().isPresent()) {
            OmidClient omid = servers.omid().get();
            figures.addAll(all.apply(pair(
                    MANY,
                    subject,
                    OMID_MANY,
                    () -> callers.blocking(CONNECTIONS, servers.omidCpu(), caller -> omid::fetch))));
        }
        if (servers.postgres().isPresent()) {
            SideBySideLoads loads = pair(MANY, subject, NEXTVAL_MANY, () -> nextval(CONNECTIONS));
            figures.addAll(List.of(loads.rate("", REQUESTS_PER_SECOND), loads.p99()));
        }
    }

    private void batches() throws InterruptedException {
        byte[] one = HttpCallers.post("/tl/ts/" + BenchServer.NAMESPACE, "{\"numTimestamps\":1}");
        byte[] many = HttpCallers.post("/tl/ts/" + BenchServer.NAMESPACE, "{\"numTimestamps\":" + BATCH + "}");
        SideBySideLoads loads = pair(BATCHES, () -> http(Kind.STANDARD).one(many), SINGLE, () -> http(Kind.STANDARD)
                .one(one));
        figures.add(Figure.rate(
                BATCHES,
                BATCH * loads.subject().perSecond(),
                TIMESTAMPS_PER_SECOND,
                SINGLE,
                loads.baseline().perSecond()));
        figures.add(loads.p50());
    }

    private void clientThreads(NamespaceOracle oracle) throws InterruptedException {
        ServerCpu cpu = standard().cpu();
        Measurement threads = () -> callers.blocking(CLIENT_CALLERS, cpu, caller -> oracle::freshTimestamp);
        SideBySideLoads loads =
                pair(CLIENT, threads, MANY, () -> http(Kind.STANDARD).many(single(), CONNECTIONS));
        figures.addAll(List.of(loads.rate("", TIMESTAMPS_PER_SECOND), loads.serverCpu()));
        if (servers.omid().isPresent()) {
            OmidClient omid = servers.omid().get();
            SideBySideLoads besideOmid = pair(
                    CLIENT,
                    threads,
                    OMID_CLIENT,
                    () -> callers.blocking(CLIENT_CALLERS, servers.omidCpu(), caller -> omid::fetch));
            figures.addAll(
                    List.of(besideOmid.rate("", TIMESTAMPS_PER_SECOND), besideOmid.p99(), besideOmid.serverCpu()));
        }
    }

    private void clientAsync(NamespaceOracle oracle) throws InterruptedException {
        ServerCpu cpu = standard().cpu();
        Measurement async = () -> callers.async(CLIENT_CALLERS, cpu, oracle::freshTimestampAsync);
        SideBySideLoads loads = pair(
                ASYNC, async, CLIENT, () -> callers.blocking(CLIENT_CALLERS, cpu, caller -> oracle::freshTimestamp));
        figures.addAll(List.of(loads.rate("", TIMESTAMPS_PER_SECOND), loads.serverCpu()));
        if (servers.omid().isPresent()) {
            OmidClient omid = servers.omid().get();
            SideBySideLoads besideOmid = pair(
                    ASYNC, async, OMID_ASYNC, () -> callers.async(CLIENT_CALLERS, servers.omidCpu(), omid::fetchAsync));
            figures.addAll(List.of(besideOmid.rate("", TIMESTAMPS_PER_SECOND), besideOmid.serverCpu()));
        }
    }

    private void beside(
            String name,
            Measurement subject,
            String baseline,
            Measurement peer,
            Function<SideBySideLoads, Figure> figure)
            throws InterruptedException {
        figures.add(figure.apply(pair(name, subject, baseline, peer)));
    }

    private SideBySideLoads pair(String name, Measurement subject, String baseline, Measurement peer)
            throws InterruptedException {
        return SideBySideLoads.measure(progress, name, subject, baseline, peer);
    }

    private Load nextval(int count) throws InterruptedException {
        PostgresCallers postgres = servers.postgres().orElseThrow();
        return callers.blocking(count, ServerCpu.NONE, caller -> () -> postgres.fetch(caller));
    }

    private HttpCallers http(Kind kind) {
        BenchServer server = servers.service(kind);
        return new HttpCallers(server.address(), callers, server.cpu());
    }

    private BenchServer standard() {
        return servers.service(Kind.STANDARD);
    }

    private static byte[] single() {
        return HttpCallers.post("/tl/ts1/" + BenchServer.NAMESPACE, "");
    }
}
