package dev.tidemark.timestamp.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.InMemorySharedStore;
import dev.tidemark.timestamp.bound.InMemorySharedStore.Fate;
import dev.tidemark.timestamp.oracle.LeadershipView;
import dev.tidemark.timestamp.oracle.LeadershipView.State;
import dev.tidemark.timestamp.oracle.OracleSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What servers say of leadership, and that it can be handed over. */
class LeadershipViewTest {
    private static final Duration LEASE = Duration.ofSeconds(2);

    private final ManualTime time = new ManualTime();
    private final InMemorySharedStore.Database database = new InMemorySharedStore.Database();
    private final InMemorySharedStore storeOfA = database.open();
    private final ElectedOracles a = start(storeOfA, "a");

    @Test
    void leadership_ofTheOneThatLeads_showsItsLease() {
        time.advance(LEASE.multipliedBy(3));

        LeadershipView view = a.leadership();

        assertThat(view.state()).isEqualTo(State.LEADING);
        assertThat(view.isLeading()).isTrue();
        assertThat(view.epoch()).isEqualTo(1);
        assertThat(view.leaseLeft()).isPositive().isLessThan(LEASE);
        assertThat(view.self()).isEqualTo(new LeadershipView.Server("a", "http://a"));
        assertThat(view.leader()).isEqualTo(view.self());
        assertThat(view.counts().elections()).isEqualTo(1);
        assertThat(view.counts().renewals()).isGreaterThan(5);
        assertThat(view.counts().failures()).isZero();
    }

    @Test
    void leadership_ofAnotherOne_namesTheLeaderWhileItIsAlive() {
        ElectedOracles b = start(database.open(), "b");
        time.advance(LEASE.multipliedBy(5));

        assertThat(b.leadership().state()).isEqualTo(State.FOLLOWING);
        assertThat(b.leadership().leader()).isEqualTo(new LeadershipView.Server("a", "http://a"));
        assertThat(b.leadership().epoch()).isEqualTo(1);
        assertThat(b.leadership().isLeading()).isFalse();
        assertThat(b.views(1)).isEmpty();
        assertThat(b.lastPoints()).isEmpty();
    }

    @Test
    void leadership_storeTakesNoRenewals_isExpiredAndThenRefused() {
        storeOfA.decide(() -> Fate.LOST);

        time.advance(LEASE);

        assertThat(a.leadership().state()).isEqualTo(State.LEASE_EXPIRED);
        assertThat(a.leadership().leaseLeft()).isNegative();
        assertThat(a.leadership().isLeading()).isFalse();
        assertThat(a.leadership().counts().failures()).isPositive();
        assertThatThrownBy(() -> a.oracles().namespaces()).isInstanceOf(TimestampException.class);
    }

    @Test
    void leadership_leaderGivesUpAndCandidateCannotWrite_isNobody() {
        InMemorySharedStore storeOfB = database.open();
        ElectedOracles b = start(storeOfB, "b");
        storeOfB.decide(() -> Fate.LOST);
        a.close();

        time.advance(LEASE.multipliedBy(3));

        assertThat(b.leadership().state()).isEqualTo(State.NOBODY_LEADS);
        assertThat(b.leadership().leader()).isEqualTo(LeadershipView.Server.NONE);
    }

    @Test
    void leadership_leaderHasDiedAndCandidateCannotWrite_isNobodyAfterTwoLeases() {
        InMemorySharedStore storeOfB = database.open();
        ManualTime timeOfB = new ManualTime();
        ElectedOracles b = start(storeOfB, "b", timeOfB);
        storeOfB.decide(() -> Fate.LOST);

        timeOfB.advance(LEASE.multipliedBy(2).minusMillis(1));
        assertThat(b.leadership().state()).isEqualTo(State.FOLLOWING);
        timeOfB.advance(Duration.ofMillis(1));

        assertThat(b.leadership().state()).isEqualTo(State.NOBODY_LEADS);
        assertThat(b.leadership().epoch()).isEqualTo(1);
    }

    @Test
    void release_anotherOneIsThere_leadsWithinATick() {
        ElectedOracles b = start(database.open(), "b");
        a.oracles().create("orders").fastForward(10_000_000);

        a.release();

        assertThatThrownBy(a::oracles).isInstanceOf(TimestampException.class);
        assertThat(a.leadership().state()).isEqualTo(State.NOBODY_LEADS);
        time.advance(LEASE.dividedBy(10));
        assertThat(b.leadership().state()).isEqualTo(State.LEADING);
        assertThat(b.oracles().get("orders").freshTimestamp()).isGreaterThan(10_000_000);
        time.advance(LEASE.multipliedBy(10));
        assertThat(a.leadership().state()).isEqualTo(State.FOLLOWING);
        assertThat(b.leadership().state()).isEqualTo(State.LEADING);
    }

    @Test
    void release_nobodyElseIsThere_leadsAgainAfterTwoLeases() {
        a.release();

        time.advance(LEASE.multipliedBy(2).minusMillis(1));
        assertThat(a.leadership().isLeading()).isFalse();
        time.advance(LEASE);
        assertThat(a.leadership().state()).isEqualTo(State.LEADING);
        assertThat(a.leadership().epoch()).isEqualTo(2);
        assertThat(a.leadership().counts().elections()).isEqualTo(2);
    }

    @Test
    void release_outcomeUnknown_leavesItToOthersWhenTheLeaseHasRunOut() {
        ElectedOracles b = start(database.open(), "b");
        storeOfA.decide(() -> Fate.LOST);

        a.release();

        assertThatThrownBy(a::oracles).isInstanceOf(TimestampException.class);
        time.advance(LEASE.multipliedBy(3).dividedBy(2));
        assertThat(b.leadership().state()).isEqualTo(State.LEADING);
    }

    @Test
    void release_doesNotLead_isRefused() {
        ElectedOracles b = start(database.open(), "b");

        assertThatThrownBy(b::release).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.NOT_ALLOWED_NOW));
        assertThat(a.leadership().state()).isEqualTo(State.LEADING);
    }

    private ElectedOracles start(InMemorySharedStore store, String id) {
        return start(store, id, time);
    }

    private static ElectedOracles start(InMemorySharedStore store, String id, ManualTime time) {
        return ElectedOracles.start(
                store, OracleSettings.defaults(), time.seams(), new Candidate(id, "http://" + id, LEASE), false);
    }
}
