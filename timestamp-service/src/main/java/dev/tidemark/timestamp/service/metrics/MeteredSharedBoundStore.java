package dev.tidemark.timestamp.service.metrics;

import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import java.util.Optional;

/** A shared bound store whose calls are measured. */
final class MeteredSharedBoundStore extends MeteredBoundStore implements SharedBoundStore {
    private final SharedBoundStore store;
    private final StoreMetrics metrics;

    MeteredSharedBoundStore(SharedBoundStore store, StoreMetrics metrics) {
        super(store, metrics);
        this.store = store;
        this.metrics = metrics;
    }

    @Override
    public Optional<LeaderRecord> leader() {
        return metrics.time("read-leader", store::leader);
    }

    @Override
    public boolean replaceLeader(Optional<LeaderRecord> expected, LeaderRecord next) {
        return metrics.time("write-leader", () -> store.replaceLeader(expected, next));
    }
}
