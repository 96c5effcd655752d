package dev.tidemark.cli;

import dev.tidemark.cli.bench.ArchiveBenchmark;
import dev.tidemark.cli.bench.Benchmark;
import dev.tidemark.cli.bench.BenchmarkProgress;
import dev.tidemark.cli.bench.BenchmarkReport;
import dev.tidemark.cli.bench.BenchmarkRunner;
import dev.tidemark.cli.bench.CassandraBenchmark;
import dev.tidemark.cli.bench.CassandraTarget;
import dev.tidemark.cli.bench.CleanBenchmark;
import dev.tidemark.cli.bench.ObjectsBenchmark;
import dev.tidemark.cli.bench.RewindBenchmark;
import dev.tidemark.cli.bench.S3Benchmark;
import dev.tidemark.cli.bench.ServiceBenchmark;
import dev.tidemark.cli.bench.TransactionsBenchmark;
import dev.tidemark.cli.bench.timestamp.TimestampPeers;
import dev.tidemark.cli.bench.timestamp.TimestampsBenchmark;
import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code bench} commands: one for each benchmark. */
final class BenchCommand {
    private static final int MAX_REPEATS = 100;
    private static final long MIN_ENTRIES = 100;
    private static final long MAX_ENTRIES = 100_000_000;
    private static final int MAX_PORT = 65_535;
    private static final Pattern ADDRESS = Pattern.compile("(.+):(\\d{1,5})");

    private BenchCommand() {}

    static void addTo(CommandLine root, Session session) {
        CommandLine group = new CommandLine(new Group());
        root.addSubcommand(group);
        benchmarks(session).forEach(benchmark -> add(group, benchmark, new Run(session, benchmark)));
        Benchmark timestamps = new TimestampsBenchmark(session.seams(), TimestampPeers.NONE);
        add(group, timestamps, new RunBesidePeers(session, timestamps));
        Benchmark onCassandra = new CassandraBenchmark(session.seams(), null);
        add(group, onCassandra, new RunOnCassandra(session, onCassandra));
    }

    private static void add(CommandLine group, Benchmark benchmark, Run run) {
        CommandLine command = new CommandLine(run);
        command.getCommandSpec()
                .name(benchmark.name())
                .usageMessage()
                .description(
                        benchmark.summary(),
                        "Size: " + benchmark.size().format(benchmark.size().standard()) + " by default, "
                                + benchmark.size().format(benchmark.size().full())
                                + " for the figures of docs/performance.rst.");
        group.addSubcommand(command);
    }

    private static List<Benchmark> benchmarks(Session session) {
        return List.of(
                new ArchiveBenchmark(session.seams()),
                new TransactionsBenchmark(session.seams()),
                new CleanBenchmark(session.seams()),
                new S3Benchmark(session.seams(), folder -> session.wiring().archiveFolder(folder)),
                new RewindBenchmark(session.seams()),
                new ObjectsBenchmark(session.seams()),
                new ServiceBenchmark(session.seams()));
    }

    @Command(name = "bench", description = "Measure Tidemark on this machine, each figure beside a baseline.")
    private static final class Group extends CommandGroup {}

    @Command
    private static class Run implements Callable<Integer> {
        final Session session;
        private final Benchmark known;

        @Option(names = "--size", paramLabel = "SIZE", description = "How much data.")
        private String size;

        @Option(
                names = "--directory",
                paramLabel = "DIRECTORY",
                description = "Empty directory to work in, on the disk to be measured; emptied at the end. "
                        + "Default: a temporary one.")
        private Path directory;

        @Option(
                names = "--repeat",
                paramLabel = "COUNT",
                defaultValue = "1",
                description = "How often everything is measured; what is shown has the median ratio. "
                        + "Default: ${DEFAULT-VALUE}.")
        private int repeat;

        @Option(
                names = "--seed",
                paramLabel = "SEED",
                defaultValue = "1",
                description = "Seed of the data. Default: ${DEFAULT-VALUE}.")
        private long seed;

        private Run(Session session, Benchmark known) {
            this.session = session;
            this.known = known;
        }

        /** Returns what is measured, when the options have been read. */
        Benchmark benchmark() {
            return known;
        }

