package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.restore.TransactionsAborter;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.OracleLimits;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The {@code timestamp} commands, with the options and messages of AtlasDB's command line, source:
 * {@code com.palantir.atlasdb.cli.command.timestamp}. There the options of the group stand before the sub-command, in its
 * documentation after it; both are accepted.
 */
final class TimestampCommands {
    private TimestampCommands() {}

    /** Adds the group with its sub-commands. */
    static void addTo(CommandLine root, Session session) {
        Group group = new Group();
        CommandLine commandLine = new CommandLine(group);
        root.addSubcommand(commandLine);
        commandLine.addSubcommand(new Fetch(session, group));
        commandLine.addSubcommand(new FastForward(session, group));
        commandLine.addSubcommand(new CleanTransactions(session, group));
        commandLine.addSubcommand(new TimestampStatusCommand(session));
    }

    @Command(
            name = "timestamp",
            description =
                    "Ask the oracle how it is, fetch a timestamp, fast-forward it, or abort commits above a timestamp.")
    static final class Group extends CommandGroup {
        @Option(
                names = "--namespace",
                paramLabel = "NAMESPACE",
                scope = ScopeType.INHERIT,
                description = "Namespace; may be left out when only one is configured.")
        private String namespace;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                scope = ScopeType.INHERIT,
                description = "File with one timestamp: written by fetch, read by the others.")
        private Path file;

        @Option(
                names = {"-t", "--timestamp"},
                paramLabel = "TIMESTAMP",
                scope = ScopeType.INHERIT,
                description = "The timestamp, instead of --file.")
        private Long timestamp;

        @Option(
                names = {"-i", "--immutable"},
                scope = ScopeType.INHERIT,
                description = "fetch: the immutable timestamp instead of a fresh one.")
        private boolean isImmutable;

        @Option(
                names = {"-d", "--date-time"},
                scope = ScopeType.INHERIT,
                description = "fetch: accepted; the oracle keeps no wall-clock times, which is said.")
        private boolean isDateTimeWanted;

        @Option(
                names = {"-s", "--start-timestamp"},
                paramLabel = "TIMESTAMP",
                defaultValue = "1",
                scope = ScopeType.INHERIT,
                description =
                        "clean-transactions: lowest start timestamp to look at, inclusive; default ${DEFAULT-VALUE}.")
        private long startTimestamp;

        @Option(
                names = "--skip-start-timestamp-check",
                scope = ScopeType.INHERIT,
                description =
                        "clean-transactions: accepted and not needed, since every start timestamp is scanned right.")
        private boolean isStartCheckSkipped;

        @Option(
                names = "--dry-run",
                scope = ScopeType.INHERIT,
                description = "fast-forward, clean-transactions: show what would be done.")
        private boolean isDryRun;

        /** Returns the one timestamp that was given, by value or by file. */
        long input(Session session) {
            if ((timestamp == null) == (file == null)) {
                throw new ParameterException(
                        commandLine(),
                        "this command requires an input timestamp, so you must specify one and only one (either directly or"
                                + " via a file)");
            }
            long input = timestamp == null ? TimestampFile.read(session.resolve(file)) : timestamp;
            if (input < 0 || input == Long.MAX_VALUE) {
                throw new CliException(
                        ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                        "timestamp " + input + " is out of range (expected: 0 to less than " + Long.MAX_VALUE + ")",
                        "Check where the number comes from; nothing was changed.");
            }
            return input;
        }

