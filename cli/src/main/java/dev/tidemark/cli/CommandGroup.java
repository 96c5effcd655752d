package dev.tidemark.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that does nothing without one of its sub-commands. */
abstract class CommandGroup implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Returns the command that was given. */
    final CommandLine commandLine() {
        return spec.commandLine();
    }

    @Override
    public final void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a sub-command is missing: "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
