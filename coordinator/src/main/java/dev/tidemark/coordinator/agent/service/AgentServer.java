package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.node.NodeConfiguration;
import dev.tidemark.coordinator.agent.node.NodeFactory;
import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.timestamp.web.WebServer;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.logging.common.ExternalLoggingFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A running agent. Starting returns when it answers. */
public final class AgentServer implements AutoCloseable {
    private final AgentApplication application;
    private final WebServer server;

    private AgentServer(AgentApplication application, WebServer server) {
        this.application = application;
        this.server = server;
    }

    /**
     * Reads a configuration file. {@code ${NAME}} in it stands for the environment variable; relative paths in Tidemark's sections are
     * resolved against the directory of the file.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} with the key, and the nearest known key
     */
    public static AgentConfiguration readConfiguration(Path file, EngineSeams seams) {
        Path absolute = file.toAbsolutePath().normalize();
        AgentApplication application =
                new AgentApplication(absolute.getParent(), AgentServer::openNone, seams, variable -> null);
        try {
            return WebServer.readConfiguration(application, AgentConfiguration.class, absolute);
        } catch (ConfigurationException | IOException | RuntimeException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "cannot read configuration: "
                            + String.valueOf(e.getMessage()).strip(),
                    "Correct the file '" + file + "'; see docs/configuration.rst for the keys and their values.",
                    e);
        }
    }

    /** A file is read without anything that it names. */
    private static ServedNode openNone(NodeConfiguration configuration) {
        throw new IllegalStateException("node: " + configuration + " (expected: not to be opened)");
    }

    /**
     * Lets an agent run inside another program: it leaves logging alone, and has its admin port somewhere on the loopback address.
     *
     * @param address where it listens; port 0 for a free one
     */
    public static void embed(AgentConfiguration configuration, InetSocketAddress address) {
        configuration.setServerFactory(WebServer.embedded(address));
        configuration.setLoggingFactory(new ExternalLoggingFactory());
    }

    /**
     * Starts an agent.
     *
     * @param nodes opens its node
     * @param seams what it takes from its surroundings; its workers must be as many as are asked for
     * @param environment value of an environment variable, null when it is not set
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when it would let in whoever reaches it, or can't listen
     *     where it is told to, and what opening its directory throws
     */
    public static AgentServer start(
            AgentConfiguration configuration, NodeFactory nodes, EngineSeams seams, UnaryOperator<String> environment) {
        AgentApplication application = new AgentApplication(Path.of("").toAbsolutePath(), nodes, seams, environment);
        try {
            return new AgentServer(application, WebServer.start(application, configuration));
        } catch (TidemarkException e) {
            application.close();
            throw e;
        } catch (Exception e) {
            application.close();
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "cannot start the agent: " + WebServer.reason(e),
                    "Check the addresses, ports and key stores under 'server' in its configuration.",
                    e);
        }
    }

    /** Returns the port on which the agent listens. */
    public int port() {
        return server.port();
    }

    /** Returns the port of health checks and metrics. */
    public int adminPort() {
        return server.adminPort();
    }

    /** Returns the agent's address for clients on this machine. */
    public URI endpoint() {
        return server.endpoint("");
    }

    /**
     * Waits until the agent has been stopped.
     *
     * @throws InterruptedException when the thread is interrupted
     */
    public void awaitStop() throws InterruptedException {
        server.awaitStop();
    }

    /** Ends copies and stagings, which are found again by whoever asks for them later, and stops. Closing twice does nothing. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            throw new CoordinatorException(ErrorCode.INTERNAL, "cannot stop the agent: " + e.getMessage(), "", e);
        } finally {
            application.close();
        }
    }
}
