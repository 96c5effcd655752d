package dev.tidemark.timestamp.service.metrics;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** A bound store whose calls are measured. */
class MeteredBoundStore implements BoundStore {
    private final BoundStore store;
    private final StoreMetrics metrics;

    MeteredBoundStore(BoundStore store, StoreMetrics metrics) {
        this.store = store;
        this.metrics = metrics;
    }

    @Override
    public SortedSet<String> namespaces() {
        return metrics.time("list", store::namespaces);
    }

    @Override
    public BoundState create(String namespace, BoundState initial) {
        return metrics.time("create", () -> store.create(namespace, initial));
    }

    @Override
    public BoundState read(String namespace) {
        return metrics.time("read", () -> store.read(namespace));
    }

    @Override
    public void compareAndSet(String namespace, BoundState expected, BoundState next) {
        metrics.run("write-bound", () -> store.compareAndSet(namespace, expected, next));
    }

    @Override
    public void addPoint(String namespace, IssuedPoint point) {
        metrics.run("write-point", () -> store.addPoint(namespace, point));
    }

    @Override
    public Optional<IssuedPoint> lastPoint(String namespace) {
        return metrics.time("read-points", () -> store.lastPoint(namespace));
    }

    @Override
    public List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints) {
        return metrics.time("read-points", () -> store.points(namespace, afterTimestamp, maxPoints));
    }

    @Override
    public void close() {
        store.close();
    }
}
