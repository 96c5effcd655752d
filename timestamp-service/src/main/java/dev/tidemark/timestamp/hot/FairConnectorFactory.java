package dev.tidemark.timestamp.hot;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.ThreadPool;

/** Builds a connector as it is configured, that serves its connections in turn. */
public final class FairConnectorFactory implements ConnectorFactory {
    private final ConnectorFactory configured;

    private FairConnectorFactory(ConnectorFactory configured) {
        this.configured = configured;
    }

    /** Returns a factory of fair connectors for one of plain HTTP/1.1, and any other as it is. */
    public static ConnectorFactory of(ConnectorFactory configured) {
        return configured.getClass() == HttpConnectorFactory.class ? new FairConnectorFactory(configured) : configured;
    }

    @Override
    public Connector build(Server server, MetricRegistry metrics, String name, ThreadPool threadPool) {
        Connector built = configured.build(server, metrics, name, threadPool);
        return built instanceof ServerConnector model ? FairConnector.like(model, server, threadPool) : built;
    }
}
