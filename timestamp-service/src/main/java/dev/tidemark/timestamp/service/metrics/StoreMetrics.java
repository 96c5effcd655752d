package dev.tidemark.timestamp.service.metrics;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Supplier;

/** Calls of the bound store: how many, how long they took, and how many have failed. Thread-safe. */
final class StoreMetrics {
    private static final String OK = "ok";
    private static final String FAILED = "failed";
    private static final double NANOS = 1e9;

    /** Calls that are there from the start, so that their rates are right from the first one on. */
    private static final List<String> CALLS = List.of("read", "write-bound", "write-leader");

    private final MonotonicClock clock;
    private final Summary seconds;

    StoreMetrics(MonotonicClock clock, PrometheusRegistry registry) {
        this.clock = clock;
        seconds = Summary.builder()
                .name("tidemark_oracle_store_seconds")
                .help("Calls of the bound store: how often, and how long they took.")
                .labelNames("call", "outcome")
                .register(registry);
        for (String call : CALLS) {
            seconds.initLabelValues(call, OK);
            seconds.initLabelValues(call, FAILED);
        }
    }

    /** Returns the store with its calls measured; one that is shared stays so. */
    BoundStore measure(BoundStore store) {
        return store instanceof SharedBoundStore shared
                ? new MeteredSharedBoundStore(shared, this)
                : new MeteredBoundStore(store, this);
    }

    void run(String call, Runnable body) {
        long from = clock.nanoTime();
        String outcome = FAILED;
        try {
            body.run();
            outcome = OK;
        } finally {
            ended(call, outcome, from);
        }
    }

    <T> T time(String call, Supplier<T> body) {
        long from = clock.nanoTime();
        String outcome = FAILED;
        try {
            T result = body.get();
            outcome = OK;
            return result;
        } finally {
            ended(call, outcome, from);
        }
    }

    private void ended(String call, String outcome, long from) {
        seconds.labelValues(call, outcome).observe((clock.nanoTime() - from) / NANOS);
    }
}
