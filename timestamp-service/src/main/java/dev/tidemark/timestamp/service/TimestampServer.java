package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.service.store.RaftStoreSettings;
import dev.tidemark.timestamp.web.WebServer;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.logging.common.ExternalLoggingFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Supplier;

/** A running timestamp service. Starting returns when it answers; closing returns when its data directory is free. */
public final class TimestampServer implements AutoCloseable {
    private final TimestampServiceApplication application;
    private final WebServer server;
    private final String basePath;

    private TimestampServer(TimestampServiceApplication application, WebServer server, String basePath) {
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
        try {
            return WebServer.readConfiguration(application(), TimestampServiceConfiguration.class, file);
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
     * Makes the empty data directory of a service that of the first server of a new cluster.
     *
     * @return the cluster's number
     * @throws TimestampException {@link ErrorCode#INVALID_CONFIGURATION} when its store is not of type {@code raft}, and {@link
     *     ErrorCode#NOT_ALLOWED_NOW} when the directory has data
     */
    public static UUID createCluster(Path file) {
        if (!(readConfiguration(file).oracle().store() instanceof RaftStoreSettings raft)) {
            throw new TimestampException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the store of '" + file + "' is not of type 'raft'",
                    "Start the service; only servers that keep the bounds themselves form a cluster.");
        }
        UUID cluster = UUID.randomUUID();
        raft.createCluster(cluster);
        return cluster;
    }

    /**
     * Returns the configuration of a service inside another program: it leaves logging alone, writes no request log, and
     * has its admin port somewhere on the loopback address, and does not warm up.
     *
     * @param address where it listens; port 0 for a free one
     */
    public static TimestampServiceConfiguration embedded(TimestampServiceSettings settings, InetSocketAddress address) {
        TimestampServiceConfiguration configuration = new TimestampServiceConfiguration(settings);
        configuration.setServerFactory(WebServer.embedded(address));
        configuration.setLoggingFactory(new ExternalLoggingFactory());
        configuration.setHotPath(HotPathSettings.DEFAULT.cold());
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
            WebServer server = WebServer.start(application, configuration);
            return new TimestampServer(
                    application, server, configuration.oracle().basePath());
        } catch (TimestampException e) {
            application.close();
            throw e;
        } catch (Exception e) {
            application.close();
            throw new TimestampException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "cannot start the timestamp service: " + WebServer.reason(e),
                    "Check the addresses and ports under 'server' in its configuration.",
                    e);
        }
    }

    /** Returns the port on which the service listens. */
    public int port() {
        return server.port();
    }

    /** Returns the port of health checks and metrics. */
    public int adminPort() {
        return server.adminPort();
    }

    /** Returns the service's address for clients on this machine, base path included. */
    public URI endpoint() {
        return server.endpoint(basePath);
    }

    /**
     * Waits until the service has been stopped.
     *
     * @throws InterruptedException when the thread is interrupted
     */
    public void awaitStop() throws InterruptedException {
        server.awaitStop();
    }

    /** Answers the requests that are under way, stops, and frees the data directory. Closing twice does nothing. */
    @Override
    public void close() {
        try {
            server.close();
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
}