        @Override
        public final Integer call() throws InterruptedException {
            Benchmark benchmark = benchmark();
            if (repeat < 1 || repeat > MAX_REPEATS) {
                throw new CliException(
                        ErrorCode.USAGE,
                        "--repeat is " + repeat + " (expected: 1 to " + MAX_REPEATS + ")",
                        "Leave --repeat out.");
            }
            long wanted = size == null
                    ? benchmark.size().standard()
                    : benchmark.size().parse(size);
            Surroundings surroundings = session.surroundings();
            String version = new Tidemark.Version().getVersion()[0].replace("tidemark ", "");
            BenchmarkRunner runner = new BenchmarkRunner(surroundings.clock(), surroundings.monotonicClock(), version);
            Path place = directory == null ? null : session.resolve(directory).normalize();
            BenchmarkReport report = runner.run(benchmark, place, wanted, seed, repeat, progress());
            session.show(report.toJson(), report.toText());
            return 0;
        }

        private BenchmarkProgress progress() {
            return session.options().isJson() ? measurement -> {} : measurement -> session.note("  " + measurement);
        }
    }

    @Command
    private static final class RunBesidePeers extends Run {
        @Option(
                names = "--omid",
                paramLabel = "CLASSPATH",
                description = "Class path of Apache Omid's timestamp server and client, to be measured beside it. "
                        + "Default: not measured.")
        private String omid;

        @Option(
                names = "--postgres",
                paramLabel = "URL",
                description = "JDBC URL of a PostgreSQL server, to be measured beside it. Default: not measured.")
        private String postgres;

        private RunBesidePeers(Session session, Benchmark described) {
            super(session, described);
        }

        @Override
        Benchmark benchmark() {
            return new TimestampsBenchmark(session.seams(), new TimestampPeers(omid, postgres));
        }
    }

    @Command
    private static final class RunOnCassandra extends Run {
        @Option(
                names = "--contact-point",
                paramLabel = "HOST:PORT",
                required = true,
                description = "CQL of the node, which must be the only one of its cluster, and on this machine.")
        private String contactPoint;

        @Option(
                names = "--datacenter",
                paramLabel = "NAME",
                defaultValue = "datacenter1",
                description = "Its data center. Default: ${DEFAULT-VALUE}.")
        private String datacenter;

        @Option(names = "--jmx", paramLabel = "HOST:PORT", required = true, description = "JMX of the node.")
        private String jmx;

        @Option(
                names = "--data-directory",
                paramLabel = "DIRECTORY",
                required = true,
                description = "Its only data directory.")
        private Path dataDirectory;

        @Option(
                names = "--esop",
                paramLabel = "JAR",
                description = "com.instaclustr:esop, to be measured beside it. Default: not measured.")
        private Path esop;

        @Option(
                names = "--entries",
                paramLabel = "COUNT",
                defaultValue = "100000",
                description = "Entries in the transactions tables that are cleaned. Default: ${DEFAULT-VALUE}.")
        private long entries;

        private RunOnCassandra(Session session, Benchmark described) {
            super(session, described);
        }

        @Override
        Benchmark benchmark() {
            if (entries < MIN_ENTRIES || entries > MAX_ENTRIES) {
                throw new CliException(
                        ErrorCode.USAGE,
                        "--entries is " + entries + " (expected: " + MIN_ENTRIES + " to " + MAX_ENTRIES + ")",
                        "Leave --entries out.");
            }
            return new CassandraBenchmark(
                    session.seams(),
                    new CassandraTarget(
                            address("--contact-point", contactPoint),
                            datacenter,
                            address("--jmx", jmx),
                            session.resolve(dataDirectory).normalize(),
                            esop == null ? null : session.resolve(esop).normalize(),
                            entries));
        }

        private static InetSocketAddress address(String option, String text) {
            Matcher matcher = ADDRESS.matcher(text);
            if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > MAX_PORT) {
                throw new CliException(
                        ErrorCode.USAGE,
                        option + " is '" + text + "' (expected: host:port)",
                        "Name the host and the port with a colon between them.");
            }
            return new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
        }
    }
}
