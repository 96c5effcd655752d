package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.hot.FairConnectorFactory;
import dev.tidemark.timestamp.hot.HotAccess;
import dev.tidemark.timestamp.hot.HotCounters;
import dev.tidemark.timestamp.hot.HotHandler;
import dev.tidemark.timestamp.hot.OpenOracles;
import dev.tidemark.timestamp.service.metrics.PathGroup;
import dev.tidemark.timestamp.service.metrics.RequestMetrics;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/** Puts the short way to fresh timestamps in front of a server that Dropwizard builds. */
final class HotPath {
    /** Dropwizard's name for the connectors that are not the admin port. */
    private static final String CONNECTOR = "application";

    private final OpenOracles oracles;
    private final HotAccess access;
    private final HotCounters counters;

    HotPath(OpenOracles oracles, HotAccess access, RequestMetrics metrics) {
        this.oracles = oracles;
        this.access = access;
        counters = new HotCounters(nanos -> metrics.answered(PathGroup.FRESH_TIMESTAMPS, HttpStatus.OK_200, nanos));
    }

    /** Returns what was counted. */
    HotCounters counters() {
        return counters;
    }

    /**
     * Puts it there when the server starts, which is built later, and has connections served in turn. The counters appear among the metrics of the admin port.
     *
     * @param basePath of the service
     */
    void install(DefaultServerFactory servers, String basePath, Environment environment) {
        environment.metrics().gauge("hot-path.requests", () -> counters::requests);
        environment.metrics().gauge("hot-path.timestamps", () -> counters::timestamps);
        environment.metrics().gauge("hot-path.passed-on", () -> counters::passedOn);
        servers.setApplicationConnectors(servers.getApplicationConnectors().stream()
                .map(FairConnectorFactory::of)
                .toList());
        String context = servers.getApplicationContextPath();
        String prefix = (context.endsWith("/") ? context.substring(0, context.length() - 1) : context) + basePath;
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                if (starting instanceof Server server) {
                    server.setHandler(
                            new HotHandler(prefix, CONNECTOR, oracles, access, counters, server.getHandler()));
                }
            }
        });
    }
}
