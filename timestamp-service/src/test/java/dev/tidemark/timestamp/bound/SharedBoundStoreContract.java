package dev.tidemark.timestamp.bound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every bound store must do that several processes have open at a time. */
abstract class SharedBoundStoreContract extends BoundStoreContract {
    private static final LeaderRecord FIRST = record(1, 1, "a");

    /** Opens what another process sees of an open store. */
    abstract SharedBoundStore another() throws Exception;

    SharedBoundStore shared() {
        return (SharedBoundStore) store();
    }

    @Test
    void leader_newStore_isNobody() {
        assertThat(shared().leader()).isEmpty();
    }

    @Test
    void replaceLeader_expectedRecord_isReplacedForEverybody() throws Exception {
        LeaderRecord second = new LeaderRecord(
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                "b:1._-",
                "https://b.example:8421/timelock/api",
                Duration.ofMillis(2001),
                true);
        try (SharedBoundStore other = another()) {
            assertThat(shared().replaceLeader(Optional.empty(), FIRST)).isTrue();
            assertThat(other.leader()).contains(FIRST);
            assertThat(other.replaceLeader(Optional.of(FIRST), second)).isTrue();
            assertThat(shared().leader()).contains(second);
        }
    }

    @Test
    void replaceLeader_otherRecord_changesNothing() throws Exception {
        LeaderRecord next = FIRST.renewed(2);
        shared().replaceLeader(Optional.empty(), FIRST);
        try (SharedBoundStore other = another()) {
            assertThat(other.replaceLeader(Optional.empty(), record(1, 1, "b"))).isFalse();
            assertThat(other.replaceLeader(Optional.of(record(1, 1, "b")), next))
                    .isFalse();
            assertThat(other.replaceLeader(Optional.of(record(2, 1, "a")), next))
                    .isFalse();
            assertThat(other.replaceLeader(Optional.of(FIRST.renewed(7)), next)).isFalse();
            assertThat(other.replaceLeader(Optional.of(FIRST.released(1)), next))
                    .isFalse();
            assertThat(shared().leader()).contains(FIRST);
        }
    }

    @Test
    void replaceLeader_manyAtOnce_oneWins() throws Exception {
        int candidates = 4;
        ExecutorService threads = Executors.newFixedThreadPool(candidates);
        List<SharedBoundStore> views = new ArrayList<>();
        try {
            List<Callable<Boolean>> attempts = new ArrayList<>();
            for (int i = 0; i < candidates; i++) {
                SharedBoundStore view = another();
                views.add(view);
                LeaderRecord own = record(1, 1, "c-" + i);
                attempts.add(() -> view.replaceLeader(Optional.empty(), own));
            }
            int winners = 0;
            for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
                winners += attempt.get() ? 1 : 0;
            }
            assertThat(winners).isEqualTo(1);
        } finally {
            threads.shutdownNow();
            views.forEach(SharedBoundStore::close);
        }
    }

    @Test
    void compareAndSet_afterAnotherProcess_isRefused() throws Exception {
        store().create("orders");
        BoundState taken = new BoundState(2, 1000, "");
        try (SharedBoundStore other = another()) {
            other.compareAndSet("orders", BoundState.INITIAL, taken);

            assertThat(store().read("orders")).isEqualTo(taken);
            assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> store().compareAndSet(
                            "orders", BoundState.INITIAL, new BoundState(1, 2000, "")));
            assertThat(other.read("orders")).isEqualTo(taken);
        }
    }

    @Test
    void create_inAnotherProcess_isSeen() throws Exception {
        BoundState fenced = BoundState.INITIAL.withFenceId("r-1");
        try (SharedBoundStore other = another()) {
            other.create("orders", fenced);

            assertThat(store().create("orders")).isEqualTo(fenced);
            assertThat(store().namespaces()).containsExactly("orders");
        }
    }

    @Test
    void addPoint_inAnotherProcess_isSeen() throws Exception {
        store().create("orders");
        try (SharedBoundStore other = another()) {
            store().addPoint("orders", point(1, 1));
            other.addPoint("orders", point(2, 2));

            assertThat(store().lastPoint("orders")).contains(point(2, 2));
            assertThat(store().points("orders", 0, 10)).containsExactly(point(1, 1), point(2, 2));
        }
    }

    @Test
    void reopen_closedStore_hasTheLeader() throws Exception {
        shared().replaceLeader(Optional.empty(), FIRST);
        try (SharedBoundStore other = another()) {
            assertThat(other.leader()).contains(FIRST);
        }
        store().close();
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> shared().leader());
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> shared().replaceLeader(Optional.of(FIRST), FIRST.renewed(2)));
    }

    private static LeaderRecord record(long epoch, long renewal, String holder) {
        return new LeaderRecord(epoch, renewal, holder, "http://127.0.0.1:1", Duration.ofSeconds(2), false);
    }
}
