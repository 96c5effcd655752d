package dev.tidemark.timestamp.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every bound store must do. */
abstract class BoundStoreContract {
    private BoundStore store;

    /** Opens an empty store. */
    abstract BoundStore open() throws Exception;

    /** Opens the store again after it was closed, as the next process would. */
    abstract BoundStore reopen(BoundStore closed) throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    BoundStore store() {
        return store;
    }

    @Test
    void namespaces_emptyStore_areNone() {
        assertThat(store.namespaces()).isEmpty();
    }

    @Test
    void create_newNamespace_isInitial() {
        assertThat(store.create("orders")).isEqualTo(BoundState.INITIAL);

        assertThat(store.namespaces()).containsExactly("orders");
        assertThat(store.read("orders")).isEqualTo(BoundState.INITIAL);
    }

    @Test
    void create_existingNamespace_keepsItsState() {
        BoundState state = new BoundState(1, 1000, "r-1");
        store.create("orders");
        store.compareAndSet("orders", BoundState.INITIAL, state);

        assertThat(store.create("orders")).isEqualTo(state);
        assertThat(store.read("orders")).isEqualTo(state);
    }

    @Test
    void create_impossibleName_isRefused() {
        for (String name : new String[] {"", "a/b", "..", "tl", "lw", "leader", "a.b", "é", "x".repeat(201)}) {
            assertFails(ErrorCode.INVALID_INPUT, () -> store.create(name));
        }
        assertThat(store.namespaces()).isEmpty();
    }

    @Test
    void create_namesThatDifferInCase_areDifferentNamespaces() {
        store.create("orders");
        store.create("ORDERS");
        store.compareAndSet("ORDERS", BoundState.INITIAL, new BoundState(0, 7, ""));

        assertThat(store.read("orders").bound()).isZero();
        assertThat(store.read("ORDERS").bound()).isEqualTo(7);
    }

    @Test
    void read_unknownNamespace_suggestsTheNearest() {
        store.create("orders");

        assertThatThrownBy(() -> store.read("order")).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_NAMESPACE);
            assertThat(e.hint()).contains("'orders'");
        });
        assertFails(ErrorCode.UNKNOWN_NAMESPACE, () -> store.read("../orders"));
    }

    @Test
    void compareAndSet_expectedState_isReplaced() {
        store.create("orders");
        BoundState first = new BoundState(0, 1_000_000, "");
        BoundState second = new BoundState(3, BoundState.MAX_BOUND, "restore-7");

        store.compareAndSet("orders", BoundState.INITIAL, first);
        store.compareAndSet("orders", first, second);

        assertThat(store.read("orders")).isEqualTo(second);
    }

    @Test
    void compareAndSet_otherState_changesNothing() {
        store.create("orders");
        BoundState present = new BoundState(0, 5, "");
        store.compareAndSet("orders", BoundState.INITIAL, present);

        assertFails(
                ErrorCode.BOUND_STORE_IN_USE,
                () -> store.compareAndSet("orders", BoundState.INITIAL, new BoundState(0, 9, "")));

        assertThat(store.read("orders")).isEqualTo(present);
    }

    @Test
    void compareAndSet_lowerBoundOrEpoch_isRefused() {
        store.create("orders");
        BoundState present = new BoundState(2, 5, "");
        store.compareAndSet("orders", BoundState.INITIAL, present);

        assertThatThrownBy(() -> store.compareAndSet("orders", present, new BoundState(2, 4, "")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.compareAndSet("orders", present, new BoundState(1, 5, "")))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(store.read("orders")).isEqualTo(present);
    }

    @Test
    void compareAndSet_oneNamespace_leavesTheOthersAlone() {
        store.create("orders");
        store.create("stock");

        store.compareAndSet("orders", BoundState.INITIAL, new BoundState(0, 5, "r-1"));

        assertThat(store.read("stock")).isEqualTo(BoundState.INITIAL);
    }

    @Test
    void reopen_closedStore_hasEveryState() throws Exception {
        BoundState state = new BoundState(4, 12345, "restore:1.a_b-c");
        store.create("orders");
        store.create("stock");
        store.compareAndSet("orders", BoundState.INITIAL, state);

        store.close();
        store = reopen(store);

        assertThat(store.namespaces()).containsExactly("orders", "stock");
        assertThat(store.read("orders")).isEqualTo(state);
        assertThat(store.read("stock")).isEqualTo(BoundState.INITIAL);
    }

    @Test
    void close_thenAnyCall_isUnavailable() {
        store.create("orders");
        store.close();

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> store.read("orders"));
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> store.create("stock"));
        assertFails(
                ErrorCode.ORACLE_UNAVAILABLE,
                () -> store.compareAndSet("orders", BoundState.INITIAL, new BoundState(0, 1, "")));
    }

    static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
