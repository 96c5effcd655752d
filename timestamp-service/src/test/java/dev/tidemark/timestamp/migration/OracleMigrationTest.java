package dev.tidemark.timestamp.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.migration.MigrationPlan.Target;
import dev.tidemark.timestamp.migration.OracleMigration.Consent;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OracleMigrationTest {
    private static final long LIMIT = 7_654_321;

    private InMemoryBoundStore store = new InMemoryBoundStore();
    private InMemoryForeignBound source = new InMemoryForeignBound(LIMIT);

    @Test
    void execute_newNamespace_goesOnAboveTheLimit() {
        assertThat(plan().target()).isEqualTo(Target.ABSENT);

        assertThat(migrate()).contains(LIMIT + 1);

        assertThat(source.isInvalidated()).isTrue();
        assertThat(store.read("orders").bound()).isGreaterThanOrEqualTo(LIMIT);
        assertThat(store.read("orders").fence()).isEmpty();
    }

    @Test
    void execute_limitRaisedAtTheLastMoment_goesOnAboveThat() {
        source.raisedAtTheLastMoment(1_000_000);

        assertThat(migrate()).contains(LIMIT + 1_000_001);
    }

    @Test
    void plan_always_changesNothing() {
        assertThat(plan().describe()).contains("does not exist", "invalidated", "fence lifted");

        assertThat(store.namespaces()).isEmpty();
        assertThat(source.isInvalidated()).isFalse();
    }

    @Test
    void execute_namespaceThatWasNeverUsed_isTaken() {
        store.create("orders");
        assertThat(plan().target()).isEqualTo(Target.UNUSED);

        assertThat(migrate()).contains(LIMIT + 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, LIMIT - 1, LIMIT, LIMIT + 1})
    void execute_namespaceThatHasIssued_isRefused(long bound) {
        store.create("orders", new BoundState(0, bound, ""));

        assertRefused(ErrorCode.NOT_ALLOWED_NOW, "has issued timestamps of its own, whose bound is " + bound);
    }

    @Test
    void execute_limitInvalidatedByOthers_isRefusedUnlessSaidToBeTheLast() {
        source.invalidate();

        assertRefused(ErrorCode.NOT_ALLOWED_NOW, "was invalidated before");
        assertThat(migrate(Consent.ALREADY_INVALIDATED)).contains(LIMIT + 1);
    }

    @Test
    void execute_secondTime_isRefusedUnlessSaidToBeTheSame() {
        migrate();

        assertRefused(ErrorCode.NOT_ALLOWED_NOW, "was invalidated before");
        BoundState before = store.read("orders");
        assertThat(migrate(Consent.ALREADY_INVALIDATED)).isEmpty();
        assertThat(store.read("orders")).isEqualTo(before);
    }

    @Test
    void execute_othersWouldStop_isRefusedUnlessAgreed() {
        source.with("client 'stock'");

        assertRefused(ErrorCode.NOT_ALLOWED_NOW, "client 'stock'");
        assertThat(migrate(Consent.STOP_OTHERS)).contains(LIMIT + 1);
    }

    @Test
    void execute_fencedByARestore_isRefused() {
        store.create("orders", BoundState.INITIAL.withFenceId("restore-7"));

        assertRefused(ErrorCode.FENCE_CONFLICT, "restore-7");
    }

    @Test
    void execute_begunFromAnotherLimit_isRefused() {
        store.create("orders", BoundState.INITIAL.withFenceId(migration().fenceId()));
        source = new InMemoryForeignBound(LIMIT).named("elsewhere");

        assertRefused(ErrorCode.FENCE_CONFLICT, "migration-");
    }

    @ParameterizedTest
    @ValueSource(longs = {OracleLimits.MAX_FAST_FORWARD + 1, Long.MAX_VALUE})
    void execute_limitAboveTheCeiling_isRefused(long limit) {
        source = new InMemoryForeignBound(limit);

        assertRefused(ErrorCode.TIMESTAMP_OUT_OF_RANGE, Long.toString(limit));
    }

    @Test
    void execute_withTimes_addsThoseUpToTheLimit() {
        source.with(point(1, 5)).with(point(2, LIMIT)).with(point(3, LIMIT + 1));

        migrate();

        assertThat(store.points("orders", 0, 10)).containsExactly(point(1, 5), point(2, LIMIT));
    }

    /** Ends the migration at each change of the store, made or not made, and begins again. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void execute_killedAnywhere_isCompletedByTheNextRun(int survivedChanges) {
        source.with(point(1, 5)).with(point(2, 6));
        DyingStore dying = new DyingStore(store, survivedChanges);
        boolean hasDied = false;
        try (TimestampOracles oracles = new TimestampOracles(dying, OracleSettings.defaults(), new ManualTime())) {
            OracleMigration migration = new OracleMigration(source, dying, "orders", Set.of());
            migration.execute(migration.plan(), oracles);
        } catch (TimestampException e) {
            hasDied = true;
        }
        store = store.reopened();
        boolean isUsable = store.namespaces().contains("orders")
                && store.read("orders").fence().isEmpty();
        assertThat(isUsable && store.read("orders").bound() < LIMIT)
                .as("issues at or below the limit")
                .isFalse();
        assertThat(isUsable && !source.isInvalidated()).as("both issue").isFalse();
        assertThat(hasDied).isEqualTo(survivedChanges < 8);

        boolean isDone = isUsable && source.isInvalidated();
        Optional<Long> next = isDone ? migrate(Consent.ALREADY_INVALIDATED) : migrate();

        assertThat(next.orElse(LIMIT + 1)).isGreaterThan(LIMIT);
        assertThat(source.isInvalidated()).isTrue();
        assertThat(store.read("orders").fence()).isEmpty();
        assertThat(store.read("orders").bound()).isGreaterThanOrEqualTo(LIMIT);
        assertThat(store.points("orders", 0, 10)).containsExactly(point(1, 5), point(2, 6));
    }

    private MigrationPlan plan() {
        return migration().plan();
    }

    private Optional<Long> migrate(Consent... consents) {
        store = store.reopened();
        OracleMigration migration = migration(consents);
        try (TimestampOracles oracles = new TimestampOracles(store, OracleSettings.defaults(), new ManualTime())) {
            Optional<Long> next = migration.execute(migration.plan(), oracles);
            store = store.reopened();
            return next;
        }
    }

    private OracleMigration migration(Consent... consents) {
        return new OracleMigration(source, store, "orders", Set.of(consents));
    }

    private void assertRefused(ErrorCode code, String message) {
        boolean wasInvalidated = source.isInvalidated();
        ThrowingCallable attempt = this::migrate;
        assertThatThrownBy(attempt).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.getMessage()).contains(message);
            assertThat(e.hint()).isNotEmpty();
        });
        store = store.reopened();
        assertThat(source.isInvalidated()).isEqualTo(wasInvalidated);
    }

    private static IssuedPoint point(long second, long timestamp) {
        return new IssuedPoint(Instant.ofEpochSecond(1_000_000 + second), timestamp);
    }
}
