package dev.tidemark.kvs.transactiontable;

import static dev.tidemark.kvs.ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionTable.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every {@link TransactionTable} does, for each schema and for a store that has had all of them. */
public abstract class TransactionTableContract {
    private static final long QUANTUM = 25_000_000;
    private static final TransactionsSchemaMap MIXED =
            new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 1_000L, 2, 2 * QUANTUM, 3)));
    private static final TimestampRange ALL = new TimestampRange(1, 4 * QUANTUM);
    private static final long SEED = 4711;

    private StoreCluster cluster;
    private TransactionTable table;
    private CellTransactionTable application;

    /** Returns the way to a living store; the subclass closes it after the test. */
    protected abstract StoreConnector createStore(TransactionsSchemaMap schemas);

    static Stream<TransactionsSchemaMap> schemas() {
        return Stream.of(
                TransactionsSchemaMap.always(1),
                TransactionsSchemaMap.always(2),
                TransactionsSchemaMap.always(3),
                MIXED);
    }

    private void open(TransactionsSchemaMap schemas) {
        cluster = createStore(schemas).connect();
        table = cluster.transactionTable();
        application = new CellTransactionTable(cluster.cells(), schemas);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void read_anyState_isWhatWasPut(TransactionsSchemaMap schemas) {
        open(schemas);
        NavigableMap<Long, TransactionState> entries = fill(schemas, 200);

        entries.forEach((start, state) -> assertThat(table.read(start)).contains(state));
        assertThat(table.read(ALL.upper() + 1)).isEmpty();
        assertThat(table.read(Long.MAX_VALUE)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void read_timestampBelowOne_isRefused(TransactionsSchemaMap schemas) {
        open(schemas);

        assertThatThrownBy(() -> table.read(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void split_anyNumberOfParts_isOrderedAndExactlyTheInterval(TransactionsSchemaMap schemas) {
        open(schemas);
        List<TimestampRange> intervals = List.of(
                ALL,
                new TimestampRange(1, 1),
                new TimestampRange(999, 1_000),
                new TimestampRange(QUANTUM - 1, 3 * QUANTUM),
                new TimestampRange(Long.MAX_VALUE, Long.MAX_VALUE),
                new TimestampRange(1, Long.MAX_VALUE));

        for (TimestampRange interval : intervals) {
            for (int maxParts : new int[] {1, 2, 3, 7, 16, 100}) {
                List<Part> parts = table.split(interval, maxParts);

                assertThat(parts).as("%s in %d", interval, maxParts).hasSizeBetween(1, maxParts);
                assertExactly(interval, parts);
            }
        }
        assertThatThrownBy(() -> table.split(ALL, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxParts: 0");
    }

    /** Parts follow each other without gap or overlap; those of one interval are all of its slices. */
    private static void assertExactly(TimestampRange interval, List<Part> parts) {
        long next = interval.lower();
        for (int i = 0; i < parts.size(); ) {
            Part first = parts.get(i);
            assertThat(first.starts().lower()).isEqualTo(next);
            for (int slice = 0; slice < first.slices(); slice++) {
                assertThat(parts.get(i++)).isEqualTo(new Part(first.starts(), slice, first.slices()));
            }
            next = first.starts().upper() + 1;
        }
        assertThat(next).isEqualTo(interval.upper() + 1);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void scan_anyInterval_givesEachEntryOfItOnce(TransactionsSchemaMap schemas) {
        open(schemas);
        NavigableMap<Long, TransactionState> entries = fill(schemas, 300);
        Random random = new Random(SEED);

        for (int i = 0; i < 15; i++) {
            long lower = 1 + random.nextLong(ALL.upper());
            long upper = lower + random.nextLong(ALL.upper() - lower + 1);
            int maxParts = 1 + random.nextInt(20);
            assertThat(scan(new TimestampRange(lower, upper), maxParts))
                    .as("seed %d, %d..%d in %d", SEED, lower, upper, maxParts)
                    .isEqualTo(entries.subMap(lower, true, upper, true));
        }
        for (long bound : new long[] {entries.firstKey(), entries.higherKey(QUANTUM), entries.lastKey()}) {
            assertThat(scan(new TimestampRange(bound, bound), 5)).containsOnlyKeys(bound);
        }
        assertThat(scan(ALL, 8)).isEqualTo(entries);
    }

    /** As after a fast-forward to a far timestamp: there are far more quanta than entries. */
    @ParameterizedTest
    @MethodSource("schemas")
    void scan_intervalUpToTheLargestTimestamp_givesEachEntryOnce(TransactionsSchemaMap schemas) {
        open(schemas);
        NavigableMap<Long, TransactionState> entries = fill(schemas, 100);
        Random random = new Random(SEED);
        for (int i = 0; i < 200; i++) {
            long start = random.nextLong(1L << (20 + random.nextInt(42))) + 1;
            if (application
                    .propose(start, TransactionState.committed(start + 1))
                    .isEmpty()) {
                entries.put(start, TransactionState.committed(start + 1));
            }
        }
        for (long quanta = 990; quanta < 1_010; quanta++) { // around what is scanned one by one
            application.propose(quanta * QUANTUM + 15, TransactionState.ABORTED);
            entries.putIfAbsent(quanta * QUANTUM + 15, TransactionState.ABORTED);
        }

        for (int maxParts : new int[] {1, 3, 16}) {
            for (long lower : new long[] {1, 17, QUANTUM + 5, 3 * QUANTUM}) {
                for (long upper : new long[] {999 * QUANTUM, 1_001 * QUANTUM + 15, 1_020 * QUANTUM, Long.MAX_VALUE}) {
                    assertThat(scan(new TimestampRange(lower, upper), maxParts))
                            .as("%d..%d in %d", lower, upper, maxParts)
                            .isEqualTo(entries.subMap(lower, true, upper, true));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void scan_emptyTable_givesNothingAndClosesTwice(TransactionsSchemaMap schemas) {
        open(schemas);

        CloseableIterator<TransactionEntry> entries =
                table.scan(table.split(ALL, 1).get(0));

        assertThat(entries.hasNext()).isFalse();
        assertThatThrownBy(entries::next).isInstanceOf(NoSuchElementException.class);
        entries.close();
        entries.close();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void scan_whileEntriesAreWritten_givesEachAtMostOnceAndThoseThatWereThere(TransactionsSchemaMap schemas)
            throws Exception {
        open(schemas);
        NavigableMap<Long, TransactionState> before = fill(schemas, 100);
        AtomicBoolean isEnded = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        Future<?> writing = writer.submit(() -> {
            Random random = new Random(SEED);
            while (!isEnded.get()) {
                application.propose(1 + random.nextLong(ALL.upper()), TransactionState.ABORTED);
            }
        });

        try {
            for (int i = 0; i < 5; i++) {
                assertThat(scan(ALL, 4)).containsAllEntriesOf(before);
            }
        } finally {
            isEnded.set(true);
            writing.get();
            writer.shutdown();
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void scan_entryThatCannotBeDecoded_fails(TransactionsSchemaMap schemas) {
        open(schemas);
        for (long start : new long[] {20, QUANTUM + 20, 3 * QUANTUM}) {
            open(schemas);
            TransactionsEncoding encoding = TransactionsEncoding.ofSchema(schemas.versionAt(start));
            CellStore cells = cluster.cells();
            cells.putUnlessExists(encoding.table(), encoding.cellOf(start), Bytes.ofHex("7f00ff00ff00ff"));

            assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, () -> scan(ALL, 3));
            assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, () -> table.read(start));
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void abort_entryAsSeen_isAbortedForGoodAndAgain(TransactionsSchemaMap schemas) {
        open(schemas);
        NavigableMap<Long, TransactionState> entries = fill(schemas, 60);

        scan(ALL, 3).forEach((start, state) -> {
            TransactionEntry seen = new TransactionEntry(start, state);
            assertThat(table.abort(seen)).isTrue();
            assertThat(table.abort(seen)).isTrue();
            assertThat(table.abort(new TransactionEntry(start, TransactionState.ABORTED)))
                    .isTrue();
        });

        assertThat(scan(ALL, 3)).hasSameSizeAs(entries).values().containsOnly(TransactionState.ABORTED);
        entries.forEach((start, state) -> {
            assertThat(table.read(start)).contains(TransactionState.ABORTED);
            assertThat(application.propose(start, TransactionState.committed(start + 9)))
                    .contains(TransactionState.ABORTED);
        });
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void abort_entryThatIsAnother_isRefusedAndLeavesIt(TransactionsSchemaMap schemas) {
        open(schemas);
        for (long start : new long[] {20, QUANTUM + 20, 3 * QUANTUM}) {
            application.propose(start, TransactionState.committed(start + 10));

            assertThat(table.abort(new TransactionEntry(start, TransactionState.committed(start + 11))))
                    .isFalse();
            assertThat(table.abort(new TransactionEntry(start + 1, TransactionState.committed(start + 11))))
                    .isFalse();

            assertThat(table.read(start)).contains(TransactionState.committed(start + 10));
            assertThat(table.read(start + 1)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void abort_stagingEntryThatIsConfirmedMeanwhile_hasOneOutcome(TransactionsSchemaMap schemas) throws Exception {
        open(schemas);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        for (long start = 3 * QUANTUM; start < 3 * QUANTUM + 20; start++) {
            long transaction = start;
            if (schemas.versionAt(start) < 3) {
                assertThatThrownBy(() -> application.propose(transaction, TransactionState.staging(transaction + 1)))
                        .isInstanceOf(IllegalArgumentException.class);
                continue;
            }
            TransactionState staging = TransactionState.staging(start + 1);
            TransactionState committed = TransactionState.committed(start + 1);
            application.propose(start, staging);

            Future<Boolean> aborting = threads.submit(() -> table.abort(new TransactionEntry(transaction, staging)));
            Future<Boolean> confirming = threads.submit(() -> application.replace(transaction, staging, committed));

            assertThat(aborting.get()).isNotEqualTo(confirming.get());
            assertThat(table.read(start)).contains(aborting.get() ? TransactionState.ABORTED : committed);
        }
        threads.shutdown();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void abortAll_entriesAsSeenAndChangedOnes_abortsTheFormerAndReturnsTheLatter(TransactionsSchemaMap schemas) {
        open(schemas);
        NavigableMap<Long, TransactionState> entries = fill(schemas, 300);
        List<TransactionEntry> seen = new ArrayList<>();
        List<TransactionEntry> changed = new ArrayList<>();
        NavigableMap<Long, TransactionState> expected = new TreeMap<>();
        scan(ALL, 3).forEach((start, state) -> {
            boolean isChanged = !state.equals(TransactionState.ABORTED) && seen.size() % 3 == 0;
            TransactionEntry entry =
                    new TransactionEntry(start, isChanged ? TransactionState.committed(Long.MAX_VALUE) : state);
            seen.add(entry);
            if (isChanged) {
                changed.add(entry);
            }
            expected.put(start, isChanged ? state : TransactionState.ABORTED);
        });

        assertThat(table.abortAll(seen)).isEqualTo(changed);
        assertThat(scan(ALL, 3)).isEqualTo(expected).hasSameSizeAs(entries);
        assertThat(table.abortAll(seen)).as("again").isEqualTo(changed);
        assertThat(scan(ALL, 3)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void abortAll_entriesThatAreMissingOrAbortedMeanwhile_areToldApart(TransactionsSchemaMap schemas) {
        open(schemas);
        application.propose(20, TransactionState.ABORTED);
        TransactionEntry aborted = new TransactionEntry(20, TransactionState.committed(30));
        TransactionEntry missing = new TransactionEntry(21, TransactionState.committed(30));
        TransactionEntry other = new TransactionEntry(3 * QUANTUM, TransactionState.ABORTED);

        assertThat(table.abortAll(List.of())).isEmpty();
        assertThat(table.abortAll(List.of(missing, aborted, other))).containsExactly(missing);
        assertThat(table.read(20)).contains(TransactionState.ABORTED);
        assertThat(table.read(21)).isEmpty();
        assertThat(table.read(3 * QUANTUM)).isEmpty();
    }

    /** Entries all over the interval, its ends and the ends of quanta and schemas among them. */
    private NavigableMap<Long, TransactionState> fill(TransactionsSchemaMap schemas, int count) {
        Random random = new Random(SEED);
        List<Long> starts = new ArrayList<>(List.of(
                1L,
                15L,
                16L,
                17L,
                999L,
                1_000L,
                QUANTUM - 1,
                QUANTUM,
                QUANTUM + 1,
                2 * QUANTUM - 1,
                2 * QUANTUM,
                ALL.upper()));
        while (starts.size() < count) {
            starts.add(1 + random.nextLong(ALL.upper()));
        }
        NavigableMap<Long, TransactionState> entries = new TreeMap<>();
        for (long start : starts) {
            TransactionState state =
                    switch (random.nextInt(3)) {
                        case 0 -> TransactionState.ABORTED;
                        case 1 ->
                            schemas.versionAt(start) == 3
                                    ? TransactionState.staging(start + 1 + random.nextInt(1_000))
                                    : TransactionState.committed(start + 1);
                        default -> TransactionState.committed(start + 1 + random.nextLong(1L << 40));
                    };
            if (application.propose(start, state).isEmpty()) {
                entries.put(start, state);
            }
        }
        return entries;
    }

    private NavigableMap<Long, TransactionState> scan(TimestampRange starts, int maxParts) {
        NavigableMap<Long, TransactionState> found = new TreeMap<>();
        for (Part part : table.split(starts, maxParts)) {
            try (CloseableIterator<TransactionEntry> entries = table.scan(part)) {
                entries.forEachRemaining(entry -> assertThat(found.put(entry.startTimestamp(), entry.state()))
                        .as("%s twice", entry)
                        .isNull());
            }
        }
        return found;
    }
}
