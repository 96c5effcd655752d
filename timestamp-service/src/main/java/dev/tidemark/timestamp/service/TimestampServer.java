package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.oracle.OracleSeams;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.logging.common.ExternalLoggingFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A running timestamp service. Starting returns when it answers; closing returns when its data directory is free. */
public final class TimestampServer implements AutoCloseable {
    private static final String APPLICATION_CONNECTOR = "application";
    private static final String ADMIN_CONNECTOR = "admin";

    /** How long a stop waits for connections without a request; every request is answered faster than this. */
    private static final long IDLE_AT_STOP_MILLIS = 100;

    private final TimestampServiceApplication application;
    private final Server server;
    private final String basePath;

    private TimestampServer(TimestampServiceApplication application, Server server, String basePath) {
        this.application = application;
        this.server = server;
        this.basePath = basePath;
    }

    /**
     * Reads a configuration file. {@code ${NAME}} in it stands for the environment variable.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_CONFIGURATION} with the key, and the nearest known key
     */
    public static TimestampServiceConfiguration readConfiguration(Path file) {
        Bootstrap<TimestampServiceConfiguration> bootstrap = bootstrap(application());
        try {
            return bootstrap
                    .getConfigurationFactoryFactory()
                    .create(
                            TimestampServiceConfiguration.class,
                            bootstrap.getValidatorFactory().getValidator(),
                            bootstrap.getObjectMapper(),
                            "dw")
                    .build(bootstrap.getConfigurationSourceProvider(), file.toString());
        } catch (ConfigurationException | IOException | RuntimeException e) {
            throw new TimestampException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "cannot read configuration: "
                            + String.valueOf(e.getMessage()).strip(),
                    "Correct the file '" + file + "'.",
                    e);
        }
    }

    /**
     * Returns the configuration of a service inside another program: it leaves logging alone, writes no request log, and
     * has its admin port somewhere on the loopback address.
     *
     * @param address where it listens; port 0 for a free one
     */
    public static TimestampServiceConfiguration embedded(TimestampServiceSettings settings, InetSocketAddress address) {
        LogbackAccessRequestLogFactory noRequestLog = new LogbackAccessRequestLogFactory();
        noRequestLog.setAppenders(List.of());
        DefaultServerFactory servers = new DefaultServerFactory();
        servers.setApplicationConnectors(List.of(connector(address)));
        servers.setAdminConnectors(List.of(connector(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
        servers.setRequestLogFactory(noRequestLog);
        TimestampServiceConfiguration configuration = new TimestampServiceConfiguration(settings);
        configuration.setServerFactory(servers);
        configuration.setLoggingFactory(new ExternalLoggingFactory());
        return configuration;
    }

    /**
     * Starts a service on the time of the running system.
     *
     * @throws TimestampException what opening the bound store throws, or {@link ErrorCode#INVALID_CONFIGURATION} when the
     *     service can't listen where it is told to
     */
    public static TimestampServer start(TimestampServiceConfiguration configuration) {
        return start(configuration, TimestampServiceApplication.systemSeams(), UUID::randomUUID);
    }

    /**
     * Starts a service.
     *
     * @param seams times of the oracles
     * @param ids names this process and its errors
     */
    public static TimestampServer start(
            TimestampServiceConfiguration configuration, OracleSeams seams, Supplier<UUID> ids) {
        TimestampServiceApplication application = new TimestampServiceApplication(seams, ids);
        try {
            Bootstrap<TimestampServiceConfiguration> bootstrap = bootstrap(application);
            bootstrap.registerMetrics();
            configuration.getLoggingFactory().configure(bootstrap.getMetricRegistry(), application.getName());
            Environment environment = environment(bootstrap, configuration);
            bootstrap.run(configuration, environment);
            application.run(configuration, environment);
            Server server = configuration.getServerFactory().build(environment);
            for (Connector connector : server.getConnectors()) {
                ((AbstractConnector) connector).setShutdownIdleTimeout(IDLE_AT_STOP_MILLIS);
            }
            server.start();
            return new TimestampServer(
                    application, server, configuration.oracle().basePath());
        } catch (TimestampException e) {
            application.close();
            throw e;
        } catch (Exception e) {
            application.close();
            throw cannotStart(e);
        }
    }

    /** Returns the port on which the service listens. */
    public int port() {
        return connector(APPLICATION_CONNECTOR).getLocalPort();
    }

    /** Returns the port of health checks and metrics. */
    public int adminPort() {
        return connector(ADMIN_CONNECTOR).getLocalPort();
    }

    /** Returns the service's address for clients on this machine, base path included. */
    public URI endpoint() {
        String path = basePath.endsWith("/") ? basePath.substring(0, basePath.length() - 1) : basePath;
        String host = connector(APPLICATION_CONNECTOR).getHost();
        boolean isAnyHost = host == null || host.equals("0.0.0.0") || host.equals("::");
        String reachable = isAnyHost ? "127.0.0.1" : host;
        String quoted = reachable.contains(":") ? "[" + reachable + "]" : reachable;
        return URI.create("http://" + quoted + ":" + port() + path);
    }

    /**
     * Waits until the service has been stopped.
     *
     * @throws InterruptedException when the thread is interrupted
     */
    public void awaitStop() throws InterruptedException {
        server.join();
    }

    /** Answers the requests that are under way, stops, and frees the data directory. Closing twice does nothing. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new TimestampException(
                    ErrorCode.INTERNAL, "cannot stop the timestamp service: " + e.getMessage(), "", e);
        } finally {
            application.close();
        }
    }

    private static TimestampServiceApplication application() {
        return new TimestampServiceApplication(TimestampServiceApplication.systemSeams(), UUID::randomUUID);
    }

    private static Bootstrap<TimestampServiceConfiguration> bootstrap(TimestampServiceApplication application) {
        Bootstrap<TimestampServiceConfiguration> bootstrap = new Bootstrap<>(application);
        application.initialize(bootstrap);
        return bootstrap;
    }

    private static Environment environment(
            Bootstrap<TimestampServiceConfiguration> bootstrap, TimestampServiceConfiguration configuration) {
        Environment environment = new Environment(
                bootstrap.getApplication().getName(),
                bootstrap.getObjectMapper(),
                bootstrap.getValidatorFactory(),
                bootstrap.getMetricRegistry(),
                bootstrap.getClassLoader(),
                bootstrap.getHealthCheckRegistry(),
                configuration);
        configuration.getMetricsFactory().configure(environment.lifecycle(), bootstrap.getMetricRegistry());
        configuration.getServerFactory().configure(environment);
        return environment;
    }

    private static HttpConnectorFactory connector(InetSocketAddress address) {
        HttpConnectorFactory connector = new HttpConnectorFactory();
        connector.setBindHost(
                address.isUnresolved()
                        ? address.getHostString()
                        : address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        return connector;
    }

    private ServerConnector connector(String name) {
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof ServerConnector socket && name.equals(socket.getName())) {
                return socket;
            }
        }
        throw new IllegalStateException("connector: '" + name + "' (expected: one of this name)");
    }

    private static TimestampException cannotStart(Exception cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new TimestampException(
                ErrorCode.INVALID_CONFIGURATION,
                "cannot start the timestamp service: " + cause.getMessage()
                        + (root == cause ? "" : ": " + root.getMessage()),
                "Check the addresses and ports under 'server' in its configuration.",
                cause);
    }
}
