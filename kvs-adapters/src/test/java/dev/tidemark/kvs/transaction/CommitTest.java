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
import dev.tidemark.kvs.transaction.TransactionWorld.ClientDied;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may go wrong between the first cell and the entry. */
class CommitTest {
    private static final TransactionOptions ONCE = TransactionOptions.defaults().withAttempts(1, Duration.ZERO);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void commit_whenTheLeaseIsLostAfterTheCommitTimestamp_doesNotCommit(int schema) {
        TransactionWorld world = new TransactionWorld(schema);
        TransactionalStore store = world.client(afterCommitTimestamp(start -> world.oracle.loseAllLeases()));
        Transaction transaction = store.begin();
        transaction.put(TABLE, cell("a"), value("1"));

        assertCode(transaction::commit, ErrorCode.LEASE_LOST);

        assertThat(transaction.status()).isEqualTo(Transaction.Status.ABORTED);
        assertThat(world.entries.read(transaction.startTimestamp())).isEmpty();
        assertThat(get(world.client(), "a")).isNull();
    }

    @Test
    void commit_whenTheLeaseWasLostBefore_doesNotCommit() {
        TransactionWorld world = new TransactionWorld(1);
        Transaction transaction = world.client().begin();
        transaction.put(TABLE, cell("a"), value("1"));
        world.oracle.loseAllLeases();

        assertCode(transaction::commit, ErrorCode.LEASE_LOST);

        assertThat(get(world.client(), "a")).isNull();
    }

    @Test
    void commit_whenTheAnswerOfTheLeaseCheckIsTooOld_doesNotCommit() {
        TransactionWorld world = new TransactionWorld(1);
        TransactionEvents slow = new TransactionEvents() {
            @Override
            public void beforeEntry(long startTimestamp, long commitTimestamp) {
                world.nanos.addAndGet(
                        Duration.ofMillis(LocalOracle.LEASE_MILLIS).toNanos());
            }
        };
        Transaction transaction = world.client(slow).begin();
        transaction.put(TABLE, cell("a"), value("1"));

        assertCode(transaction::commit, ErrorCode.LEASE_LOST);
    }

    @Test
    void commit_ofReadsWhoseLeaseWasLost_fails() {
        TransactionWorld world = new TransactionWorld(1);
        Transaction reader = world.client().begin();
        get(reader, "a");
        world.oracle.loseAllLeases();

        assertCode(reader::commit, ErrorCode.LEASE_LOST);
    }

