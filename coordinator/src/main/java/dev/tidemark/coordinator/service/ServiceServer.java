package dev.tidemark.coordinator.service;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.Decoration;
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

/** A running service. Starting returns when it answers. */
public final class ServiceServer implements AutoCloseable {
    private final ServiceApplication application;
    private final WebServer server;

    private ServiceServer(ServiceApplication application, WebServer server) {
        this.application = application;
        this.server = server;
    }

    /**
     * Reads a configuration file. {@code ${NAME}} in it stands for the environment variable; relative paths in Tidemark's sections are
     * resolved against the directory of the file.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} with the key, and the nearest known key
     */
    public static ServiceConfiguration readConfiguration(Path file, EngineSeams seams) {
        new ConfigurationReader().read(file); // says of Tidemark's own sections what is wrong, and in which line
        Path absolute = file.toAbsolutePath().normalize();
        ServiceApplication application =
                new ServiceApplication(absolute.getParent(), seams, variable -> null, Decoration.NONE);
        try {
            return WebServer.readConfiguration(application, ServiceConfiguration.class, absolute);
        } catch (ConfigurationException | IOException | RuntimeException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "cannot read configuration: "
                            + String.valueOf(e.getMessage()).strip(),
                    "Correct the file '" + file + "'; see docs/configuration.rst for the keys and their values.",
                    e);
        }
    }

    /**
     * Lets a service run inside another program: it leaves logging alone, and has its admin port somewhere on the loopback address.
     *
     * @param address where it listens; port 0 for a free one
     */
    public static void embed(ServiceConfiguration configuration, InetSocketAddress address) {
        configuration.setServerFactory(WebServer.embedded(address));
        configuration.setLoggingFactory(new ExternalLoggingFactory());
    }

    /**
     * Starts a service. Orders that an earlier process has left are taken up.
     *
     * @param seams what it takes from its surroundings; its workers must be as many as are asked for
     * @param environment value of an environment variable, null when it is not set
     * @param decoration of the parts that the configuration describes
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when it would let in whoever reaches it, or can't listen
     *     where it is told to, and what opening the archive throws
     */
    public static ServiceServer start(
            ServiceConfiguration configuration,
            EngineSeams seams,
            UnaryOperator<String> environment,
            Decoration decoration) {
        ServiceApplication application =
                new ServiceApplication(Path.of("").toAbsolutePath(), seams, environment, decoration);
        try {
            return new ServiceServer(application, WebServer.start(application, configuration));
        } catch (TidemarkException e) {
            application.close();
            throw e;
        } catch (Exception e) {
            application.close();
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "cannot start the service: " + WebServer.reason(e),
                    "Check the addresses, ports and key stores under 'server' in its configuration.",
                    e);
        }
    }

    /** Returns the port on which the service listens. */
    public int port() {
        return server.port();
    }

    /** Returns the port of health checks, metrics and tasks. */
    public int adminPort() {
        return server.adminPort();
    }

    /** Returns the service's address for clients on this machine. */
    public URI endpoint() {
        return server.endpoint("");
    }

    /**
     * Waits until the service has been stopped.
     *
     * @throws InterruptedException when the thread is interrupted
     */
    public void awaitStop() throws InterruptedException {
        server.awaitStop();
    }

    /** Leaves what runs in good order, to be gone on with, and stops. Closing twice does nothing. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            throw new CoordinatorException(ErrorCode.INTERNAL, "cannot stop the service: " + e.getMessage(), "", e);
        } finally {
            application.close();
        }
    }
}
