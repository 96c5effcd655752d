package dev.tidemark.coordinator.service;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.config.NamespaceConfiguration;
import dev.tidemark.coordinator.config.Wiring;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.outbound.HostResolver;
import dev.tidemark.coordinator.service.health.ArchiveHealthCheck;
import dev.tidemark.coordinator.service.health.NamespaceHealthCheck;
import dev.tidemark.coordinator.service.health.OracleHealthCheck;
import dev.tidemark.coordinator.service.health.ScheduleHealthCheck;
import dev.tidemark.coordinator.service.health.WatchHealthCheck;
import dev.tidemark.coordinator.service.metrics.ServiceMetrics;
import dev.tidemark.coordinator.service.notification.OrderNotices;
import dev.tidemark.coordinator.service.notification.StatusNotices;
import dev.tidemark.coordinator.service.notification.channels.Notifications;
import dev.tidemark.coordinator.service.observation.ObservedOrderRunner;
import dev.tidemark.coordinator.service.observation.OrderObserver;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OrderBooks;
import dev.tidemark.coordinator.service.operations.OrderRunner;
import dev.tidemark.coordinator.service.scheduled.ScheduleLoop;
import dev.tidemark.coordinator.service.trace.Tracing;
import dev.tidemark.coordinator.service.view.Views;
import dev.tidemark.coordinator.service.watch.CoverageWatch;
import dev.tidemark.coordinator.service.watch.MonitoringConfiguration;
import dev.tidemark.coordinator.service.watch.NamespaceReader;
import dev.tidemark.coordinator.service.watch.NamespaceWatch;
import dev.tidemark.coordinator.service.watch.OracleWatch;
import dev.tidemark.coordinator.service.watch.SeenNamespace;
import dev.tidemark.coordinator.status.StatusReader;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** What watches the service and tells of it: watches in the background, metrics, health checks, notifications, traces. */
final class Monitoring implements AutoCloseable {
    private final EngineSeams seams;
    private final NamespaceWatch watch;
    private final CoverageWatch coverage;
    private final OracleWatch oracle;
    private final ServiceMetrics metrics;
    private final Notifications notifications;
    private final Duration remindEvery;
    private final Optional<Tracing> tracing;

    /** Creates all of it; nothing begins before {@link #start}. */
    Monitoring(
            ServiceConfiguration configuration,
            Wiring wiring,
            StatusReader reader,
            OrderBooks orders,
            Views views,
            EngineSeams seams) {
        this.seams = seams;
        MonitoringConfiguration settings = configuration.monitoring();
        Map<String, NamespaceConfiguration> namespaces =
                new TreeMap<>(configuration.tidemark().namespaces());
        Archive archive = wiring.archive();
        watch = new NamespaceWatch(
                new NamespaceReader(
                        archive,
                        reader,
                        name -> namespaces.get(name).objective().toObjectives(),
                        orders,
                        views::namespace,
                        seams),
                namespaces.keySet(),
                seams,
                settings);
        Map<String, Duration> within = new TreeMap<>();
        namespaces.forEach(
                (name, namespace) -> within.put(name, namespace.verification().within()));
        coverage = new CoverageWatch(archive, within, seams, settings);
        oracle = new OracleWatch(wiring::oracleToWatch, namespaces.keySet(), seams, settings);
        metrics = new ServiceMetrics(namespaces.keySet(), seams);
        notifications = Notifications.create(configuration.notifications(), HostResolver.system(), seams);
        remindEvery = configuration.notifications().remindEvery();
        tracing = configuration.tracing().map(Tracing::open);
    }

    /** Returns what was seen of a namespace when it was read last, if that is recent. */
    Optional<SeenNamespace> recent(String namespace) {
        return watch.recent(namespace);
    }

    /** Returns a runner that does what the given one does, and is watched. */
    OrderRunner watched(OrderRunner runner) {
        List<OrderObserver> observers = new ArrayList<>(List.of(metrics.operations()));
        tracing.ifPresent(present -> observers.add(present.observer()));
        return new ObservedOrderRunner(runner, observers);
    }

    /**
     * Begins, before the first order is carried out.
     *
     * @param leads tells whether this instance leads; the others notify nobody
     */
    void start(Environment environment, OperationDesk desk, ScheduleLoop schedules, BooleanSupplier leads) {
        metrics.add(watch, coverage, oracle);
        metrics.add(desk, schedules);
        metrics.add(notifications.outboxes());
        metrics.addProcess();
        environment.admin().addServlet("prometheus", metrics.servlet()).addMapping(ServiceMetrics.PATH);
        environment.healthChecks().register("archive", new ArchiveHealthCheck(watch));
        environment.healthChecks().register("namespaces", new NamespaceHealthCheck(watch));
        environment.healthChecks().register("oracle", new OracleHealthCheck(oracle));
        environment.healthChecks().register("schedules", new ScheduleHealthCheck(schedules::problems));
        environment.healthChecks().register("watch", new WatchHealthCheck(watch));
        desk.whenEnded(ended -> watch.refresh(ended.namespace()));
        desk.whenEnded(new OrderNotices(notifications, seams));
        watch.tell(new StatusNotices(notifications, remindEvery, leads, seams));
        notifications.start();
        environment.lifecycle().manage(managed());
    }

    /** Ends the watches first: nothing is told of a service that stops. */
    @Override
    public void close() {
        watch.close();
        coverage.close();
        oracle.close();
        notifications.close();
        tracing.ifPresent(Tracing::close);
    }

    /** The watches begin when the server does: a server that can't listen leaves nothing running. */
    private Managed managed() {
        return new Managed() {
            @Override
            public void start() {
                watch.start();
                coverage.start();
                oracle.start();
            }
        };
    }
}
