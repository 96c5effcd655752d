package dev.tidemark.cli;

import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.runbook.RunbookPublisher.Shown;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints how to restore a backup. */
@Command(
        name = "runbook",
        description = {
            "Print how to restore a backup: the page that was stored with it, after checking its signature.",
            "Where none was stored, it is made from the present configuration, and a note says so."
        })
final class RunbookCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Parameters(index = "1", paramLabel = "BACKUP", description = "The backup's id, or 'latest'.")
    private String backup;

    @Option(names = "--script", description = "Print the commands as a script for bash instead of the page.")
    private boolean isScript;

    RunbookCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String name = session.namespace(namespace);
        Shown shown = session.wiring().coordinator().runbook(name, backup);
        if (!shown.isStored()) {
            session.note("NOTE: no runbook was stored with this backup; this one is from the present configuration");
        }
        session.show(
                Json.object(
                        "namespace", name,
                        "stored", shown.isStored(),
                        "page", shown.runbook().page(),
                        "script", shown.runbook().script()),
                isScript ? shown.runbook().script() : shown.runbook().page());
        return 0;
    }
}
