package dev.tidemark.timestamp.service.metrics;

import dev.tidemark.timestamp.oracle.LeadershipView;
import dev.tidemark.timestamp.oracle.LeadershipView.State;
import dev.tidemark.timestamp.oracle.OracleHost;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.ToDoubleFunction;

/** Who leads, as this process sees it. */
final class LeadershipMetrics {
    private static final double MILLIS = 1000;

    private LeadershipMetrics() {}

    static void register(OracleHost host, PrometheusRegistry registry) {
        gauge(
                "tidemark_oracle_leading",
                "1 while this server issues timestamps as far as leadership goes, else 0.",
                view -> view.isLeading() ? 1 : 0,
                host,
                registry);
        gauge(
                "tidemark_oracle_leader_known",
                "1 while this server leads or knows a leader that renews its lease, else 0.",
                view -> view.isLeading() || view.state() == State.FOLLOWING ? 1 : 0,
                host,
                registry);
        gauge(
                "tidemark_oracle_epoch",
                "Epoch of this server's term, or of the leader's record that it has seen last.",
                LeadershipView::epoch,
                host,
                registry);
        gauge(
                "tidemark_oracle_lease_left_seconds",
                "What is left of the lease of this server; 0 when it has none.",
                view -> Math.max(0, view.leaseLeft().toMillis() / MILLIS),
                host,
                registry);
        counter(
                "tidemark_oracle_elections",
                "Terms that this server has begun.",
                view -> view.counts().elections(),
                host,
                registry);
        counter(
                "tidemark_oracle_lease_renewals",
                "Renewals of the lease of this server that have succeeded.",
                view -> view.counts().renewals(),
                host,
                registry);
        counter(
                "tidemark_oracle_lease_failures",
                "Attempts to read or write the leader's record that have failed.",
                view -> view.counts().failures(),
                host,
                registry);
    }

    private static void gauge(
            String name,
            String help,
            ToDoubleFunction<LeadershipView> value,
            OracleHost host,
            PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.applyAsDouble(host.leadership())))
                .register(registry);
    }

    private static void counter(
            String name,
            String help,
            ToDoubleFunction<LeadershipView> value,
            OracleHost host,
            PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.applyAsDouble(host.leadership())))
                .register(registry);
    }
}
