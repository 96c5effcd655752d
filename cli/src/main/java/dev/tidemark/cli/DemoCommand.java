package dev.tidemark.cli;

import dev.tidemark.cli.demo.Demo;
import dev.tidemark.cli.demo.DemoReport;
import dev.tidemark.cli.demo.DemoSettings;
import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the demonstration. */
@Command(
        name = "demo",
        description = {
            "Back up a live store three times, destroy it, restore it, and prove that the result is right.",
            "Needs nothing but this command; exits with 0 only if every check held."
        })
final class DemoCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            defaultValue = "demo-data",
            description = "Where everything is kept; an earlier demo there is replaced. Default: ${DEFAULT-VALUE}.")
    private Path directory;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "12",
            description = "How long the workload runs before the loss, 3 to 3600. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "Seed of the workload. Default: ${DEFAULT-VALUE}.")
    private long seed;

    DemoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (seconds < 3 || seconds > 3600) {
            throw new CliException(
                    ErrorCode.USAGE, "--seconds is " + seconds + " (expected: 3 to 3600)", "Leave --seconds out.");
        }
        DemoSettings settings = DemoSettings.of(session.resolve(directory).normalize(), seconds, seed);
        DemoReport report = new Demo(settings, session.seams(), story()).run();
        session.show(report.toJson(), "");
        return report.isEveryCheckPassed() ? 0 : ErrorCode.VERIFICATION_FAILED.exitCode();
    }

    /** The story is the result, unless a document is wanted. */
    private Demo.Story story() {
        if (session.options().isJson()) {
            return line -> {};
        }
        return line -> {
            session.surroundings().out().println(line);
            session.surroundings().out().flush();
        };
    }
}