        NamespaceOracle oracle(Session session) {
            String name = session.namespace(namespace);
            return session.wiring().oracle().namespace(name);
        }
    }

    @Command(name = "fetch", description = "Fetch a fresh timestamp, or the immutable one.")
    static final class Fetch implements Callable<Integer> {
        private final Session session;
        private final Group group;

        Fetch(Session session, Group group) {
            this.session = session;
            this.group = group;
        }

        @Override
        public Integer call() {
            if (group.timestamp != null) {
                throw new ParameterException(
                        group.commandLine(), "this command does not require an input timestamp but you specified one");
            }
            String kind = group.isImmutable ? "immutable" : "fresh";
            NamespaceOracle oracle = group.oracle(session);
            long timestamp = group.isImmutable ? oracle.immutableTimestamp() : oracle.freshTimestamp();
            if (group.file != null) {
                TimestampFile.write(session.resolve(group.file), timestamp);
            }
            StringBuilder text = new StringBuilder("The " + kind + " timestamp is: " + timestamp + "\n");
            if (group.isDateTimeWanted) {
                session.note(
                        "NOTE: the wall-clock time of a timestamp is not available from the oracle; 'tidemark backups'"
                                + " shows it for backups");
            }
            text.append("Timestamp command completed successfully.\n");
            session.show(
                    Json.object("namespace", oracle.namespace(), "kind", kind, "timestamp", timestamp),
                    text.toString());
            return 0;
        }
    }

    @Command(
            name = "fast-forward",
            description = "Make the oracle issue only timestamps greater than the given one. Never lowers anything.")
    static final class FastForward implements Callable<Integer> {
        private final Session session;
        private final Group group;

        FastForward(Session session, Group group) {
            this.session = session;
            this.group = group;
        }

        @Override
        public Integer call() {
            long target = group.input(session);
            NamespaceOracle oracle = group.oracle(session);
            if (group.isDryRun) {
                OracleLimits.checkFastForward(oracle.namespace(), target, OracleLimits.MAX_FAST_FORWARD);
                session.show(
                        Json.object("namespace", oracle.namespace(), "timestamp", target, "dryRun", true),
                        "Would fast-forward namespace '" + oracle.namespace() + "' to " + target
                                + "; nothing was changed.");
                return 0;
            }
            oracle.fastForward(target);
            session.show(
                    Json.object("namespace", oracle.namespace(), "timestamp", target, "dryRun", false),
                    "Timestamp successfully fast-forwarded to " + target);
            return 0;
        }
    }

    @Command(
            name = "clean-transactions",
            description = {
                "Abort, in the transactions tables of a namespace, every commit above a timestamp.",
                "State with --offline that no client of the namespace runs. Every lease at the oracle ends."
            })
    static final class CleanTransactions implements Callable<Integer> {
        private final Session session;
        private final Group group;

        CleanTransactions(Session session, Group group) {
            this.session = session;
            this.group = group;
        }

        @Override
        public Integer call() {
            long backupTimestamp = group.input(session);
            if (!session.options().isOffline() && !group.isDryRun) {
                throw new CliException(
                        ErrorCode.NOT_ALLOWED_NOW,
                        "clean-transactions can only be run offline",
                        "Stop every client of the namespace and repeat the command with --offline.");
            }
            if (group.startTimestamp < 1 || group.startTimestamp == Long.MAX_VALUE) {
                throw new CliException(
                        ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                        "start timestamp " + group.startTimestamp + " is out of range (expected: >= 1)",
                        "Leave --start-timestamp out to look at every transaction.");
            }
            String namespace = session.namespace(group.namespace);
            TransactionsAborter cleaner = new TransactionsAborter(
                    session.wiring().oracle().namespace(namespace),
                    session.wiring().connectors(namespace),
                    "clean-" + backupTimestamp,
                    new ParallelWork(
                            session.seams().workers(),
                            session.configuration().operations().parallelism()),
                    session::note);
            TransactionsAborter.Report report = group.isDryRun
                    ? cleaner.count(group.startTimestamp, backupTimestamp)
                    : cleaner.clean(group.startTimestamp, backupTimestamp);
            show(namespace, backupTimestamp, report);
            return 0;
        }

        private void show(String namespace, long backupTimestamp, TransactionsAborter.Report report) {
            String verb = group.isDryRun ? "Would abort" : "Aborted";
            StringBuilder text = new StringBuilder();
            report.listed().forEach(found -> text.append(verb)
                    .append(" transaction: [store=" + found.store() + ", start=" + found.startTimestamp() + ", commit="
                            + found.commitTimestamp() + "]\n"));
            if (report.count() > report.listed().size()) {
                text.append("... and ")
                        .append(report.count() - report.listed().size())
                        .append(" more\n");
            }
            text.append(
                    report.count() == 0
                            ? "Found no transactions after the given timestamp to abort.\n"
                            : verb + " " + report.count() + " transactions that committed after " + backupTimestamp
                                    + ".\n");
            session.show(
                    Json.object(
                            "namespace",
                            namespace,
                            "timestamp",
                            backupTimestamp,
                            "startTimestamp",
                            group.startTimestamp,
                            "dryRun",
                            group.isDryRun,
                            "aborted",
                            report.count(),
                            "transactions",
                            report.listed().stream()
                                    .map(found -> Json.object(
                                            "store", found.store(),
                                            "startTimestamp", found.startTimestamp(),
                                            "commitTimestamp", found.commitTimestamp()))
                                    .toList()),
                    text.toString());
        }
    }
}
