package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.service.metrics.OracleMetrics;

/** A store whose calls are measured is a store like any other. */
class MeteredBoundStoreTest extends SharedBoundStoreContract {
    private final InMemorySharedStore.Database database = new InMemorySharedStore.Database();

    @Override
    BoundStore open() {
        return another();
    }

    @Override
    BoundStore reopen(BoundStore closed) {
        return another();
    }

    @Override
    SharedBoundStore another() {
        return (SharedBoundStore) new OracleMetrics(() -> 0).measured(database.open());
    }
}
