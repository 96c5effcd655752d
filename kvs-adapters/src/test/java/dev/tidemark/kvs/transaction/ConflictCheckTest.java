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
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two writers of one cell, stopped at every point of each other's commit. */
class ConflictCheckTest {
    enum Point {
        CELLS_WRITTEN,
        CONFLICTS_CHECKED,
        COMMIT_TIMESTAMP_FETCHED,
        BEFORE_ENTRY,
        ENTRY_PUT
    }

    @ParameterizedTest
    @EnumSource
    void commit_whileALaterStarterCommitsAtAnyPoint_neverCommitsBoth(Point point) {
        TransactionWorld world = new TransactionWorld(1);
        Transaction[] second = new Transaction[1];
        Transaction first =
                world.client(at(point, () -> commitQuietly(second[0]))).begin();
        second[0] = world.client().begin();
        first.put(TABLE, cell("a"), value("first"));
        second[0].put(TABLE, cell("a"), value("second"));

        commitQuietly(first);

        assertExactlyOneCommitted(world, first, second[0]);
    }

    @ParameterizedTest
    @EnumSource
    void commit_whileAnEarlierStarterCommitsAtAnyPoint_neverCommitsBoth(Point point) {
        TransactionWorld world = new TransactionWorld(1);
        Transaction first = world.client().begin();
        Transaction second = world.client(at(point, () -> commitQuietly(first))).begin();
        first.put(TABLE, cell("a"), value("first"));
        second.put(TABLE, cell("a"), value("second"));

        commitQuietly(second);

        assertExactlyOneCommitted(world, first, second);
    }

    @Test
    void commit_overVersionsOfAbortedTransactions_looksBelowThem() {
        TransactionWorld world = new TransactionWorld(1);
        TransactionalStore store = world.client();
        Transaction first = store.begin();
        first.put(TABLE, cell("a"), value("first"));
        put(store, "a", "winner");
        for (long start = 100; start < 105; start++) {
            world.cells.put(TABLE, Map.of(cell("a"), value("aborted")), start);
            world.entries.propose(start, TransactionState.ABORTED);
        }

        assertThatThrownBy(first::commit).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.TRANSACTION_CONFLICT));
    }

    @Test
    void commit_afterAnEarlierStarterThatCommittedLater_conflicts() {
        TransactionWorld world = new TransactionWorld(1);
        TransactionalStore store = world.client();
        Transaction earlier = store.begin();
        Transaction later = store.begin();
        earlier.put(TABLE, cell("a"), value("earlier"));
        later.put(TABLE, cell("a"), value("later"));

        earlier.commit();

        assertThatThrownBy(later::commit).isInstanceOf(KeyValueStoreException.class);
        assertThat(get(store, "a")).isEqualTo("earlier");
    }

    @Test
    void commit_overWhatACrashedClientLeft_rollsItBack() {
        TransactionWorld world = new TransactionWorld(1);
        TransactionalStore store = world.client();
        Transaction crashed = store.begin();
        world.cells.put(TABLE, Map.of(cell("a"), value("lost")), crashed.startTimestamp());
        world.oracle.loseAllLeases();

        put(store, "a", "1");

        assertThat(world.entries.read(crashed.startTimestamp())).contains(TransactionState.ABORTED);
        assertThat(get(store, "a")).isEqualTo("1");
    }

    private static TransactionEvents at(Point point, Runnable action) {
        return new TransactionEvents() {
            @Override
            public void afterCellsWritten(long startTimestamp) {
                run(Point.CELLS_WRITTEN);
            }

            @Override
            public void afterConflictCheck(long startTimestamp) {
                run(Point.CONFLICTS_CHECKED);
            }

            @Override
            public void afterCommitTimestamp(long startTimestamp, long commitTimestamp) {
                run(Point.COMMIT_TIMESTAMP_FETCHED);
            }

            @Override
            public void beforeEntry(long startTimestamp, long commitTimestamp) {
                run(Point.BEFORE_ENTRY);
            }

            @Override
            public void afterEntry(long startTimestamp, long commitTimestamp) {
                run(Point.ENTRY_PUT);
            }

            private void run(Point reached) {
                if (reached == point) {
                    action.run();
                }
            }
        };
    }

    private static void commitQuietly(Transaction transaction) {
        try {
            transaction.commit();
        } catch (KeyValueStoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_CONFLICT);
        }
    }

    private static void assertExactlyOneCommitted(TransactionWorld world, Transaction first, Transaction second) {
        boolean isFirst = first.status() == Transaction.Status.COMMITTED;
        boolean isSecond = second.status() == Transaction.Status.COMMITTED;
        assertThat(isFirst).isNotEqualTo(isSecond);
        assertThat(get(world.client(), "a")).isEqualTo(isFirst ? "first" : "second");
    }
}
