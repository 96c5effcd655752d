package dev.tidemark.timestamp.migration;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A store whose process dies at one of its changes. Each change has two moments at which that can be: before it is made, and after
 * that.
 */
final class DyingStore implements BoundStore {
    private final BoundStore store;
    private int moments;

    /** @param moments how many moments it lives through */
    DyingStore(BoundStore store, int moments) {
        this.store = store;
        this.moments = moments;
    }

    @Override
    public BoundState create(String namespace, BoundState initial) {
        live();
        BoundState state = store.create(namespace, initial);
        live();
        return state;
    }

    @Override
    public void compareAndSet(String namespace, BoundState expected, BoundState next) {
        live();
        store.compareAndSet(namespace, expected, next);
        live();
    }

    @Override
    public void addPoint(String namespace, IssuedPoint point) {
        live();
        store.addPoint(namespace, point);
    }

    private void live() {
        if (moments-- <= 0) {
            moments = 0;
            throw new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "dead", "");
        }
    }

    @Override
    public SortedSet<String> namespaces() {
        return store.namespaces();
    }

    @Override
    public BoundState read(String namespace) {
        return store.read(namespace);
    }

    @Override
    public Optional<IssuedPoint> lastPoint(String namespace) {
        return store.lastPoint(namespace);
    }

    @Override
    public List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints) {
        return store.points(namespace, afterTimestamp, maxPoints);
    }

    @Override
    public void close() {
        store.close();
    }
}
