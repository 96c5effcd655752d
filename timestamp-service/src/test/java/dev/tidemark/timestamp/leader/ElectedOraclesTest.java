package dev.tidemark.timestamp.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.InMemorySharedStore;
import dev.tidemark.timestamp.bound.InMemorySharedStore.Fate;
import dev.tidemark.timestamp.oracle.OracleSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ElectedOraclesTest {
    private static final Duration LEASE = Duration.ofSeconds(2);

    private final ManualTime time = new ManualTime();
    private final InMemorySharedStore.Database database = new InMemorySharedStore.Database();
    private final InMemorySharedStore storeOfA = database.open();
    private final InMemorySharedStore storeOfB = database.open();

    /** Time of the first server alone, which can stand still while the other goes on. */
    private final ManualTime timeOfA = new ManualTime();

    private final ElectedOracles a = start(storeOfA, "a", timeOfA, false);
    private final ElectedOracles b = start(storeOfB, "b", time, false);

    @Test
    @DisplayName("The first server leads at once, the other one names it")
    void start_twoServers_oneLeads() {
        assertThat(a.isLeading()).isTrue();
        assertThat(b.isLeading()).isFalse();
        assertThat(b.leaderAddress()).contains("http://a");
        assertThatThrownBy(b::oracles).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER);
            assertThat(e).hasMessageContaining("http://a");
        });
    }

    @Test
    @DisplayName("Who is alive keeps the lead for as long as it likes")
    void tick_leaderRenews_keepsTheLead() {
        NamespaceOracle orders = a.oracles().create("orders");
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofMillis(500));
            assertThat(orders.freshTimestamp()).isEqualTo(i + 1);
        }
        assertThat(b.isLeading()).isFalse();
    }

    @Test
    @DisplayName("A server that stands still answers nothing when it goes on, and says who has won")
    void tick_leaderStandsStill_isReplacedAndStops() {
        NamespaceOracle before = a.oracles().create("orders");
        before.freshTimestamp();

        time.advance(LEASE.multipliedBy(2)); // the first server's clock does not go on

        assertThat(b.isLeading()).isTrue();
        long first = b.oracles().get("orders").freshTimestamp();
        assertThat(first).isGreaterThan(1);
        timeOfA.advance(LEASE.dividedBy(2));
        assertThatThrownBy(before::freshTimestamp).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER);
            assertThat(e).hasMessageContaining("'b' at http://b in epoch 2");
        });
        assertThat(a.isLeading()).isFalse();
        assertThat(a.leaderAddress()).contains("http://b");
    }

    @Test
    @DisplayName(
            "A lease that has run out refuses before anybody has taken the lead, and goes on with the next renewal")
    void check_leaseRunOut_refusesUntilRenewed() {
        NamespaceOracle orders = a.oracles().create("orders");
        assertThat(orders.freshTimestamp()).isEqualTo(1);
        storeOfA.decide(() -> Fate.LOST);
        timeOfA.advance(LEASE);
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, orders::freshTimestamp);

        storeOfA.decide(() -> Fate.TAKEN);
        timeOfA.advance(Duration.ofMillis(200));

        assertThat(orders.freshTimestamp()).isEqualTo(3); // one was allocated and not answered
    }

    @Test
    @DisplayName(
            "A wall clock that has gone on while the other stood still ends the lease; one that is set back does not")
    void check_wallClockJumps_onlyAheadCounts() {
        NamespaceOracle orders = a.oracles().create("orders");
        timeOfA.setInstant(timeOfA.instant().minusSeconds(3600));
        assertThat(orders.freshTimestamp()).isEqualTo(1);
        timeOfA.setInstant(timeOfA.instant().plusSeconds(7200));
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, orders::freshTimestamp);

        timeOfA.advance(LEASE.dividedBy(2));

        assertThat(orders.freshTimestamp()).isEqualTo(3);
        assertThat(a.isLeading()).isTrue();
    }

    @Test
    @DisplayName("A renewal that was taken and not acknowledged is known again, and counts from when it was sent")
    void renew_unknownOutcome_isKnownAgain() {
        NamespaceOracle orders = a.oracles().create("orders");
        assertThat(orders.freshTimestamp()).isEqualTo(1);
        Deque<Fate> fates = new ArrayDeque<>(List.of(Fate.TAKEN_UNKNOWN));
        storeOfA.decide(() -> fates.isEmpty() ? Fate.TAKEN : fates.poll());

        for (int i = 0; i < 20; i++) {
            pass(Duration.ofMillis(200));
            assertThat(orders.freshTimestamp()).isEqualTo(i + 2);
        }
        assertThat(a.isLeading()).isTrue();
    }

    @Test
    @DisplayName("A defect in the store's client does not end the election")
    void tick_storeHasADefect_goesOn() {
        NamespaceOracle orders = a.oracles().create("orders");
        assertThat(orders.freshTimestamp()).isEqualTo(1);
        storeOfA.decide(() -> {
            throw new IllegalStateException("a defect");
        });
        pass(Duration.ofMillis(800));
        storeOfA.decide(() -> Fate.TAKEN);
        pass(Duration.ofMillis(1500));

        assertThat(orders.freshTimestamp()).isEqualTo(2);
        assertThat(b.isLeading()).isFalse();
    }

    @Test
    @DisplayName("An election that was won and not acknowledged counts from when it was sent")
    void campaign_unknownOutcome_countsFromWhenItWasSent() {
        InMemorySharedStore.Database other = new InMemorySharedStore.Database();
        InMemorySharedStore store = other.open();
        Deque<Fate> fates = new ArrayDeque<>(List.of(Fate.TAKEN_UNKNOWN));
        store.decide(() -> fates.isEmpty() ? Fate.TAKEN : fates.poll());
        ManualTime own = new ManualTime();
        ElectedOracles server = start(store, "e", own, false);
        assertThat(server.isLeading()).isFalse();
        own.advance(LEASE.dividedBy(10));
        NamespaceOracle orders = server.oracles().create("orders");
        assertThat(orders.freshTimestamp()).isEqualTo(1);

        store.decide(() -> Fate.LOST);
        own.advance(LEASE.dividedBy(10).multipliedBy(9));

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, orders::freshTimestamp);
    }

    @Test
    @DisplayName("A renewal that arrives after another server was elected changes nothing")
    void renew_arrivesLate_changesNothing() {
        a.oracles().create("orders").freshTimestamp();
        storeOfA.decide(() -> Fate.DELAYED);
        timeOfA.advance(Duration.ofMillis(600));

        time.advance(LEASE.multipliedBy(2));
        assertThat(b.isLeading()).isTrue();
        database.deliver();

        assertThat(storeOfB.leader().orElseThrow().holder()).isEqualTo("b");
        time.advance(LEASE);
        assertThat(b.oracles().get("orders").freshTimestamp()).isGreaterThan(1);
    }

    @Test
    @DisplayName("A bound that arrives after another server was elected is not taken: its epoch is another one")
    void bound_arrivesLate_isNotTaken() {
        NamespaceOracle orders = a.oracles().create("orders");
        orders.freshTimestamp();
        storeOfA.decide(() -> Fate.DELAYED);
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> orders.fastForward(50_000_000));
        time.advance(LEASE.multipliedBy(2));
        long first = b.oracles().get("orders").freshTimestamp();

        database.deliver();

        assertThat(storeOfB.read("orders").bound()).isLessThan(50_000_000);
        assertThat(storeOfB.read("orders").epoch()).isEqualTo(2);
        assertThat(first).isLessThan(50_000_000);
        assertThat(b.oracles().get("orders").freshTimestamp()).isEqualTo(first + 1);
    }

    @Test
    @DisplayName("A write of the bound that is lost does not end a namespace; the next one goes on")
    void bound_unknownOutcome_goesOn() {
        NamespaceOracle orders = a.oracles().create("orders");
        orders.freshTimestamp();
        for (Fate fate : List.of(Fate.LOST, Fate.TAKEN_UNKNOWN)) {
            Deque<Fate> fates = new ArrayDeque<>(List.of(fate));
            storeOfA.decide(() -> fates.isEmpty() ? Fate.TAKEN : fates.poll());
            long target = orders.freshTimestamp() + 5_000_000;
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> orders.fastForward(target));
            orders.fastForward(target);
            assertThat(orders.freshTimestamp()).isEqualTo(target + 1);
        }
    }

    @Test
    @DisplayName("A namespace that somebody else writes in the same epoch's place stops for good")
    void bound_writtenByOther_stops() {
        NamespaceOracle orders = a.oracles().create("orders");
        orders.freshTimestamp();
        BoundState state = storeOfB.read("orders");
        storeOfB.compareAndSet("orders", state, new BoundState(9, state.bound(), ""));

        assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> orders.fastForward(50_000_000));
        assertFails(ErrorCode.BOUND_STORE_IN_USE, orders::freshTimestamp);
        assertFails(ErrorCode.BOUND_STORE_IN_USE, a::checkHealth);
    }

    @Test
    @DisplayName("A server that stops hands the lead over without a wait")
    void close_leader_isReplacedAtOnce() {
        NamespaceOracle orders = a.oracles().create("orders");
        long last = orders.freshTimestamp();

        a.close();
        time.advance(LEASE.dividedBy(10));

        assertThat(b.oracles().get("orders").freshTimestamp()).isGreaterThan(last);
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, orders::freshTimestamp);
    }

    @Test
    @DisplayName(
            "A fast-forward that was acknowledged and a fence hold for the next leader; leases on immutable timestamps do not")
    void failover_fastForwardAndFence_stay() {
        NamespaceOracle orders = a.oracles().create("orders");
        LeaseToken token = new LeaseToken(new UUID(1, 2));
        orders.lockImmutableTimestamp(token);
        orders.fastForward(7_000_000);
        a.oracles().create("stock").fence("restore-1");

        time.advance(LEASE.multipliedBy(2));

        NamespaceOracle next = b.oracles().get("orders");
        assertThat(next.freshTimestamp()).isGreaterThan(7_000_000);
        assertThat(next.refresh(Set.of(token))).isEmpty();
        assertFails(ErrorCode.LEASE_LOST, () -> next.commitTimestamp(token));
        assertThat(b.oracles().get("stock").currentFence()).contains("restore-1");
        assertFails(ErrorCode.NAMESPACE_FENCED, () -> b.oracles().get("stock").freshTimestamp());
    }

    @Test
    @DisplayName("With strict answers, each one is refused that the store does not confirm, however fresh the lease is")
    void strict_storeDoesNotConfirm_refuses() {
        a.close();
        b.close();
        InMemorySharedStore store = database.open();
        ElectedOracles strict = start(store, "c", new ManualTime(), true);
        NamespaceOracle orders = strict.oracles().create("orders");
        assertThat(orders.freshTimestamp()).isEqualTo(1);
        long renewal = store.leader().orElseThrow().renewal();
        assertThat(orders.freshTimestamp()).isEqualTo(2);
        assertThat(store.leader().orElseThrow().renewal()).isEqualTo(renewal + 1);

        store.decide(() -> Fate.LOST);
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, orders::freshTimestamp);
    }

    @Test
    @DisplayName("With strict answers, a server whose clock stands still answers nothing after another one was elected")
    void strict_replaced_answersNothing() {
        a.close();
        b.close();
        ElectedOracles strict = start(database.open(), "c", new ManualTime(), true);
        NamespaceOracle orders = strict.oracles().create("orders");
        orders.freshTimestamp();
        ManualTime timeOfD = new ManualTime();
        ElectedOracles other = start(database.open(), "d", timeOfD, false);
        timeOfD.advance(LEASE.multipliedBy(2));
        assertThat(other.isLeading()).isTrue();

        assertFails(ErrorCode.NOT_LEADER, orders::freshTimestamp);
    }

    private void pass(Duration duration) {
        for (Duration left = duration; !left.isZero(); left = left.minusMillis(100)) {
            timeOfA.advance(Duration.ofMillis(100));
            time.advance(Duration.ofMillis(100));
        }
    }

    private static ElectedOracles start(InMemorySharedStore store, String id, ManualTime own, boolean isStrict) {
        return ElectedOracles.start(
                store, OracleSettings.defaults(), own.seams(), new Candidate(id, "http://" + id, LEASE), isStrict);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
