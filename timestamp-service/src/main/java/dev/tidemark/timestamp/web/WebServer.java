package dev.tidemark.timestamp.web;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A Dropwizard application that runs in this process without Dropwizard's command line. */
public final class WebServer implements AutoCloseable {
    private static final String APPLICATION_CONNECTOR = "application";
    private static final String ADMIN_CONNECTOR = "admin";

    /** How long a stop waits for connections without a request; every request is answered faster than this. */
    private static final long IDLE_AT_STOP_MILLIS = 100;

    private final Server server;

    private WebServer(Server server) {
        this.server = server;
    }

    /**
     * Reads a configuration file as the application's {@code initialize} prepares it.
     *
     * @throws ConfigurationException when a key is not known, with the nearest one, or a value is not acceptable
     * @throws IOException when the file can't be read
     */
    public static <C extends Configuration> C readConfiguration(Application<C> application, Class<C> type, Path file)
            throws ConfigurationException, IOException {
        Bootstrap<C> bootstrap = bootstrap(application);
        return bootstrap
                .getConfigurationFactoryFactory()
                .create(type, bootstrap.getValidatorFactory().getValidator(), bootstrap.getObjectMapper(), "dw")
                .build(bootstrap.getConfigurationSourceProvider(), file.toString());
    }

    /**
     * Returns connectors for a service inside another program: it writes no request log, and has its admin port somewhere on the
     * loopback address.
     *
     * @param address where it listens; port 0 for a free one
     */
    public static DefaultServerFactory embedded(InetSocketAddress address) {
        LogbackAccessRequestLogFactory noRequestLog = new LogbackAccessRequestLogFactory();
        noRequestLog.setAppenders(List.of());
        DefaultServerFactory servers = connectors(address, loopback(0));
        servers.setRequestLogFactory(noRequestLog);
        return servers;
    }

    /** Returns connectors for clients on this machine. */
    public static DefaultServerFactory onLoopback(int port, int adminPort) {
        return connectors(loopback(port), loopback(adminPort));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static DefaultServerFactory connectors(InetSocketAddress address, InetSocketAddress adminAddress) {
        DefaultServerFactory servers = new DefaultServerFactory();
        servers.setApplicationConnectors(List.of(connector(address)));
        servers.setAdminConnectors(List.of(connector(adminAddress)));
        return servers;
    }

    /**
     * Starts an application.
     *
     * @throws Exception what the application throws when it runs, or the server when it can't listen
     */
    public static <C extends Configuration> WebServer start(Application<C> application, C configuration)
            throws Exception {
        Bootstrap<C> bootstrap = bootstrap(application);
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
        return new WebServer(server);
    }

    /** Says why a server could not start: the failure's message, and that of what is behind it. */
    public static String reason(Exception failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return failure.getMessage() + (root == failure ? "" : ": " + root.getMessage());
    }

    /** Returns the port on which the service listens. */
    public int port() {
        return connector(APPLICATION_CONNECTOR).getLocalPort();
    }

    /** Returns the port of health checks and metrics. */
    public int adminPort() {
        return connector(ADMIN_CONNECTOR).getLocalPort();
    }

    /**
     * Returns the service's address for clients on this machine.
     *
     * @param basePath what comes before every path; a slash at its end is dropped
     */
    public URI endpoint(String basePath) {
        String path = basePath.endsWith("/") ? basePath.substring(0, basePath.length() - 1) : basePath;
        ServerConnector connector = connector(APPLICATION_CONNECTOR);
        String host = connector.getHost();
        boolean isAnyHost = host == null || host.equals("0.0.0.0") || host.equals("::");
        String reachable = isAnyHost ? "127.0.0.1" : host;
        String quoted = reachable.contains(":") ? "[" + reachable + "]" : reachable;
        boolean isTls = connector.getProtocols().stream().anyMatch("SSL"::equalsIgnoreCase);
        return URI.create((isTls ? "https" : "http") + "://" + quoted + ":" + port() + path);
    }

    /**
     * Waits until the service has been stopped.
     *
     * @throws InterruptedException when the thread is interrupted
     */
    public void awaitStop() throws InterruptedException {
        server.join();
    }

    /**
     * Answers the requests that are under way, and stops. Closing twice does nothing.
     *
     * @throws Exception what the server throws
     */
    @Override
    public void close() throws Exception {
        server.stop();
    }

    private static <C extends Configuration> Bootstrap<C> bootstrap(Application<C> application) {
        Bootstrap<C> bootstrap = new Bootstrap<>(application);
        application.initialize(bootstrap);
        return bootstrap;
    }

    private static <C extends Configuration> Environment environment(Bootstrap<C> bootstrap, C configuration) {
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
        configuration
                .getHealthFactory()
                .ifPresent(health -> health.configure(
                        environment.lifecycle(),
                        environment.servlets(),
                        environment.jersey(),
                        environment.health(),
                        environment.getObjectMapper(),
                        environment.getName()));
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
}
