package dev.tidemark.cli;

import dev.tidemark.cli.bench.ArchiveBenchmark;
import dev.tidemark.cli.bench.Benchmark;
import dev.tidemark.cli.bench.BenchmarkProgress;
import dev.tidemark.cli.bench.BenchmarkReport;
import dev.tidemark.cli.bench.BenchmarkRunner;
import dev.tidemark.cli.bench.CleanBenchmark;
import dev.tidemark.cli.bench.RewindBenchmark;
import dev.tidemark.cli.bench.TimestampsBenchmark;
import dev.tidemark.cli.bench.TransactionsBenchmark;
import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code bench} commands: one for each benchmark. */
final class BenchCommand {
    private static final int MAX_REPEATS = 100;

    private BenchCommand() {}

    static void addTo(CommandLine root, Session session) {
        CommandLine group = new CommandLine(new Group());
        root.addSubcommand(group);
        for (Benchmark benchmark : benchmarks(session)) {
            CommandLine command = new CommandLine(new Run(session, benchmark));
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
    }

    private static List<Benchmark> benchmarks(Session session) {
        return List.of(
                new ArchiveBenchmark(session.seams()),
                new TimestampsBenchmark(session.seams()),
                new TransactionsBenchmark(session.seams()),
                new CleanBenchmark(session.seams()),
                new RewindBenchmark(session.seams()));
    }

    @Command(name = "bench", description = "Measure Tidemark on this machine, each figure beside a baseline.")
    private static final class Group implements Runnable {
        @Spec
        private CommandSpec spec;

        @Override
        public void run() {
            throw new ParameterException(
                    spec.commandLine(),
                    "a sub-command is missing: "
                            + String.join(", ", spec.subcommands().keySet()));
        }
    }

    @Command
    private static final class Run implements Callable<Integer> {
        private final Session session;
        private final Benchmark benchmark;

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

        private Run(Session session, Benchmark benchmark) {
            this.session = session;
            this.benchmark = benchmark;
        }

        @Override
        public Integer call() throws InterruptedException {
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
}
