package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.coordinator.agent.node.NodeFactory;
import dev.tidemark.coordinator.agent.service.AgentServer;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.ErrorCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Runs an agent in this process. */
@Command(
        name = "agent",
        description =
                "Run an agent beside a store node, with a configuration of its own (--config), until it is stopped.")
final class AgentCommand implements Callable<Integer> {
    private final Session session;

    AgentCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (session.options().config() == null) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "an agent has a configuration of its own, and none is named",
                    "Name it with --config FILE; see docs/configuration.rst.");
        }
        EngineSeams seams = session.seams();
        try (AgentServer server = AgentServer.start(
                AgentServer.readConfiguration(session.configurationFile(), seams),
                NodeFactory.standard(session.surroundings().environment(), seams.sleeper()),
                seams,
                session.surroundings().environment())) {
            session.note("The agent answers at " + server.endpoint() + "; stop it with Ctrl-C.");
            server.awaitStop();
        } catch (InterruptedException e) {
            session.note("The agent has stopped.");
        }
        return 0;
    }
}
