package dev.tidemark.cli;

import dev.tidemark.timestamp.service.TimestampServer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs the timestamp service in this process. */
@Command(
        name = "timestamp-service",
        description = "Run the timestamp service with a configuration of its own until the process is stopped.")
final class TimestampServiceCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "CONFIG", description = "The service's YAML file; see docs/configuration.rst.")
    private Path config;

    TimestampServiceCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (TimestampServer server =
                TimestampServer.start(TimestampServer.readConfiguration(session.resolve(config)))) {
            session.note("The timestamp service answers at " + server.endpoint() + "; stop it with Ctrl-C.");
            server.awaitStop();
        } catch (InterruptedException e) {
            session.note("The timestamp service has stopped.");
        }
        return 0;
    }
}
