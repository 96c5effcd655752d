package dev.tidemark.coordinator.service.metrics;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.notification.Outbox;
import dev.tidemark.coordinator.service.observation.OrderObserver;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.scheduled.ScheduleLoop;
import dev.tidemark.coordinator.service.watch.CoverageWatch;
import dev.tidemark.coordinator.service.watch.NamespaceWatch;
import dev.tidemark.coordinator.service.watch.OracleWatch;
import dev.tidemark.timestamp.web.MetricsServlet;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.http.HttpServlet;
import java.util.Collection;
import java.util.List;

/** All numbers that the service has for Prometheus. Thread-safe. */
public final class ServiceMetrics {
    /** Where they are, on the admin port. */
    public static final String PATH = "/prometheus";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Collection<String> namespaces;
    private final EngineSeams seams;
    private final OperationMetrics operations;

    /** @param namespaces those of the configuration */
    public ServiceMetrics(Collection<String> namespaces, EngineSeams seams) {
        this.namespaces = namespaces;
        this.seams = seams;
        operations = new OperationMetrics(namespaces, seams.monotonicClock(), registry);
    }

    /** Returns who counts what operations do. */
    public OrderObserver operations() {
        return operations;
    }

    /** Adds how namespaces are. */
    public void add(NamespaceWatch watch, CoverageWatch coverage, OracleWatch oracle) {
        new NamespaceMetrics(watch, seams.clock(), registry).register(coverage, oracle);
    }

    /** Adds orders and schedules. */
    public void add(OperationDesk desk, ScheduleLoop schedules) {
        OrderMetrics.register(namespaces, desk, schedules, registry);
    }

    /** Adds memory, collections of garbage, threads and the like. */
    public void addProcess() {
        JvmMetrics.builder().register(registry);
    }

    /** Adds what becomes of notifications. */
    public void add(List<Outbox> outboxes) {
        NotificationMetrics.register(outboxes, registry);
    }

    /** Returns what answers a scrape. */
    public HttpServlet servlet() {
        return new MetricsServlet(registry);
    }
}
