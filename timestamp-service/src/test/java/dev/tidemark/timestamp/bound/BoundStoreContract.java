package dev.tidemark.timestamp.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import java.time.Instant;
import java.util.List;
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
    void create_withAState_beginsThere() {
        BoundState fenced = BoundState.INITIAL.withFenceId("r-1");

        assertThat(store.create("orders", fenced)).isEqualTo(fenced);

        assertThat(store.read("orders")).isEqualTo(fenced);
        assertThat(store.create("orders")).isEqualTo(fenced);
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
    void points_newNamespace_areNone() {
        store.create("orders");

        assertThat(store.lastPoint("orders")).isEmpty();
        assertThat(store.points("orders", 0, 10)).isEmpty();
    }

    @Test
    void addPoint_several_areReadInTheirOrder() {
        store.create("orders");
        List<IssuedPoint> points = List.of(point(1, 5), point(1, 6), point(3, 1L << 62));
        points.forEach(point -> store.addPoint("orders", point));

        assertThat(store.points("orders", 0, 10)).isEqualTo(points);
        assertThat(store.points("orders", 5, 10)).isEqualTo(points.subList(1, 3));
        assertThat(store.points("orders", 5, 1)).isEqualTo(points.subList(1, 2));
        assertThat(store.points("orders", 4, 1)).isEqualTo(points.subList(0, 1));
        assertThat(store.points("orders", 1L << 62, 10)).isEmpty();
        assertThat(store.lastPoint("orders")).contains(points.get(2));
        assertThat(store.read("orders")).isEqualTo(BoundState.INITIAL);
    }

    @Test
    void addPoint_anyInstant_keepsItsNanoseconds() {
        store.create("orders");
        IssuedPoint first = new IssuedPoint(Instant.EPOCH, 1);
        IssuedPoint last = new IssuedPoint(Instant.parse("9999-12-31T23:59:58.999999999Z"), Long.MAX_VALUE);
        store.addPoint("orders", first);
        store.addPoint("orders", last);

        assertThat(store.points("orders", 0, 10)).containsExactly(first, last);
    }

    @Test
    void addPoint_thatDoesNotFollow_isRefused() {
        store.create("orders");
        store.addPoint("orders", point(10, 10));

        for (IssuedPoint wrong : List.of(point(10, 10), point(11, 10), point(11, 9), point(9, 11))) {
            assertThatThrownBy(() -> store.addPoint("orders", wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(store.points("orders", 0, 10)).containsExactly(point(10, 10));
    }

    @Test
    void addPoint_oneNamespace_leavesTheOthersAlone() {
        store.create("orders");
        store.create("stock");
        store.addPoint("orders", point(1, 7));

        assertThat(store.points("stock", 0, 10)).isEmpty();
        store.addPoint("stock", point(2, 3));
        assertThat(store.points("orders", 0, 10)).containsExactly(point(1, 7));
    }

    @Test
    void addPoint_unknownNamespace_isRefused() {
        assertFails(ErrorCode.UNKNOWN_NAMESPACE, () -> store.addPoint("orders", point(1, 1)));
        assertFails(ErrorCode.UNKNOWN_NAMESPACE, () -> store.lastPoint("orders"));
        assertFails(ErrorCode.UNKNOWN_NAMESPACE, () -> store.points("orders", 0, 1));
        assertThat(store.namespaces()).isEmpty();
    }

    @Test
    void reopen_closedStore_hasEveryPointAndTakesMore() throws Exception {
        store.create("orders");
        store.addPoint("orders", point(1, 1));
        store.addPoint("orders", point(2, 2));

        store.close();
        store = reopen(store);

        assertThat(store.lastPoint("orders")).contains(point(2, 2));
        assertThatThrownBy(() -> store.addPoint("orders", point(3, 2))).isInstanceOf(IllegalArgumentException.class);
        store.addPoint("orders", point(3, 3));
        assertThat(store.points("orders", 0, 10)).containsExactly(point(1, 1), point(2, 2), point(3, 3));
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
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> store.addPoint("orders", point(1, 1)));
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> store.lastPoint("orders"));
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> store.points("orders", 0, 1));
    }

    /** Returns a point that many seconds after the beginning of a day. */
    static IssuedPoint point(long second, long timestamp) {
        return new IssuedPoint(Instant.parse("2026-03-04T00:00:00Z").plusSeconds(second), timestamp);
    }

    static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
