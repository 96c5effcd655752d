package dev.tidemark.timestamp.bound;

class InMemorySharedStoreTest extends SharedBoundStoreContract {
    private final InMemorySharedStore.Database database = new InMemorySharedStore.Database();

    @Override
    BoundStore open() {
        return database.open();
    }

    @Override
    BoundStore reopen(BoundStore closed) {
        return database.open();
    }

    @Override
    SharedBoundStore another() {
        return database.open();
    }
}
