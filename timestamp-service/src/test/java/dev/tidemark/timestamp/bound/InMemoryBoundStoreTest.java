package dev.tidemark.timestamp.bound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import org.junit.jupiter.api.Test;

class InMemoryBoundStoreTest extends BoundStoreContract {
    @Override
    BoundStore open() {
        return new InMemoryBoundStore();
    }

    @Override
    BoundStore reopen(BoundStore closed) {
        return ((InMemoryBoundStore) closed).reopened();
    }

    @Test
    void failNext_oneFailure_failsOneChangeAndChangesNothing() {
        InMemoryBoundStore store = new InMemoryBoundStore();
        store.create("orders");
        store.failNext(new TimestampException(ErrorCode.DISK_FULL, "no space", ""));
        BoundState next = new BoundState(0, 5, "");

        assertFails(ErrorCode.DISK_FULL, () -> store.compareAndSet("orders", BoundState.INITIAL, next));
        assertThat(store.read("orders")).isEqualTo(BoundState.INITIAL);
        store.compareAndSet("orders", BoundState.INITIAL, next);

        assertThat(store.read("orders")).isEqualTo(next);
    }
}
