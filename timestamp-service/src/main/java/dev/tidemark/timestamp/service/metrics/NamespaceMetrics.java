package dev.tidemark.timestamp.service.metrics;

import dev.tidemark.timestamp.oracle.NamespaceView;
import dev.tidemark.timestamp.oracle.OracleHost;
import dev.tidemark.timestamp.service.watch.ImmutableTimestampAlarm;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.ToDoubleFunction;

/** How the namespaces are that were used since this server leads; none while another one does. */
final class NamespaceMetrics {
    private static final String NAMESPACE = "namespace";
    private static final double MILLIS = 1000;

    private final OracleHost host;
    private final ImmutableTimestampAlarm alarm;
    private final InstantSource clock;

    NamespaceMetrics(OracleHost host, ImmutableTimestampAlarm alarm, InstantSource clock) {
        this.host = host;
        this.alarm = alarm;
        this.clock = clock;
    }

    void register(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("tidemark_oracle_timestamps_issued")
                .help("Timestamps that were issued since this server opened the namespace.")
                .labelNames(NAMESPACE)
                .callback(callback ->
                        host.views(1).forEach(view -> callback.call((double) view.issued(), view.namespace())))
                .register(registry);
        gauge(
                registry,
                "tidemark_oracle_bound_headroom",
                "Timestamps that can be issued before the bound has to be written again.",
                view -> view.bound() - view.lastTimestamp());
        gauge(
                registry,
                "tidemark_oracle_immutable_timestamp_lag",
                "How many timestamps the immutable one is behind the last one.",
                NamespaceView::lag);
        gauge(
                registry,
                "tidemark_oracle_oldest_lease_seconds",
                "Age of the oldest lease, which holds the immutable timestamp; 0 when there is none.",
                view -> seconds(view.oldestAge()));
        gauge(registry, "tidemark_oracle_leases", "Leases on the immutable timestamp.", NamespaceView::leases);
        gauge(
                registry,
                "tidemark_oracle_fenced",
                "1 while a fence is up, else 0.",
                view -> view.fenceId().isEmpty() ? 0 : 1);
        gauge(
                registry,
                "tidemark_oracle_stopped",
                "1 when nothing is issued any more until a restart, else 0.",
                view -> view.isStopped() ? 1 : 0);
        registerTimeIndex(registry);
        registerHolders(registry);
    }

    private void registerTimeIndex(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("tidemark_oracle_time_index_age_seconds")
                .help("How long ago the newest point of the time index was; it ages while nothing is issued.")
                .labelNames(NAMESPACE)
                .callback(callback -> host.lastPoints()
                        .forEach((namespace, point) -> callback.call(
                                Math.max(0, seconds(Duration.between(point.instant(), clock.instant()))), namespace)))
                .register(registry);
    }

    private void registerHolders(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("tidemark_oracle_immutable_timestamp_stands_still_seconds")
                .help("Age of the lease that holds the immutable timestamp back for longer than it should.")
                .labelNames(NAMESPACE, "holder")
                .callback(callback -> alarm.holders()
                        .forEach((namespace, lease) -> callback.call(
                                seconds(lease.age()), namespace, lease.token().toString())))
                .register(registry);
    }

    private void gauge(PrometheusRegistry registry, String name, String help, ToDoubleFunction<NamespaceView> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(NAMESPACE)
                .callback(callback ->
                        host.views(1).forEach(view -> callback.call(value.applyAsDouble(view), view.namespace())))
                .register(registry);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / MILLIS;
    }
}
