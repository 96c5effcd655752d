package dev.tidemark.cli;

import java.nio.file.Path;
import java.util.stream.Stream;

/** What the command line answers, for tests of other packages. */
public record CommandLineRun(int exitCode, String output) {
    /** Runs a command in the present directory. */
    public static CommandLineRun of(Stream<String> arguments) {
        CommandRun run = CommandRun.in(Path.of("").toAbsolutePath(), arguments.toArray(String[]::new));
        return new CommandLineRun(run.exitCode(), run.out() + run.err());
    }
}
