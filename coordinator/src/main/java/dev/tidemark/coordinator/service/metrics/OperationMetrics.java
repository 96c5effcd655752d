package dev.tidemark.coordinator.service.metrics;

import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.service.observation.OrderObserver;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.MonotonicClock;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;

/** What this process does: how long operations and their steps take, how they end, and what they move. Thread-safe. */
final class OperationMetrics implements OrderObserver {
    private static final String NAMESPACE = "namespace";
    private static final String TYPE = "type";
    private static final double NANOS = 1e9;

    private final MonotonicClock clock;
    private final Summary durations;
    private final Summary steps;
    private final Counter bytes;
    private final Counter renewals;

    OperationMetrics(Collection<String> namespaces, MonotonicClock clock, PrometheusRegistry registry) {
        this.clock = clock;
        durations = Summary.builder()
                .name("tidemark_operation_seconds")
                .help("What was done for orders: how often, and how long it took.")
                .labelNames(NAMESPACE, TYPE, "outcome")
                .register(registry);
        steps = Summary.builder()
                .name("tidemark_step_seconds")
                .help("Steps of operations that have ended well: how often, and how long they took.")
                .labelNames(TYPE, "step")
                .register(registry);
        bytes = Counter.builder()
                .name("tidemark_backup_processed_bytes")
                .help("Bytes that the backups of this process had (raw), read, found new, and stored.")
                .labelNames(NAMESPACE, "kind")
                .register(registry);
        renewals = Counter.builder()
                .name("tidemark_lock_renewals")
                .help("Renewals of the lock of a namespace in the background.")
                .labelNames(NAMESPACE, "outcome")
                .register(registry);
        for (String namespace : namespaces) {
            renewals.initLabelValues(namespace, "renewed");
            renewals.initLabelValues(namespace, "failed");
            for (String kind : new String[] {"raw", "read", "new", "stored"}) {
                bytes.initLabelValues(namespace, kind);
            }
        }
    }

    @Override
    public Observation begun(String namespace, String type) {
        return new Timed(namespace, type);
    }

    private void moved(String namespace, BackupReport report) {
        bytes.labelValues(namespace, "raw").inc(report.rawBytes());
        bytes.labelValues(namespace, "read").inc(report.readBytes());
        bytes.labelValues(namespace, "new").inc(report.newRawBytes());
        bytes.labelValues(namespace, "stored").inc(report.storedBytes());
    }

    private static boolean isInterruption(RuntimeException failure) {
        return failure instanceof TidemarkException known && known.code() == ErrorCode.INTERRUPTED;
    }

    /** Calls may come from several threads, one at a time. */
    private final class Timed implements Observation {
        private final String namespace;
        private final String orderType;
        private final long begunNanos = clock.nanoTime();
        private volatile String type;
        private volatile long stepNanos;

        private Timed(String namespace, String type) {
            this.namespace = namespace;
            this.orderType = type;
            this.type = type;
        }

        @Override
        public void operationStarted(String operationId, String ofType, String ofNamespace, boolean isResumed) {
            type = ofType;
        }

        @Override
        public void stepStarted(String operationId, String step) {
            stepNanos = clock.nanoTime();
        }

        @Override
        public void stepFinished(String operationId, String step) {
            steps.labelValues(type, step).observe((clock.nanoTime() - stepNanos) / NANOS);
        }

        @Override
        public void lockRenewed(String operationId) {
            renewals.labelValues(namespace, "renewed").inc();
        }

        @Override
        public void lockRenewalFailed(String operationId, String reason) {
            renewals.labelValues(namespace, "failed").inc();
        }

        @Override
        public void succeeded(Object report) {
            ended("succeeded");
            if (report instanceof BackupReport backup) {
                moved(namespace, backup);
            }
        }

        @Override
        public void failed(RuntimeException failure) {
            ended(isInterruption(failure) ? "interrupted" : "failed");
        }

        private void ended(String outcome) {
            durations.labelValues(namespace, orderType, outcome).observe((clock.nanoTime() - begunNanos) / NANOS);
        }
    }
}
