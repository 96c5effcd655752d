package dev.tidemark.cli;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.ServiceServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Runs the service in this process. */
@Command(
        name = "server",
        description = {
            "Run the coordinator as a service with a REST API, until it is stopped.",
            "Takes the configuration of the other commands, with sections for the service."
        })
final class ServerCommand implements Callable<Integer> {
    private final Session session;

    ServerCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.requireMainArchive();
        EngineSeams seams = session.seams();
        try (ServiceServer server = ServiceServer.start(
                ServiceServer.readConfiguration(session.configurationFile(), seams),
                seams,
                session.surroundings().environment(),
                session.decoration())) {
            session.note("The service answers at " + server.endpoint() + "; stop it with Ctrl-C.");
            server.awaitStop();
        } catch (InterruptedException e) {
            session.note("The service has stopped.");
        }
        return 0;
    }
}
