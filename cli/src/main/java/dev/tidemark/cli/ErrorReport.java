package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.Json;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one place where exceptions become messages and exit codes. */
final class ErrorReport {
    private static final int MAX_CAUSES = 20;

    private final Surroundings surroundings;
    private final GlobalOptions options;

    ErrorReport(Surroundings surroundings, GlobalOptions options) {
        this.surroundings = surroundings;
        this.options = options;
    }

    /** Reports why a command failed and returns the exit code. */
    int failed(Throwable failure) {
        TidemarkException known = operatingError(failure);
        boolean isSaid = known instanceof CliException && known.code() == ErrorCode.INTERRUPTED;
        if (!isSaid
                && (failure instanceof InterruptedException
                        || Thread.currentThread().isInterrupted())) {
            return report(
                    ErrorCode.INTERRUPTED,
                    "the command was interrupted",
                    "Run 'tidemark operations' to see what is unfinished, and 'tidemark resume' to go on.",
                    failure);
        }
        if (known != null) {
            return report(known.code(), known.getMessage(), known.hint(), failure);
        }
        if (failure instanceof OutOfMemoryError) {
            return report(
                    ErrorCode.INTERNAL,
                    "the memory of this process is used up: " + failure.getMessage(),
                    "Give it more with the environment variable TIDEMARK_JAVA_OPTS, for example -Xmx1g.",
                    failure);
        }
        if (failure instanceof LinkageError) {
            return report(
                    ErrorCode.INTERNAL,
                    "a native library can't be loaded: " + failure.getMessage(),
                    "Let java.io.tmpdir name a directory from which libraries may be executed.",
                    failure);
        }
        String message = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        return report(
                ErrorCode.INTERNAL,
                "this is a defect in Tidemark: " + message,
                "Repeat the command with --debug and report what it prints.",
                failure);
    }

    /** Reports a command line that can't be understood and returns the exit code. */
    int misused(ParameterException failure) {
        String hint = "Run '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help' for the options.";
        if (failure instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                hint = "Did you mean '"
                        + String.join("' or '", suggestions.stream().limit(3).toList()) + "'?";
            }
        }
        String message = Objects.requireNonNullElse(failure.getMessage(), "the command line can't be understood");
        return report(ErrorCode.USAGE, lowerCase(message), hint, failure);
    }

    private int report(ErrorCode code, String message, String hint, Throwable failure) {
        if (options.isJson()) {
            surroundings
                    .out()
                    .println(Json.text(Json.object(
                            "error",
                            Json.object(
                                    "code", code.name(),
                                    "exitCode", code.exitCode(),
                                    "retryable", code.isRetryable(),
                                    "message", message,
                                    "hint", hint))));
        } else {
            surroundings.err().println("ERROR: " + printable(message));
            if (!hint.isEmpty()) {
                surroundings.err().println("HINT: " + printable(hint));
            }
        }
        if (options.isDebug()) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            surroundings.err().print(trace);
        }
        surroundings.out().flush();
        surroundings.err().flush();
        return code.exitCode();
    }

    private static TidemarkException operatingError(Throwable failure) {
        Throwable candidate = failure;
        for (int i = 0; i < MAX_CAUSES && candidate != null; i++) {
            if (candidate instanceof TidemarkException operating) {
                return operating;
            }
            candidate = candidate.getCause();
        }
        return null;
    }

    /** Control characters from names and files never reach a terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static String lowerCase(String message) {
        String text = message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    /** Installs this report in a command line. */
    void install(CommandLine commandLine, Session session) {
        commandLine.setExecutionExceptionHandler((failure, command, result) -> {
            session.endProgress();
            return failed(failure);
        });
        commandLine.setParameterExceptionHandler((failure, arguments) -> misused(failure));
    }
}
