package dev.tidemark.coordinator.service.metrics;

import dev.tidemark.coordinator.service.watch.BackupFigures;
import dev.tidemark.coordinator.service.watch.CoverageWatch;
import dev.tidemark.coordinator.service.watch.NamespaceWatch;
import dev.tidemark.coordinator.service.watch.OracleWatch;
import dev.tidemark.coordinator.service.watch.SeenNamespace;
import dev.tidemark.coordinator.status.GoodBackup;
import dev.tidemark.coordinator.status.NamespaceStatus;
import dev.tidemark.coordinator.status.NextBackup;
import dev.tidemark.coordinator.status.StatusState;
import dev.tidemark.coordinator.verify.Coverage;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** How namespaces are, as the watches have seen them last. Ages go on growing between two readings, and when none succeeds. */
final class NamespaceMetrics {
    private static final String NAMESPACE = "namespace";
    private static final double MILLIS = 1000;

    private final NamespaceWatch watch;
    private final InstantSource clock;
    private final PrometheusRegistry registry;

    NamespaceMetrics(NamespaceWatch watch, InstantSource clock, PrometheusRegistry registry) {
        this.watch = watch;
        this.clock = clock;
        this.registry = registry;
    }

    void register(CoverageWatch coverage, OracleWatch oracle) {
        registerStatus();
        registerNewestBackup();
        registerOrders();
        registerWatch();
        registerCoverage(coverage);
        registerOracle(oracle);
    }

    private void registerStatus() {
        gauge(
                "tidemark_backup_age_seconds",
                "Age of the state that the newest good backup holds.",
                callback -> watch.seen().forEach((namespace, seen) -> {
                    GoodBackup good = seen.status().newestGood();
                    if (good.isPresent()) {
                        callback.call(since(good.timeAtBackupTimestamp()), namespace);
                    }
                }));
        gauge(
                "tidemark_backup_age_objective_seconds",
                "Greatest age that the objective allows.",
                callback -> watch.namespaces().forEach(namespace -> {
                    Duration limit = watch.objectives(namespace).maxAge();
                    if (!limit.isZero()) {
                        callback.call(seconds(limit), namespace);
                    }
                }));
        gauge(
                "tidemark_backup_overdue_seconds",
                "How long ago the next backup was due that has not come; 0 when none is overdue.",
                callback -> watch.seen().forEach((namespace, seen) -> {
                    NextBackup next = seen.status().next();
                    callback.call(next.isDue(clock.instant()) ? since(next.due()) : 0, namespace);
                }));
        GaugeWithCallback.builder()
                .name("tidemark_problems")
                .help("Problems of a namespace that make its state this one.")
                .labelNames(NAMESPACE, "state")
                .callback(callback -> watch.seen().forEach((namespace, seen) -> {
                    for (StatusState state : StatusState.values()) {
                        if (state != StatusState.OK) {
                            callback.call((double) count(seen.status(), state), namespace, word(state));
                        }
                    }
                }))
                .register(registry);
        status("tidemark_backups", "Backups whose manifests can be believed.", NamespaceStatus::backups);
        status("tidemark_holds", "Holds on backups that count.", status -> status.holds()
                .size());
        status(
                "tidemark_failed_operations",
                "Operations that have failed since the newest good backup.",
                status -> status.failures().size());
        status(
                "tidemark_operation_silence_seconds",
                "How long nobody has worked on the unfinished operation; 0 when somebody does, or there is none.",
                status -> seconds(status.operation().silence()));
    }

    private void registerNewestBackup() {
        gauge("tidemark_backup_duration_seconds", "How long the newest good backup took.", callback -> watch.seen()
                .forEach((namespace, seen) -> {
                    GoodBackup good = seen.status().newestGood();
                    if (good.isPresent()) {
                        callback.call(seconds(good.duration()), namespace);
                    }
                }));
        newest(
                "tidemark_backup_hold_seconds",
                "How long the newest good backup held the immutable timestamp.",
                figures -> seconds(figures.held()));
        newest(
                "tidemark_backup_lease_renewals",
                "How often the newest good backup renewed its lease on the immutable timestamp.",
                BackupFigures::leaseRenewals);
        newest("tidemark_backup_raw_bytes", "Bytes of the files of the newest good backup.", figures -> figures.sizes()
                .rawBytes());
        newest("tidemark_backup_read_bytes", "Bytes that it read from the nodes.", figures -> figures.sizes()
                .readBytes());
        newest("tidemark_backup_stored_bytes", "Bytes that it added to the archive.", figures -> figures.sizes()
                .storedBytes());
        newest(
                "tidemark_backup_dedupe_ratio",
                "Share of its bytes that the archive had already.",
                BackupFigures::dedupeRatio);
    }

