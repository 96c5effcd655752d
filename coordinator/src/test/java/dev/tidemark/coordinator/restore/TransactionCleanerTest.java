package dev.tidemark.coordinator.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.memory.Faults;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.memory.Seam;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionCleanerTest {
    private static final long IMMUTABLE = 40;
    private static final long BACKUP = 100;
    private static final long FAST_FORWARD = 200;
    private static final TimestampRange STARTS = new TimestampRange(IMMUTABLE, FAST_FORWARD);
    private static final ParallelWork WORK = new ParallelWork(Runnable::run, 4);

    private static CellTransactionTable table(int schema) {
        return InMemoryStore.create(InMemoryOptions.singleNode(TransactionsSchemaMap.always(schema)), new Random(1))
                .transactionTable();
    }

    private static TransactionCleaner cleaner(TransactionTable table) {
        return new TransactionCleaner(table, BACKUP, WORK, (scanned, aborted) -> {});
    }

    /** The worked history of docs/consistency.rst, as it is after the repair. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void clean_workedHistory_abortsTheCommitsAboveBAndNoOther(int schema) {
        CellTransactionTable table = table(schema);
        Map<Long, TransactionState> expected = new HashMap<>();
        put(table, expected, 45, TransactionState.committed(90), TransactionState.committed(90));
        put(table, expected, 60, TransactionState.committed(120), TransactionState.ABORTED);
        put(table, expected, 110, TransactionState.committed(150), TransactionState.ABORTED);
        put(table, expected, 41, TransactionState.committed(100), TransactionState.committed(100));
        put(table, expected, 99, TransactionState.committed(101), TransactionState.ABORTED);
        put(table, expected, 70, TransactionState.ABORTED, TransactionState.ABORTED);
        put(table, expected, 40, TransactionState.committed(199), TransactionState.ABORTED);

        TransactionCleaner.Result result = cleaner(table).clean(STARTS);

        expected.forEach(
                (start, state) -> assertThat(table.read(start)).as("%s", start).contains(state));
        assertThat(table.read(130)).as("still running").isEmpty();
        assertThat(result.aborted()).isEqualTo(4);
        assertThat(result.straddlers()).isEqualTo(3);
        assertThat(result.passes()).isEqualTo(2);
        assertThat(cleaner(table).count(STARTS)).isZero();
    }

    @Test
    void clean_staging_isAbortedAboveBAndKeptBelow() {
        CellTransactionTable table = table(3);
        table.propose(50, TransactionState.staging(100));
        table.propose(51, TransactionState.staging(101));

        cleaner(table).clean(STARTS);

        assertThat(table.read(50)).contains(TransactionState.staging(100));
        assertThat(table.read(51)).contains(TransactionState.ABORTED);
    }

    @Test
    void clean_again_changesNothing() {
        CellTransactionTable table = table(2);
        table.propose(60, TransactionState.committed(120));
        cleaner(table).clean(STARTS);

        TransactionCleaner.Result again = cleaner(table).clean(STARTS);

        assertThat(again.aborted()).isZero();
        assertThat(again.passes()).isEqualTo(1);
    }

    /** An entry that arrives while the table is scanned is found by the next pass. */
    @Test
    void clean_commitArrivesDuringThePass_isFoundByTheNext() {
        CellTransactionTable table = table(1);
        table.propose(60, TransactionState.committed(120));
        List<Long> late = new ArrayList<>(List.of(50L, 51L));
        TransactionTable busy = new Interfering(table, () -> {
            if (!late.isEmpty()) {
                table.propose(late.remove(0), TransactionState.committed(130));
            }
        });

        TransactionCleaner.Result result =
                new TransactionCleaner(busy, BACKUP, new ParallelWork(Runnable::run, 1), (s, a) -> {}).clean(STARTS);

        assertThat(late).isEmpty();
        assertThat(result.aborted()).isEqualTo(3);
        assertThat(table.read(50)).contains(TransactionState.ABORTED);
        assertThat(table.read(51)).contains(TransactionState.ABORTED);
    }

    /** Between scan and abort a reader confirms the staging entry: the abort by value fails, and is tried on what is there. */
    @Test
    void clean_stagingIsConfirmedBeforeTheAbort_isAbortedAllTheSame() {
        CellTransactionTable table = table(3);
        table.propose(60, TransactionState.staging(120));
        TransactionTable busy = new Interfering(table, () -> {}) {
            @Override
            public boolean abort(TransactionEntry seen) {
                table.replace(60, TransactionState.staging(120), TransactionState.committed(120));
                return super.abort(seen);
            }
        };

        new TransactionCleaner(busy, BACKUP, WORK, (s, a) -> {}).clean(STARTS);

        assertThat(table.read(60)).contains(TransactionState.ABORTED);
    }

    /** More than a batch, of all states, in every schema; some change between scan and abort. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void clean_severalBatchesAndSomeEntriesChange_abortsAllAboveBAndCountsThemOnce(int schema) {
        CellTransactionTable table = table(schema);
        int count = 5_000;
        for (long start = BACKUP + 1; start <= BACKUP + count; start++) {
            table.propose(start, start % 5 == 0 ? TransactionState.ABORTED : committedLate(schema, start));
        }
        table.propose(50, TransactionState.committed(60));
        table.propose(51, TransactionState.committed(10_000));
        List<Integer> batches = new ArrayList<>();
        TransactionTable busy = new Interfering(table, () -> {}) {
            @Override
            public List<TransactionEntry> abortAll(List<TransactionEntry> seen) {
                batches.add(seen.size());
                seen.stream()
                        .filter(entry -> entry.state() instanceof TransactionState.Staging)
                        .limit(10)
                        .forEach(entry -> table.replace(
                                entry.startTimestamp(), entry.state(), TransactionState.committed(20_000)));
                return table.abortAll(seen);
            }
        };
        List<Long> told = new ArrayList<>();

        TransactionCleaner.Result result = new TransactionCleaner(
                        busy, BACKUP, new ParallelWork(Runnable::run, 1), (scanned, aborted) -> told.add(aborted))
                .clean(new TimestampRange(IMMUTABLE, BACKUP + count));

        assertThat(result.aborted()).isEqualTo(count - count / 5 + 1);
        assertThat(result.straddlers()).isEqualTo(1);
        assertThat(result.scanned()).isEqualTo(2L * (count + 2));
        assertThat(batches).hasSizeGreaterThan(3).allSatisfy(size -> assertThat(size)
                .isBetween(1, 1_000));
        assertThat(told).isSorted().endsWith(result.aborted()).hasSizeGreaterThan(batches.size());
        assertThat(cleaner(table).count(new TimestampRange(1, BACKUP + count))).isZero();
        assertThat(table.read(50)).contains(TransactionState.committed(60));
    }

    private static TransactionState committedLate(int schema, long start) {
        return schema == 3 && start % 2 == 0
                ? TransactionState.staging(start + 7_000)
                : TransactionState.committed(start + 7_000);
    }

    /** Whoever has lost the lock says so in its answer to the progress: not one entry more is aborted. */
    @Test
    void clean_progressObjects_endsBeforeTheNextBatch() {
        CellTransactionTable table = table(2);
        table.propose(60, TransactionState.committed(120));
        TransactionCleaner cleaner = new TransactionCleaner(table, BACKUP, WORK, (scanned, aborted) -> {
            throw new IllegalStateException("the lock is lost");
        });

        assertThatThrownBy(() -> cleaner.clean(STARTS)).hasMessage("the lock is lost");
        assertThat(table.read(60)).contains(TransactionState.committed(120));
    }

    @Test
    void clean_answerOfABatchIsLost_theNextRunEndsIt() {
        InMemoryStore store =
                InMemoryStore.create(InMemoryOptions.threeNodes(30, TransactionsSchemaMap.always(2)), new Random(1));
        CellTransactionTable table = store.transactionTable();
        for (long start = 41; start < 80; start++) {
            table.propose(start, TransactionState.committed(start + 100));
        }
        for (Faults.Moment moment : Faults.Moment.values()) {
            store.faults().failNext(Seam.COMPARE_AND_SET, moment, ErrorCode.STORE_UNAVAILABLE);
            assertThatThrownBy(() -> cleaner(table).clean(STARTS)).isInstanceOf(KeyValueStoreException.class);
        }

        cleaner(table).clean(STARTS);

        for (long start = 41; start < 80; start++) {
            assertThat(table.read(start)).contains(TransactionState.ABORTED);
        }
    }

    @Test
    void clean_commitsNeverStop_givesUpWithTheReason() {
        CellTransactionTable table = table(1);
        long[] next = {41};
        table.propose(40, TransactionState.committed(130));
        TransactionTable busy = new Interfering(table, () -> table.propose(next[0]++, TransactionState.committed(130)));

        assertThatThrownBy(() -> new TransactionCleaner(busy, BACKUP, new ParallelWork(Runnable::run, 1), (s, a) -> {})
                        .clean(STARTS))
                .isInstanceOf(CoordinatorException.class)
                .extracting(e -> ((CoordinatorException) e).code())
                .isEqualTo(ErrorCode.VERIFICATION_FAILED);
    }

    private static void put(
            CellTransactionTable table,
            Map<Long, TransactionState> expected,
            long start,
            TransactionState before,
            TransactionState after) {
        table.propose(start, before);
        expected.put(start, after);
    }

    /** Does something after each scan was opened, as a client that nobody has stopped. */
    private static class Interfering implements TransactionTable {
        private final TransactionTable table;
        private final Runnable interference;

        Interfering(TransactionTable table, Runnable interference) {
            this.table = table;
            this.interference = interference;
        }

        @Override
        public List<Part> split(TimestampRange starts, int maxParts) {
            return table.split(starts, maxParts);
        }

        @Override
        public CloseableIterator<TransactionEntry> scan(Part part) {
            CloseableIterator<TransactionEntry> entries = table.scan(part);
            interference.run();
            return entries;
        }

        @Override
        public Optional<TransactionState> read(long startTimestamp) {
            return table.read(startTimestamp);
        }

        @Override
        public boolean abort(TransactionEntry seen) {
            return table.abort(seen);
        }
    }
}
