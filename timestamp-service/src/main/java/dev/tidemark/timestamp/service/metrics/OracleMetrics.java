package dev.tidemark.timestamp.service.metrics;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.oracle.OracleHost;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.service.watch.ImmutableTimestampAlarm;
import dev.tidemark.timestamp.web.MetricsServlet;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;

/** All numbers that the timestamp service has for Prometheus. Thread-safe. */
public final class OracleMetrics {
    /** Where they are, on the admin port. */
    public static final String PATH = "/prometheus";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final MonotonicClock clock;
    private final RequestMetrics requests;
    private final StoreMetrics store;

    /** @param clock measures requests and calls of the store */
    public OracleMetrics(MonotonicClock clock) {
        this.clock = clock;
        requests = new RequestMetrics(registry);
        store = new StoreMetrics(clock, registry);
    }

    /** Returns the store with its calls measured; a shared one is shared still. */
    public BoundStore measured(BoundStore measured) {
        return store.measure(measured);
    }

    /** Adds how leadership and the namespaces are, and this process. */
    public void add(OracleHost host, ImmutableTimestampAlarm alarm, OracleSeams seams) {
        LeadershipMetrics.register(host, registry);
        new NamespaceMetrics(host, alarm, seams.clock()).register(registry);
        JvmMetrics.builder().register(registry);
    }

    /** Returns who counts requests, for what answers them without servlets. */
    public RequestMetrics requests() {
        return requests;
    }

    /** Returns what counts the requests that are answered by servlets. */
    public Filter filter() {
        return new RequestMetricsFilter(requests, clock);
    }

    /** Returns what answers a scrape. */
    public HttpServlet servlet() {
        return new MetricsServlet(registry);
    }
}