    /** A client is stopped with its commit timestamp in hand, and meanwhile the store is rewound to before its commit. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void commit_ofAClientThatOutlivesARewind_doesNotCommitAndNothingElseDoes(int schema) {
        TransactionWorld world = new TransactionWorld(schema);
        put(world.client(), "a", "before");
        long backupTimestamp = world.oracle.lastTimestamp();
        TransactionalStore zombie = world.client(
                afterCommitTimestamp(start -> {
                    world.oracle.fence();
                    world.cells.deleteVersions(TABLE, Map.of(cell("b"), Set.of(start)));
                    world.oracle.unfence();
                    put(world.client(), "c", "after");
                }),
                ONCE);
        Transaction transaction = zombie.begin();
        transaction.put(TABLE, cell("a"), value("half"));
        transaction.put(TABLE, cell("b"), value("half"));

        assertCode(transaction::commit, ErrorCode.LEASE_LOST);

        assertThat(world.visibleAt(backupTimestamp, TABLE)).isEqualTo(Map.of("a", "before"));
        assertThat(world.visibleAt(world.oracle.lastTimestamp(), TABLE)).isEqualTo(Map.of("a", "before", "c", "after"));
    }

    @Test
    void execute_whenTheNamespaceIsFenced_failsAtOnce() {
        TransactionWorld world = new TransactionWorld(1);
        TransactionalStore store = world.client(afterCommitTimestamp(start -> world.oracle.fence()));

        assertCode(() -> put(store, "a", "1"), ErrorCode.NAMESPACE_FENCED);

        world.oracle.unfence();
        assertThat(get(world.client(), "a")).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void commit_afterAReaderRolledItBack_conflicts(int schema) {
        TransactionWorld world = new TransactionWorld(schema);
        List<String> seen = new ArrayList<>();
        TransactionalStore reader = world.client();
        TransactionalStore writer = world.client(afterCommitTimestamp(start -> seen.add(get(reader, "a"))), ONCE);

        assertCode(() -> put(writer, "a", "1"), ErrorCode.TRANSACTION_CONFLICT);

        assertThat(seen).containsOnlyNulls().hasSize(1);
        assertThat(get(reader, "a")).isNull();
        assertThat(world.oracle.leases()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void get_ofACommitThatEndsWhileTheReaderWaits_seesIt(int schema) {
        TransactionWorld world = new TransactionWorld(schema);
        long writer = leaveUndecided(world, "a", "1", true);
        world.duringSleep.add(() -> world.entries.propose(writer, TransactionState.committed(writer + 1)));

        String seen = get(world.client(), "a");

        assertThat(seen).isEqualTo("1");
        assertThat(world.sleeps).hasSize(1);
    }

    @Test
    void get_ofACommitThatIsFasterThanTheRollBack_usesItsEntry() {
        TransactionWorld world = new TransactionWorld(1);
        long writer = leaveUndecided(world, "a", "1", false);
        world.cells.before(
                Call.PUT_UNLESS_EXISTS, () -> world.entries.propose(writer, TransactionState.committed(writer + 1)));

        assertThat(get(world.client(), "a")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void get_ofWhatACrashedClientLeft_rollsItBackWithoutWaiting(int schema) {
        TransactionWorld world = new TransactionWorld(schema);
        long writer = leaveUndecided(world, "a", "1", false);

        String seen = get(world.client(), "a");

        assertThat(seen).isNull();
        assertThat(world.entries.read(writer)).contains(TransactionState.ABORTED);
        assertThat(world.sleeps).isEmpty();
    }

    @Test
    void get_ofAClientThatIsTooSlow_rollsItBackWhenPatienceEnds() {
        TransactionWorld world = new TransactionWorld(1);
        long writer = leaveUndecided(world, "a", "1", true);

        assertThat(get(world.client(), "a")).isNull();

        assertThat(world.entries.read(writer)).contains(TransactionState.ABORTED);
        assertThat(world.sleeps.stream().mapToLong(Duration::toMillis).sum())
                .isBetween(10L, TransactionOptions.defaults().rollBackPatience().toMillis());
    }

    @Test
    void get_ofStagingLeftByACrashedClient_completesTheCommit() {
        TransactionWorld world = new TransactionWorld(3);
        TransactionalStore crashing = world.client(new TransactionEvents() {
            @Override
            public void afterStaging(long startTimestamp, long commitTimestamp) {
                throw new ClientDied();
            }
        });
        Transaction transaction = crashing.begin();
        transaction.put(TABLE, cell("a"), value("1"));
        assertThatThrownBy(transaction::commit).isInstanceOf(ClientDied.class);
        assertThat(world.entries.read(transaction.startTimestamp())).get().isInstanceOf(TransactionState.Staging.class);
        world.oracle.loseAllLeases();

        assertThat(get(world.client(), "a")).isEqualTo("1");

        assertThat(world.entries.read(transaction.startTimestamp()))
                .get()
                .isInstanceOf(TransactionState.Committed.class);
    }

    @Test
    void commit_whoseStagingAReaderConfirms_commits() {
        TransactionWorld world = new TransactionWorld(3);
        List<String> seen = new ArrayList<>();
        TransactionalStore reader = world.client();
        TransactionalStore writer = world.client(new TransactionEvents() {
            @Override
            public void afterStaging(long startTimestamp, long commitTimestamp) {
                seen.add(get(reader, "a"));
            }
        });

        put(writer, "a", "1");

        assertThat(seen).containsExactly("1");
        assertThat(get(reader, "a")).isEqualTo("1");
    }

    @Test
    void commit_whoseStagingCannotBeConfirmed_isCommitted() {
        TransactionWorld world = new TransactionWorld(3);
        world.cells.failNext(Call.COMPARE_AND_SET);

        put(world.client(), "a", "1");

        assertThat(get(world.client(), "a")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void commit_whoseEntryIsPutAlthoughTheStoreFails_isCommitted(int schema) {
        TransactionWorld world = new TransactionWorld(schema);
        TransactionalStore store = world.client(TransactionEvents.NONE, ONCE);
        world.cells.failNextAfterEffect(Call.PUT_UNLESS_EXISTS);

        put(store, "a", "1");

        assertThat(get(store, "a")).isEqualTo("1");
        assertThat(world.oracle.leases()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void commit_whoseEntryIsNotPut_isRolledBackForGood(int schema) {
        TransactionWorld world = new TransactionWorld(schema);
        Transaction transaction = world.client().begin();
        transaction.put(TABLE, cell("a"), value("1"));
        world.cells.failNext(Call.PUT_UNLESS_EXISTS);

        assertCode(transaction::commit, ErrorCode.TRANSACTION_CONFLICT);

        assertThat(transaction.status()).isEqualTo(Transaction.Status.ABORTED);
        assertThat(world.entries.read(transaction.startTimestamp())).contains(TransactionState.ABORTED);
        assertThat(world.oracle.leases()).isEmpty();
    }

    @Test
    void commit_whenTheStoreStopsAnsweringAtTheEntry_saysThatTheOutcomeIsUnknown() {
        TransactionWorld world = new TransactionWorld(1);
        Transaction transaction = world.client().begin();
        transaction.put(TABLE, cell("a"), value("1"));
        world.cells.failNextAfterEffect(Call.PUT_UNLESS_EXISTS);
        world.cells.before(Call.PUT_UNLESS_EXISTS, () -> {}).failNext(Call.PUT_UNLESS_EXISTS);

        assertThatThrownBy(transaction::commit).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            assertThat(e).hasMessageContaining("the outcome of transaction " + transaction.startTimestamp());
        });

        assertThat(transaction.status()).isEqualTo(Transaction.Status.UNKNOWN);
        assertThat(get(world.client(), "a")).isEqualTo("1");
    }

    @Test
    void commit_withAnUnknownOutcome_keepsItsCommitTimestampUnsettledUntilTheLeaseRunsOut() {
        TransactionWorld world = new TransactionWorld(1);
        Transaction transaction = world.client().begin();
        transaction.put(TABLE, cell("a"), value("1"));
        world.cells.failNext(Call.PUT_UNLESS_EXISTS).failNext(Call.PUT_UNLESS_EXISTS);

        assertCode(transaction::commit, ErrorCode.STORE_UNAVAILABLE);
        transaction.close();

        assertThat(transaction.status()).isEqualTo(Transaction.Status.UNKNOWN);
        assertThat(world.oracle.isSettled(world.oracle.lastTimestamp())).isFalse();
        world.oracle.takeCalls();
        world.refreshLeases();
        assertThat(world.oracle.takeCalls()).isEmpty();
        world.oracle.loseAllLeases();
        assertThat(world.oracle.isSettled(world.oracle.lastTimestamp())).isTrue();
    }

    @Test
    void commit_whoseCellsAreWrittenInPart_isRolledBack() {
        TransactionWorld world = new TransactionWorld(1);
        Transaction transaction = world.client().begin();
        transaction.put(TABLE, cell("a"), value("1"));
        world.cells.failNextAfterEffect(Call.PUT);

        assertCode(transaction::commit, ErrorCode.STORE_UNAVAILABLE);

        assertThat(world.entries.read(transaction.startTimestamp())).contains(TransactionState.ABORTED);
        assertThat(world.oracle.leases()).isEmpty();
        assertThat(get(world.client(), "a")).isNull();
    }

    @Test
    void commit_whoseUnlockFails_isCommitted() {
        TransactionWorld world = new TransactionWorld(1);
        Transaction transaction = world.client().begin();
        transaction.put(TABLE, cell("a"), value("1"));
        world.oracle.failNextUnlock(ErrorCode.ORACLE_UNAVAILABLE);

        transaction.commit();

        assertThat(transaction.status()).isEqualTo(Transaction.Status.COMMITTED);
        assertThat(get(world.client(), "a")).isEqualTo("1");
    }

    @Test
    void commit_whenItsOwnVersionIsGone_doesNotCommit() {
        TransactionWorld world = new TransactionWorld(1);
        TransactionalStore store = world.client(new TransactionEvents() {
            @Override
            public void afterCellsWritten(long startTimestamp) {
                world.cells.deleteVersions(TABLE, Map.of(cell("a"), Set.of(startTimestamp)));
            }
        });
        Transaction transaction = store.begin();
        transaction.put(TABLE, cell("a"), value("1"));
        transaction.put(TABLE, cell("b"), value("1"));

        assertCode(transaction::commit, ErrorCode.LEASE_LOST);

        assertThat(get(world.client(), "b")).isNull();
    }

    /** Leaves a version with a commit timestamp and without an entry; its start timestamp is returned. */
    private static long leaveUndecided(TransactionWorld world, String row, String text, boolean isAlive) {
        TransactionalStore dying = world.client(new TransactionEvents() {
            @Override
            public void afterCommitTimestamp(long startTimestamp, long commitTimestamp) {
                throw new ClientDied();
            }
        });
        Transaction transaction = dying.begin();
        transaction.put(TABLE, cell(row), value(text));
        assertThatThrownBy(transaction::commit).isInstanceOf(ClientDied.class);
        if (!isAlive) {
            world.oracle.loseAllLeases();
        }
        return transaction.startTimestamp();
    }

    private static TransactionEvents afterCommitTimestamp(LongConsumer action) {
        return new TransactionEvents() {
            @Override
            public void afterCommitTimestamp(long startTimestamp, long commitTimestamp) {
                action.accept(startTimestamp);
            }
        };
    }

    private static void assertCode(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
