package dev.tidemark.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.config.TidemarkConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The {@code tidemark} command: wires the sub-commands, runs one and ends the process with its exit code. */
@Command(
        name = "tidemark",
        versionProvider = Tidemark.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Live, point-in-time consistent backups of transactional stores, and their restore.",
        footer = {"", "Start with 'tidemark demo'. Exit codes are listed in docs/cli.rst."})
public final class Tidemark implements Callable<Integer> {
    @Mixin
    private final GlobalOptions options;

    @Spec
    private CommandSpec spec;

    private Tidemark(GlobalOptions options) {
        this.options = options;
    }

    /** Runs the command line and exits with its code; see {@code docs/cli.rst}. */
    public static void main(String[] arguments) {
        Surroundings surroundings = Surroundings.system();
        Interruption interruption = Interruption.install(surroundings, Thread.currentThread());
        int exitCode;
        try {
            exitCode = run(surroundings, arguments);
        } finally {
            interruption.finished();
        }
        System.exit(exitCode);
    }

    /** Runs a command line in this process and returns its exit code. */
    static int run(Surroundings surroundings, String... arguments) {
        return run(surroundings, Decoration.NONE, arguments);
    }

    /** Runs a command line whose archive, oracle and stores are decorated. */
    static int run(Surroundings surroundings, Decoration decoration, String... arguments) {
        GlobalOptions options = new GlobalOptions();
        if (Arrays.asList(arguments).contains("--json")) {
            options.expectJson();
        }
        ErrorReport errorReport = new ErrorReport(surroundings, options);
        try (Session session = new Session(surroundings, options, decoration)) {
            try {
                CommandLine commandLine = commandLine(session, options);
                errorReport.install(commandLine, session);
                return commandLine.execute(arguments);
            } catch (RuntimeException | Error e) {
                session.endProgress();
                return errorReport.failed(e);
            }
        } finally {
            surroundings.out().flush();
            surroundings.err().flush();
        }
    }

    /** Returns the command line with every command. */
    static CommandLine commandLine(Session session, GlobalOptions options) {
        Surroundings surroundings = session.surroundings();
        CommandLine root = new CommandLine(new Tidemark(options));
        root.addSubcommand(new BackupCommand(session));
        CatalogCommands.addTo(root, session);
        root.addSubcommand(new StatusCommand(session));
        root.addSubcommand(new AnnotateCommand(session));
        root.addSubcommand(new RestoreCommand(session));
        root.addSubcommand(new RewindCommand(session));
        root.addSubcommand(new AtlasDbFolderCommand(session));
        root.addSubcommand(new UndoCommand(session));
        OperationCommands.addTo(root, session);
        OrderCommands.addTo(root, session);
        root.addSubcommand(new VerifyCommand(session));
        root.addSubcommand(new CertificateCommand(session));
        root.addSubcommand(new RunbookCommand(session));
        root.addSubcommand(new ExportCommand(session));
        root.addSubcommand(new ImportCommand(session));
        root.addSubcommand(new CopyCommand(session));
        root.addSubcommand(new DigestCommand(session));
        root.addSubcommand(new CheckHistoryCommand(session));
        root.addSubcommand(new ShredCommand(session));
        ArchiveCommands.addTo(root, session);
        root.addSubcommand(new CheckCommand(session));
        AuditCommands.addTo(root, session);
        RetentionCommands.addTo(root, session);
        GarbageCommands.addTo(root, session);
        TimestampCommands.addTo(root, session);
        root.addSubcommand(new TimestampServiceCommand(session));
        root.addSubcommand(new ServerCommand(session));
        root.addSubcommand(new AgentCommand(session));
        root.addSubcommand(new AgentsCommand(session));
        TokenCommands.addTo(root, session);
        root.addSubcommand(new SupportBundleCommand(session));
        root.addSubcommand(new DemoCommand(session));
        BenchCommand.addTo(root, session);
        root.addSubcommand(new CompletionCommand(session));
        root.setOut(new PrintWriter(surroundings.out(), true));
        root.setErr(new PrintWriter(surroundings.err(), true));
        root.setUsageHelpWidth(100);
        root.setExecutionStrategy(parsed -> {
            if (options.isDebug()) {
                logDetails();
            }
            requireThroughServer(parsed, options);
            return new CommandLine.RunLast().execute(parsed);
        });
        return root;
    }

    /** What was said about a service is never ignored: a command that does its work here says so. */
    private static void requireThroughServer(ParseResult parsed, GlobalOptions options) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        boolean isPossible = options.server().isServer()
                && last.commandSpec().userObject() instanceof ThroughServer
                && options.archive().equals(TidemarkConfiguration.MAIN_ARCHIVE);
        if (options.server().isAnyGiven() && !isPossible) {
            throw new ParameterException(
                    last.commandSpec().commandLine(),
                    options.server().isServer()
                            ? "--server does not go together with this command, or with --archive"
                            : "an option about a service without --server (expected: both)");
        }
    }

    /** Called when no sub-command is given. */
    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
    }

    private static void logDetails() {
        Logger root = LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        if (root instanceof ch.qos.logback.classic.Logger logback) {
            logback.setLevel(Level.DEBUG);
            logback.iteratorForAppenders().forEachRemaining(Tidemark::showTraces);
        }
    }

    /** The pattern of logback.xml leaves stack traces out. */
    private static void showTraces(Appender<ILoggingEvent> appender) {
        if (appender instanceof OutputStreamAppender<ILoggingEvent> stream
                && stream.getEncoder() instanceof PatternLayoutEncoder encoder) {
            encoder.stop();
            encoder.setPattern(encoder.getPattern().replace("%nopex", ""));
            encoder.start();
        }
    }

    /** Reads the version that the build has recorded. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            Properties properties = new Properties();
            try (InputStream resource = Tidemark.class.getResourceAsStream("version.properties")) {
                properties.load(resource);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new String[] {"tidemark " + properties.getProperty("version")};
        }
    }
}
