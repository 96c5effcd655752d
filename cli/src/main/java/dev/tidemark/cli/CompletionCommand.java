package dev.tidemark.cli;

import dev.tidemark.cli.output.Json;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Writes the completion script. */
@Command(
        name = "completion",
        description = {
            "Write a completion script for bash and zsh to standard output.",
            "Use it with: source <(tidemark completion)"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    private CommandSpec spec;

    CompletionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String script = AutoComplete.bash("tidemark", spec.root().commandLine());
        session.show(Json.object("shell", "bash", "script", script), script);
        return 0;
    }
}