    private void registerOrders() {
        gauge(
                "tidemark_orders_unended",
                "Orders in the archive that have not ended, of all processes.",
                callback -> watch.seen().forEach((namespace, seen) -> callback.call(seen.unendedOrders(), namespace)));
        gauge(
                "tidemark_order_oldest_seconds",
                "How long ago the oldest of them was accepted; 0 when there is none.",
                callback -> watch.seen().forEach((namespace, seen) -> callback.call(oldest(seen), namespace)));
    }

    private void registerWatch() {
        gauge(
                "tidemark_watch_age_seconds",
                "How long ago the last reading of the namespace succeeded.",
                callback -> watch.namespaces()
                        .forEach(namespace -> callback.call(seconds(watch.age(namespace)), namespace)));
        CounterWithCallback.builder()
                .name("tidemark_watch_failures")
                .help("Readings of the namespace that failed.")
                .labelNames(NAMESPACE)
                .callback(callback -> watch.namespaces()
                        .forEach(namespace -> callback.call((double) watch.failureCount(namespace), namespace)))
                .register(registry);
        GaugeWithCallback.builder()
                .name("tidemark_archive_up")
                .help("1 when the archive answered when it was asked last, else 0.")
                .callback(callback ->
                        callback.call(watch.archiveFailure().isEmpty() && !watch.isArchiveAnswerStale() ? 1 : 0))
                .register(registry);
    }

    private void registerCoverage(CoverageWatch coverage) {
        gauge(
                "tidemark_verification_coverage_ratio",
                "Share of the bytes of all backups that was read and right within the time.",
                callback -> coverage.seen().forEach((namespace, seen) -> callback.call(ratio(seen), namespace)));
        gauge(
                "tidemark_verification_damaged_bytes",
                "Bytes of packs that backups need and that are damaged.",
                callback -> coverage.seen()
                        .forEach((namespace, seen) ->
                                callback.call((double) seen.damaged().bytes(), namespace)));
    }

    private void registerOracle(OracleWatch oracle) {
        GaugeWithCallback.builder()
                .name("tidemark_oracle_up")
                .help("1 when the oracle answered when it was asked last, 0 when not; missing while nobody asks it.")
                .callback(callback -> {
                    OracleWatch.State state = oracle.seen().state();
                    if (state != OracleWatch.State.NOT_ASKED) {
                        callback.call(state == OracleWatch.State.ANSWERS ? 1 : 0);
                    }
                })
                .register(registry);
        gauge(
                "tidemark_immutable_timestamp_lag_seconds",
                "How long ago the first timestamp above the immutable timestamp was issued.",
                callback -> oracle.seen().lags().forEach((namespace, lag) -> callback.call(seconds(lag), namespace)));
    }

    private void status(String name, String help, ToDoubleFunction<NamespaceStatus> value) {
        gauge(name, help, callback -> watch.seen()
                .forEach((namespace, seen) -> callback.call(value.applyAsDouble(seen.status()), namespace)));
    }

    private void newest(String name, String help, ToDoubleFunction<BackupFigures> value) {
        gauge(name, help, callback -> watch.seen().forEach((namespace, seen) -> seen.newest()
                .forEach(figures -> callback.call(value.applyAsDouble(figures), namespace))));
    }

    private void gauge(String name, String help, Consumer<GaugeWithCallback.Callback> values) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(NAMESPACE)
                .callback(values)
                .register(registry);
    }

    private double oldest(SeenNamespace seen) {
        return seen.unendedOrders() == 0 ? 0 : since(seen.oldestOrderAt());
    }

    /** Clocks differ: what is in the future is of now. */
    private double since(Instant instant) {
        return Math.max(0, seconds(Duration.between(instant, clock.instant())));
    }

    private static double ratio(Coverage seen) {
        return seen.all().bytes() == 0
                ? 1
                : seen.fresh().bytes() / (double) seen.all().bytes();
    }

    private static long count(NamespaceStatus status, StatusState state) {
        return status.problems().stream()
                .filter(problem -> problem.state() == state)
                .count();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / MILLIS;
    }

    private static String word(StatusState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
