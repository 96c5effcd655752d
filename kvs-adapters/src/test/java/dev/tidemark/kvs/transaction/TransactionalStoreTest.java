package dev.tidemark.kvs.transaction;

import static dev.tidemark.kvs.transaction.TransactionWorld.TABLE;
import static dev.tidemark.kvs.transaction.TransactionWorld.cell;
import static dev.tidemark.kvs.transaction.TransactionWorld.get;
import static dev.tidemark.kvs.transaction.TransactionWorld.put;
import static dev.tidemark.kvs.transaction.TransactionWorld.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.transaction.ScriptedCells.Call;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TransactionalStoreTest {
    private final TransactionWorld world = new TransactionWorld(1);

    @Test
    void begin_takesItsLeaseBeforeItsStartTimestamp() {
        Transaction transaction = world.client().begin();

        assertThat(world.oracle.takeCalls()).containsExactly("lock", "fresh");
        assertThat(world.oracle.immutableTimestamp()).isLessThan(transaction.startTimestamp());
    }

    @Test
    void begin_whenTheNamespaceIsFenced_isRefusedAndLeavesNoLease() {
        TransactionalStore store = world.client();
        world.oracle.fence();

        assertCode(store::begin, ErrorCode.NAMESPACE_FENCED);

        world.oracle.unfence();
        assertThat(world.oracle.leases()).isEmpty();
    }

    @Test
    void begin_beyondTheLimit_isRefusedUntilOneEnds() {
        TransactionOptions options = TransactionOptions.defaults().withMaxOpen(2, Duration.ofHours(1));
        TransactionalStore store = world.client(TransactionEvents.NONE, options);
        Transaction first = store.begin();
        store.begin();

        assertCode(store::begin, ErrorCode.NOT_ALLOWED_NOW);

        first.close();
        store.begin().close();
    }

    @Test
    void execute_whenAnotherWins_runsAgainWithTheNewState() {
        TransactionalStore store = world.client();
        put(store, "a", "1");
        AtomicInteger runs = new AtomicInteger();

        String result = store.execute(transaction -> {
            String seen = get(transaction, "a");
            if (runs.incrementAndGet() == 1) {
                put(store, "a", "2");
            }
            transaction.put(TABLE, cell("a"), value(seen + "+"));
            return seen;
        });

        assertThat(result).isEqualTo("2");
        assertThat(get(store, "a")).isEqualTo("2+");
        assertThat(runs).hasValue(2);
        assertThat(world.sleeps).hasSize(1);
        assertThat(world.oracle.leases()).isEmpty();
    }

    @Test
    void execute_whenTheLeaseIsLost_runsAgain() {
        TransactionalStore store = world.client();
        AtomicInteger runs = new AtomicInteger();

        store.execute(transaction -> {
            if (runs.incrementAndGet() == 1) {
                world.oracle.loseAllLeases();
            }
            transaction.put(TABLE, cell("a"), value("1"));
            return null;
        });

        assertThat(runs).hasValue(2);
        assertThat(get(store, "a")).isEqualTo("1");
    }

    @Test
    void execute_whenItNeverWins_givesUpAfterTheLastAttempt() {
        TransactionOptions options = TransactionOptions.defaults().withAttempts(4, Duration.ofMillis(3));
        TransactionalStore store = world.client(TransactionEvents.NONE, options);
        AtomicInteger runs = new AtomicInteger();

        assertCode(
                () -> store.execute(transaction -> {
                    put(world.client(), "a", "" + runs.incrementAndGet());
                    transaction.put(TABLE, cell("a"), value("never"));
                    return null;
                }),
                ErrorCode.TRANSACTION_CONFLICT);

        assertThat(runs).hasValue(4);
        assertThat(world.sleeps).hasSize(3).allMatch(pause -> pause.compareTo(Duration.ofMillis(3)) <= 0);
    }

    @Test
    void execute_withAnUnknownOutcome_doesNotRunAgain() {
        TransactionalStore store = world.client();
        AtomicInteger runs = new AtomicInteger();
        world.cells.failNext(Call.PUT_UNLESS_EXISTS).failNext(Call.PUT_UNLESS_EXISTS);

        assertCode(
                () -> store.execute(transaction -> {
                    runs.incrementAndGet();
                    transaction.put(TABLE, cell("a"), value("1"));
                    return null;
                }),
                ErrorCode.STORE_UNAVAILABLE);

        assertThat(runs).hasValue(1);
    }

    @Test
    void execute_whoseBodyFails_abortsAndPassesTheErrorOn() {
        TransactionalStore store = world.client();

        assertThatThrownBy(() -> store.execute(transaction -> {
                    transaction.put(TABLE, cell("a"), value("1"));
                    throw new IllegalArgumentException("no");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(get(store, "a")).isNull();
        assertThat(world.oracle.leases()).isEmpty();
    }

    @Test
    void execute_whoseBodyAborts_endsWithoutACommit() {
        TransactionalStore store = world.client();

        String result = store.execute(transaction -> {
            transaction.put(TABLE, cell("a"), value("1"));
            transaction.abort();
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(get(store, "a")).isNull();
    }

    @Test
    void execute_whenInterruptedWhileItWaits_stopsAndKeepsTheFlag() {
        TransactionSeams seams = world.seams(TransactionEvents.NONE);
        TransactionalStore store = new TransactionalStore(
                world.cells,
                world.schemas,
                world.oracle,
                new TransactionSeams(
                        seams.tasks(),
                        seams.tokens(),
                        seams.clock(),
                        duration -> {
                            throw new InterruptedException();
                        },
                        seams.random(),
                        seams.events()),
                TransactionOptions.defaults());

        assertCode(
                () -> store.execute(transaction -> {
                    world.oracle.loseAllLeases();
                    transaction.put(TABLE, cell("a"), value("1"));
                    return null;
                }),
                ErrorCode.INTERRUPTED);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void refresh_thatFindsALeaseLost_makesTheTransactionFailAtItsNextStep() {
        TransactionalStore store = world.client();
        Transaction transaction = store.begin();
        world.oracle.loseAllLeases();

        world.refreshLeases();

        assertCode(() -> get(transaction, "a"), ErrorCode.LEASE_LOST);
        assertCode(() -> transaction.put(TABLE, cell("a"), value("1")), ErrorCode.LEASE_LOST);
    }

    @Test
    void refresh_ofATransactionThatIsOpenForTooLong_givesItUp() {
        TransactionOptions options = TransactionOptions.defaults().withMaxOpen(10, Duration.ofMinutes(1));
        TransactionalStore store = world.client(TransactionEvents.NONE, options);
        Transaction forgotten = store.begin();
        world.oracle.takeCalls();
        world.refreshLeases();
        assertThat(world.oracle.takeCalls()).containsExactly("refresh");

        world.nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        world.refreshLeases();

        assertThat(world.oracle.takeCalls()).isEmpty();
        assertCode(() -> get(forgotten, "a"), ErrorCode.LEASE_LOST);
    }

    @Test
    void close_withOpenTransactions_endsTheirLeases() {
        TransactionalStore store = world.client();
        Transaction transaction = store.begin();
        transaction.put(TABLE, cell("a"), value("1"));

        store.close();
        store.close();

        assertThat(world.oracle.leases()).isEmpty();
        assertThat(world.refreshes).isEmpty();
        assertCode(transaction::commit, ErrorCode.LEASE_LOST);
    }

    @Test
    void options_outsideTheirLimits_areRefused() {
        assertThatThrownBy(() -> TransactionOptions.defaults().withMaxWrites(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxCells: 0 (expected: 1..10000000)");
        assertThatThrownBy(() -> TransactionOptions.defaults().withAttempts(0, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TransactionOptions.defaults().withRollBackPatience(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SweepOptions(0, 1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertCode(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(code))
                .isInstanceOf(KeyValueStoreException.class);
    }
}
