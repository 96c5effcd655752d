package dev.tidemark.kvs;

import static dev.tidemark.kvs.ErrorCode.INVALID_INPUT;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link CellStore} does. */
public abstract class CellStoreContract {
    private static final TableName TABLE = TableName.of("accounts");
    private static final TableName OTHER = TableName.of("other");
    private static final TableName MISSING = TableName.of("missing");
    private static final Comparator<CellVersion> ORDER =
            Comparator.comparing(CellVersion::cell).thenComparing(CellVersion::timestamp, Comparator.reverseOrder());
    private static final int THREADS = 4;

    private CellStore cells;

    /** Returns the cells of a store without tables of the application; the subclass closes it after the test. */
    protected abstract CellStore createCells();

    /** Tells whether tables can have any name that {@link TableName} allows; they are refused with INVALID_INPUT otherwise. */
    protected boolean takesAnyTableName() {
        return true;
    }

    /** Tells whether a row can have the length zero; writing one is refused with INVALID_INPUT otherwise. */
    protected boolean takesEmptyRow() {
        return true;
    }

    /** Tells whether a version that was deleted can be put again; that has no effect otherwise. */
    protected boolean forgetsDeletions() {
        return true;
    }

    @BeforeEach
    void createTables() {
        cells = createCells();
        cells.createTable(TABLE);
    }

    @Test
    void createTable_again_keepsContentAndTableIsListedOnce() {
        cells.put(TABLE, Map.of(cell("a"), value("1")), 5);

        cells.createTable(TABLE);
        cells.createTable(OTHER);

        assertThat(latest(cell("a"), 5)).contains(new Version(5, value("1")));
        assertThat(scan(OTHER, CellRange.all(), Long.MAX_VALUE)).isEmpty();
        assertThat(cells.tables()).containsOnlyOnce(TABLE, OTHER);
    }

    @Test
    void tables_severalCreated_areSortedByName() {
        for (String name : List.of("zebra", "_internal", "Apple", "mango")) {
            cells.createTable(TableName.of(name));
        }
        for (String name : List.of("m.1", "m-1", "m".repeat(200))) {
            if (takesAnyTableName()) {
                cells.createTable(TableName.of(name));
            } else {
                assertFails(INVALID_INPUT, () -> cells.createTable(TableName.of(name)));
            }
        }

        assertThat(List.copyOf(cells.tables()))
                .isSorted()
                .contains(TABLE, TableName.of("zebra"), TableName.of("_internal"), TableName.of("Apple"));
    }

    @Test
    void anyMethod_unknownTable_isRefusedAndNotCreated() {
        assertUnknownTable(() -> cells.getLatest(MISSING, Set.of(cell("a")), 1));
        assertUnknownTable(() -> cells.getLatest(MISSING, Set.of(), 1));
        assertUnknownTable(() -> cells.put(MISSING, Map.of(cell("a"), value("1")), 1));
        assertUnknownTable(() -> cells.putUnlessExists(MISSING, cell("a"), value("1")));
        assertUnknownTable(() -> cells.compareAndSet(MISSING, cell("a"), value("1"), value("2")));
        assertUnknownTable(() -> cells.compareAndSetAll(MISSING, List.of(change("a", "1", "2"))));
        assertUnknownTable(() -> cells.compareAndSetAll(MISSING, List.of()));
        assertUnknownTable(() -> cells.deleteVersions(MISSING, Map.of(cell("a"), Set.of(1L))));
        assertUnknownTable(() -> cells.deleteUpTo(MISSING, Map.of(cell("a"), 1L)));
        assertUnknownTable(() -> scan(MISSING, CellRange.all(), 1));
        assertThat(cells.tables()).doesNotContain(MISSING);
    }

    @Test
    void getLatest_severalVersions_returnsTheNewestAtOrBelow() {
        cells.put(TABLE, Map.of(cell("a"), value("ten")), 10);
        cells.put(TABLE, Map.of(cell("a"), value("twenty")), 20);
        cells.putUnlessExists(TABLE, cell("a"), value("zero"));
        cells.put(TABLE, Map.of(cell("a"), value("max")), Long.MAX_VALUE);

        assertThat(latest(cell("a"), 0)).contains(new Version(0, value("zero")));
        assertThat(latest(cell("a"), 9)).contains(new Version(0, value("zero")));
        assertThat(latest(cell("a"), 10)).contains(new Version(10, value("ten")));
        assertThat(latest(cell("a"), 19)).contains(new Version(10, value("ten")));
        assertThat(latest(cell("a"), 20)).contains(new Version(20, value("twenty")));
        assertThat(latest(cell("a"), Long.MAX_VALUE - 1)).contains(new Version(20, value("twenty")));
        assertThat(latest(cell("a"), Long.MAX_VALUE)).contains(new Version(Long.MAX_VALUE, value("max")));
    }

    @Test
    void getLatest_cellsWithoutSuchVersion_areAbsent() {
        cells.put(TABLE, Map.of(cell("a"), value("1"), cell("c"), value("3")), 10);
        cells.put(TABLE, Map.of(cell("b"), value("2")), 11);

        Map<Cell, Version> found =
                cells.getLatest(TABLE, Set.of(cell("a"), cell("b"), cell("c"), cell("d"), cell("")), 10);

        assertThat(found)
                .containsOnly(
                        Map.entry(cell("a"), new Version(10, value("1"))),
                        Map.entry(cell("c"), new Version(10, value("3"))));
        assertThat(cells.getLatest(TABLE, Set.of(), 10)).isEmpty();
        assertThat(cells.getLatest(TABLE, Set.of(cell("a")), 9)).isEmpty();
    }

    @Test
    void getLatest_neighbouringCells_areNotTakenForOneAnother() {
        Cell shortRow = Cell.of(Bytes.utf8("a"), Bytes.utf8("bc"));
        Cell longRow = Cell.of(Bytes.utf8("ab"), Bytes.utf8("c"));
        cells.put(TABLE, Map.of(shortRow, value("short")), 1);

        assertThat(latest(longRow, 1)).isEmpty();
        assertThat(latest(Cell.of(Bytes.utf8("a"), Bytes.utf8("b")), 1)).isEmpty();
        cells.put(TABLE, Map.of(longRow, value("long")), 1);
        assertThat(latest(shortRow, 1)).contains(new Version(1, value("short")));
        assertThat(latest(longRow, 1)).contains(new Version(1, value("long")));
    }

    @Test
    void put_equalValuesAgain_changesNothing() {
        Map<Cell, Bytes> values = Map.of(cell("a"), value("1"), cell("b"), value("2"));
        cells.put(TABLE, values, 7);
        List<CellVersion> before = scan(TABLE, CellRange.all(), Long.MAX_VALUE);

        cells.put(TABLE, values, 7);
        cells.put(TABLE, Map.of(), 8);

        assertThat(scan(TABLE, CellRange.all(), Long.MAX_VALUE))
                .isEqualTo(before)
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void put_timestampNotPositive_isRefused(long timestamp) {
        assertThatThrownBy(() -> cells.put(TABLE, Map.of(cell("a"), value("1")), timestamp))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timestamp: " + timestamp);
        assertThat(scan(TABLE, CellRange.all(), Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void put_sameCellInTwoTables_keepsThemApart() {
        cells.createTable(OTHER);
        cells.put(TABLE, Map.of(cell("a"), value("1")), 5);

        assertThat(scan(OTHER, CellRange.all(), Long.MAX_VALUE)).isEmpty();
        cells.put(OTHER, Map.of(cell("a"), value("2")), 5);
        assertThat(latest(cell("a"), 5)).contains(new Version(5, value("1")));
    }

    @Test
    void put_emptyValue_isAVersionLikeOthers() {
        cells.put(TABLE, Map.of(cell("a"), value("1")), 5);
        cells.put(TABLE, Map.of(cell("a"), Bytes.EMPTY), 6);

        assertThat(latest(cell("a"), 6)).contains(new Version(6, Bytes.EMPTY));
        assertThat(scan(TABLE, CellRange.all(), 6))
                .containsExactly(new CellVersion(cell("a"), 6, Bytes.EMPTY), new CellVersion(cell("a"), 5, value("1")));
    }

    @Test
    void put_hostileKeysAndLongOnes_roundTripInOrder() {
        List<Bytes> parts = hostileParts();
        List<Bytes> rows = hostileRows();
        Map<Cell, Bytes> values = new HashMap<>();
        for (Bytes row : rows) {
            for (Bytes column : parts) {
                values.put(Cell.of(row, column), row.concat(column));
            }
        }
        cells.put(TABLE, values, 3);
        cells.put(TABLE, values, 4);

        List<CellVersion> scanned = scan(TABLE, CellRange.all(), 4);
        assertThat(scanned).hasSize(2 * values.size()).isSortedAccordingTo(ORDER);
        assertThat(scanned).allSatisfy(version -> assertThat(version.value()).isEqualTo(values.get(version.cell())));
        assertThat(cells.getLatest(TABLE, values.keySet(), 3)).hasSize(values.size());
        for (Bytes row : rows) {
            assertThat(scan(TABLE, CellRange.row(row), 3))
                    .as("row %s", row)
                    .hasSize(parts.size())
                    .allSatisfy(version -> assertThat(version.cell().row()).isEqualTo(row));
        }
    }

    @Test
    void anyMethod_emptyRow_isKeptOrRefusedAndNeverFound() {
        Cell cell = Cell.of(Bytes.EMPTY, Bytes.utf8("column"));
        if (takesEmptyRow()) {
            cells.put(TABLE, Map.of(cell, value("1")), 3);
            assertThat(latest(cell, 3)).contains(new Version(3, value("1")));
            return;
        }

        assertFails(INVALID_INPUT, () -> cells.put(TABLE, Map.of(cell("a"), value("1"), cell, value("1")), 3));
        assertFails(INVALID_INPUT, () -> cells.putUnlessExists(TABLE, cell, value("1")));
        assertThat(cells.compareAndSet(TABLE, cell, value("1"), value("2"))).isFalse();
        cells.deleteVersions(TABLE, Map.of(cell, Set.of(0L, 3L)));
        cells.deleteUpTo(TABLE, Map.of(cell, 3L));
        assertThat(latest(cell, 3)).isEmpty();
        assertThat(scan(TABLE, CellRange.row(Bytes.EMPTY), 3)).isEmpty();
        assertThat(scan(TABLE, CellRange.all(), 3)).isEmpty();
    }

    @Test
    void put_longValue_roundTrips() {
        byte[] content = new byte[3 << 20];
        new Random(5).nextBytes(content);
        Bytes value = Bytes.wrap(content);

        cells.put(TABLE, Map.of(cell("a"), value), 1);

        assertThat(latest(cell("a"), 1)).contains(new Version(1, value));
    }

    @Test
    void putUnlessExists_valueThere_returnsAndKeepsIt() {
        assertThat(cells.putUnlessExists(TABLE, cell("a"), value("1"))).isEmpty();
        assertThat(cells.putUnlessExists(TABLE, cell("a"), value("2"))).contains(value("1"));
        assertThat(cells.putUnlessExists(TABLE, cell("a"), value("1"))).contains(value("1"));

        assertThat(latest(cell("a"), 0)).contains(new Version(0, value("1")));
    }

    @Test
    void putUnlessExists_emptyValueThere_countsAsThere() {
        assertThat(cells.putUnlessExists(TABLE, cell("a"), Bytes.EMPTY)).isEmpty();
        assertThat(cells.putUnlessExists(TABLE, cell("a"), value("2"))).contains(Bytes.EMPTY);
    }

    @Test
    void putUnlessExists_onlyOtherVersionsThere_puts() {
        cells.put(TABLE, Map.of(cell("a"), value("1")), 5);

        assertThat(cells.putUnlessExists(TABLE, cell("a"), value("0"))).isEmpty();
        assertThat(latest(cell("a"), 4)).contains(new Version(0, value("0")));
        assertThat(latest(cell("a"), 5)).contains(new Version(5, value("1")));
    }

    @Test
    void putUnlessExists_afterDeletion_puts() {
        cells.putUnlessExists(TABLE, cell("a"), value("1"));
        cells.deleteVersions(TABLE, Map.of(cell("a"), Set.of(0L)));

        assertThat(cells.putUnlessExists(TABLE, cell("a"), value("2"))).isEmpty();
        assertThat(latest(cell("a"), 0)).contains(new Version(0, value("2")));
    }

    @Test
    void putUnlessExists_manyThreadsAtOneCell_hasOneWinner() throws Exception {
        for (int round = 0; round < 20; round++) {
            Cell cell = cell("round-" + round);
            List<Optional<Bytes>> results =
                    inParallel(thread -> cells.putUnlessExists(TABLE, cell, value("thread-" + thread)));

            Bytes winner = latest(cell, 0).orElseThrow().value();
            assertThat(results).filteredOn(Optional::isEmpty).hasSize(1);
            assertThat(results).filteredOn(Optional::isPresent).containsOnly(Optional.of(winner));
            assertThat(results.get(Integer.parseInt(winner.toUtf8().substring("thread-".length()))))
                    .isEmpty();
        }
    }

    @Test
    void compareAndSet_expectedValueOrNot_tellsAndReplacesOnlyIt() {
        assertThat(cells.compareAndSet(TABLE, cell("a"), value("1"), value("2")))
                .isFalse();
        assertThat(cells.compareAndSet(TABLE, cell("a"), Bytes.EMPTY, value("2")))
                .isFalse();
        assertThat(latest(cell("a"), 0)).isEmpty();
        cells.putUnlessExists(TABLE, cell("a"), value("1"));

        assertThat(cells.compareAndSet(TABLE, cell("a"), value("0"), value("2")))
                .isFalse();
        assertThat(cells.compareAndSet(TABLE, cell("a"), Bytes.EMPTY, value("2")))
                .isFalse();
        assertThat(latest(cell("a"), 0)).contains(new Version(0, value("1")));
        assertThat(cells.compareAndSet(TABLE, cell("a"), value("1"), Bytes.EMPTY))
                .isTrue();
        assertThat(cells.compareAndSet(TABLE, cell("a"), Bytes.EMPTY, value("3")))
                .isTrue();
        assertThat(cells.compareAndSet(TABLE, cell("a"), value("3"), value("3")))
                .isTrue();
        assertThat(latest(cell("a"), 0)).contains(new Version(0, value("3")));
    }

    @Test
    void compareAndSet_otherVersionHasTheValue_isFalse() {
        cells.put(TABLE, Map.of(cell("a"), value("1")), 5);

        assertThat(cells.compareAndSet(TABLE, cell("a"), value("1"), value("2")))
                .isFalse();
        assertThat(latest(cell("a"), 5)).contains(new Version(5, value("1")));
    }

    @Test
    void compareAndSet_manyThreadsCounting_loseNoUpdate() throws Exception {
        int increments = 25;
        cells.putUnlessExists(TABLE, cell("counter"), Bytes.ofLong(0));

        inParallel(thread -> {
            for (int done = 0; done < increments; ) {
                Bytes seen = latest(cell("counter"), 0).orElseThrow().value();
                done += cells.compareAndSet(TABLE, cell("counter"), seen, Bytes.ofLong(seen.toLong() + 1)) ? 1 : 0;
            }
            return true;
        });

        assertThat(latest(cell("counter"), 0)).contains(new Version(0, Bytes.ofLong(THREADS * increments)));
    }

    @Test
    void compareAndSetAll_someHoldAnotherValue_replacesTheRestAndNamesThem() {
        cells.putUnlessExists(TABLE, cell("a"), value("1"));
        cells.putUnlessExists(TABLE, cell("b"), value("other"));
        cells.putUnlessExists(TABLE, cell("d"), value("1"));
        cells.put(TABLE, Map.of(cell("e"), value("1")), 5);
        List<CellChange> changes = List.of(
                change("d", "1", ""),
                change("c", "1", "2"),
                change("b", "1", "2"),
                change("e", "1", "2"),
                change("a", "1", "2"));

        assertThat(cells.compareAndSetAll(TABLE, changes)).containsOnly(cell("b"), cell("c"), cell("e"));
        assertThat(latest(cell("a"), 0)).contains(new Version(0, value("2")));
        assertThat(latest(cell("b"), 0)).contains(new Version(0, value("other")));
        assertThat(latest(cell("c"), 0)).isEmpty();
        assertThat(latest(cell("d"), 0)).contains(new Version(0, Bytes.EMPTY));
        assertThat(latest(cell("e"), 9)).contains(new Version(5, value("1")));
        assertThat(cells.compareAndSetAll(TABLE, changes))
                .containsOnly(cell("a"), cell("b"), cell("c"), cell("d"), cell("e"));
        assertThat(cells.compareAndSetAll(TABLE, List.of())).isEmpty();
    }

    @Test
    void compareAndSetAll_asManyAsThereMayBe_areAllReplacedAndOneMoreIsRefused() {
        List<CellChange> changes = new ArrayList<>();
        for (int i = 0; i < CellStore.MAX_CHANGES; i++) {
            cells.putUnlessExists(TABLE, cell("c" + i), value("1"));
            changes.add(change("c" + i, "1", "2"));
        }

        assertThat(cells.compareAndSetAll(TABLE, changes)).isEmpty();

        assertThat(scan(TABLE, CellRange.all(), 0))
                .hasSize(changes.size())
                .allSatisfy(version -> assertThat(version.value()).isEqualTo(value("2")));
        changes.add(change("one more", "1", "2"));
        assertThatThrownBy(() -> cells.compareAndSetAll(TABLE, changes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("changes: 10001");
    }

    @Test
    void compareAndSetAll_twoChangesOfOneCell_areRefusedAndNothingIsDone() {
        cells.putUnlessExists(TABLE, cell("a"), value("1"));

        assertThatThrownBy(() -> cells.compareAndSetAll(TABLE, List.of(change("a", "1", "2"), change("a", "2", "3"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two of cell");
        assertThat(latest(cell("a"), 0)).contains(new Version(0, value("1")));
    }

    /** Also with callers that name the same cells in another order, or one of them alone. */
    @Test
    void compareAndSetAll_manyThreadsCounting_loseNoUpdateAndNeverWaitForEachOther() throws Exception {
        int increments = 25;
        List<Cell> counters = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            counters.add(cell("counter-" + i));
            cells.putUnlessExists(TABLE, counters.get(i), Bytes.ofLong(0));
        }

        List<Long> done = inParallel(thread -> {
            List<Cell> order = new ArrayList<>(counters);
            Collections.shuffle(order, new Random(thread));
            long replaced = 0;
            for (int i = 0; i < increments; i++) {
                Map<Cell, Version> seen = cells.getLatest(TABLE, Set.copyOf(order), 0);
                List<CellChange> changes = order.stream()
                        .map(cell -> increment(cell, seen.get(cell).value()))
                        .toList();
                replaced +=
                        changes.size() - cells.compareAndSetAll(TABLE, changes).size();
                CellChange single = increment(
                        order.get(i), latest(order.get(i), 0).orElseThrow().value());
                replaced += cells.compareAndSet(TABLE, single.cell(), single.expected(), single.update()) ? 1 : 0;
            }
            return replaced;
        });

        long sum = scan(TABLE, CellRange.all(), 0).stream()
                .mapToLong(version -> version.value().toLong())
                .sum();
        assertThat(sum)
                .isEqualTo(done.stream().mapToLong(Long::longValue).sum())
                .isPositive();
    }

    private static CellChange increment(Cell cell, Bytes seen) {
        return new CellChange(cell, seen, Bytes.ofLong(seen.toLong() + 1));
    }

    @Test
    void deleteVersions_someVersions_removesThemAloneAndAgain() {
        for (long timestamp = 1; timestamp <= 4; timestamp++) {
            cells.put(TABLE, Map.of(cell("a"), value("a" + timestamp), cell("b"), value("b" + timestamp)), timestamp);
        }
        Map<Cell, Set<Long>> versions = Map.of(cell("a"), Set.of(2L, 4L, 99L), cell("c"), Set.of(1L));

        cells.deleteVersions(TABLE, versions);
        cells.deleteVersions(TABLE, versions);
        cells.deleteVersions(TABLE, Map.of());

        assertThat(latest(cell("a"), 4)).contains(new Version(3, value("a3")));
        assertThat(latest(cell("a"), 2)).contains(new Version(1, value("a1")));
        assertThat(scan(TABLE, CellRange.all(), 4))
                .extracting(CellVersion::timestamp)
                .containsExactly(3L, 1L, 4L, 3L, 2L, 1L);
    }

    @Test
    void deleteUpTo_someCells_removesEveryVersionUpToTheTimestampAndNoOther() {
        for (long timestamp = 1; timestamp <= 4; timestamp++) {
            cells.put(TABLE, Map.of(cell("a"), value("a" + timestamp), cell("b"), value("b" + timestamp)), timestamp);
        }
        cells.putUnlessExists(TABLE, cell("a"), value("a0"));
        Map<Cell, Long> timestamps = Map.of(cell("a"), 3L, cell("c"), 9L);

        cells.deleteUpTo(TABLE, timestamps);
        cells.deleteUpTo(TABLE, timestamps);
        cells.deleteUpTo(TABLE, Map.of());

        assertThat(scan(TABLE, CellRange.all(), 4))
                .extracting(version -> version.cell() + " at " + version.timestamp())
                .containsExactly(
                        cell("a") + " at 4",
                        cell("a") + " at 0",
                        cell("b") + " at 4",
                        cell("b") + " at 3",
                        cell("b") + " at 2",
                        cell("b") + " at 1");
    }

    @Test
    void put_versionThatWasDeleted_isThereAgainOrStaysDeleted() {
        cells.put(TABLE, Map.of(cell("a"), value("1")), 1);
        cells.deleteVersions(TABLE, Map.of(cell("a"), Set.of(1L)));
        assertThat(latest(cell("a"), 1)).isEmpty();

        cells.put(TABLE, Map.of(cell("a"), value("2")), 1);
        cells.put(TABLE, Map.of(cell("a"), value("3")), 2);

        assertThat(latest(cell("a"), 1))
                .isEqualTo(forgetsDeletions() ? Optional.of(new Version(1, value("2"))) : Optional.empty());
        assertThat(latest(cell("a"), 2)).contains(new Version(2, value("3")));
    }

    @Test
    void scan_severalVersions_givesCellsAscendingAndVersionsDescendingUpToTheBound() {
        cells.put(TABLE, Map.of(cell("b"), value("b2"), cell("a"), value("a2")), 2);
        cells.put(TABLE, Map.of(cell("b"), value("b9"), cell("a"), value("a9")), 9);
        cells.put(TABLE, Map.of(cell("a"), value("a10")), 10);
        cells.putUnlessExists(TABLE, cell("b"), value("b0"));

        assertThat(scan(TABLE, CellRange.all(), 9))
                .containsExactly(
                        new CellVersion(cell("a"), 9, value("a9")),
                        new CellVersion(cell("a"), 2, value("a2")),
                        new CellVersion(cell("b"), 9, value("b9")),
                        new CellVersion(cell("b"), 2, value("b2")),
                        new CellVersion(cell("b"), 0, value("b0")));
        assertThat(scan(TABLE, CellRange.all(), 0)).containsExactly(new CellVersion(cell("b"), 0, value("b0")));
        assertThat(scan(TABLE, CellRange.all(), Long.MAX_VALUE)).hasSize(6);
    }

    @Test
    void scan_anyRange_givesExactlyItsCells() {
        List<Bytes> parts = hostileParts();
        NavigableSet<Cell> all = new TreeSet<>();
        hostileRows().forEach(row -> parts.forEach(column -> all.add(Cell.of(row, column))));
        Map<Cell, Bytes> values = new HashMap<>();
        all.forEach(cell -> values.put(cell, value("v")));
        cells.put(TABLE, values, 1);

        List<CellRange> ranges = new ArrayList<>(List.of(CellRange.all(), CellRange.rows(Bytes.EMPTY, null)));
        for (Bytes one : parts) {
            ranges.add(CellRange.row(one));
            ranges.add(CellRange.rowsWithPrefix(one));
            ranges.add(CellRange.rows(one, null));
            ranges.add(CellRange.columns(Bytes.ofHex("00"), one, one));
            ranges.add(CellRange.columns(Bytes.EMPTY, Bytes.ofHex("00ff"), one));
            ranges.add(CellRange.rows(one, Bytes.ofHex("0100")));
            ranges.add(new CellRange(Cell.of(Bytes.ofHex("00"), one), Cell.of(one, Bytes.ofHex("61"))));
        }

        for (CellRange range : ranges) {
            assertThat(scan(TABLE, range, 1))
                    .as("range %s", range)
                    .extracting(CellVersion::cell)
                    .containsExactlyElementsOf(
                            all.stream().filter(range::contains).toList());
        }
    }

    @Test
    void scan_atItsEnd_throwsOnNextAndClosesTwice() {
        cells.put(TABLE, Map.of(cell("a"), value("1")), 1);

        CloseableIterator<CellVersion> scan = cells.scan(TABLE, CellRange.all(), 1);
        assertThat(scan.hasNext()).isTrue();
        assertThat(scan.hasNext()).isTrue();
        scan.next();
        assertThat(scan.hasNext()).isFalse();
        assertThatThrownBy(scan::next).isInstanceOf(NoSuchElementException.class);
        scan.close();
        scan.close();
    }

    /** More than a store reads ahead, in versions and in bytes. */
    @Test
    void scan_shortAndLongValuesAlternate_givesAllOfThem() {
        Map<Cell, Bytes> values = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            values.put(Cell.of(Bytes.ofLong(i), Bytes.EMPTY), Bytes.wrap(new byte[i % 100 == 0 ? 300_000 : i % 700]));
        }
        cells.put(TABLE, values, 1);

        List<CellVersion> scanned = scan(TABLE, CellRange.all(), 1);

        assertThat(scanned).hasSize(values.size()).isSortedAccordingTo(ORDER);
        assertThat(scanned).allSatisfy(version -> assertThat(version.value().equals(values.get(version.cell())))
                .isTrue());
    }

    @Test
    void scan_whileOthersWrite_givesInOrderAtLeastWhatWasThere() throws Exception {
        Map<Cell, Bytes> before = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            before.put(Cell.of(Bytes.ofLong(2L * i), Bytes.EMPTY), value("before"));
        }
        cells.put(TABLE, before, 1);
        AtomicBoolean isEnded = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        Future<?> writing = writer.submit(() -> {
            for (long i = 0; !isEnded.get(); i = (i + 7) % 1_000) {
                cells.put(TABLE, Map.of(Cell.of(Bytes.ofLong(i), Bytes.EMPTY), value("later")), 2);
                cells.deleteVersions(TABLE, Map.of(Cell.of(Bytes.ofLong(i), Bytes.EMPTY), Set.of(2L)));
            }
        });

        try {
            for (int round = 0; round < 20; round++) {
                List<CellVersion> scanned = scan(TABLE, CellRange.all(), Long.MAX_VALUE);
                assertThat(scanned).isSortedAccordingTo(ORDER).doesNotHaveDuplicates();
                assertThat(scanned)
                        .filteredOn(version -> version.timestamp() == 1)
                        .hasSize(before.size());
            }
        } finally {
            isEnded.set(true);
            writing.get();
            writer.shutdown();
        }
    }

    @Test
    void scan_versionsDeletedAfterItWasOpened_doesNotBreak() {
        Map<Cell, Bytes> values = new HashMap<>();
        Map<Cell, Set<Long>> versions = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            values.put(cell("c" + i), value("v"));
            versions.put(cell("c" + i), Set.of(1L));
        }
        cells.put(TABLE, values, 1);

        try (CloseableIterator<CellVersion> scan = cells.scan(TABLE, CellRange.all(), 1)) {
            scan.next();
            cells.deleteVersions(TABLE, versions);
            scan.forEachRemaining(version -> assertThat(version.cell()).isIn(values.keySet()));
        }
        assertThat(scan(TABLE, CellRange.all(), 1)).isEmpty();
    }

    private interface Task<T> {
        T run(int thread) throws Exception;
    }

    private static <T> List<T> inParallel(Task<T> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try {
            List<Callable<T>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                calls.add(() -> {
                    start.await();
                    return task.run(thread);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(calls)) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }

    private static List<Bytes> hostileParts() {
        List<Bytes> parts = new ArrayList<>();
        for (String hex : List.of(
                "", "00", "0000", "0001", "00ff", "00ffff", "01", "0100", "61", "6100", "610001", "61ff", "7f", "80",
                "fe", "feff", "ff", "ff00", "ff01", "ffff")) {
            parts.add(Bytes.ofHex(hex));
        }
        byte[] content = new byte[4_000];
        new Random(17).nextBytes(content);
        parts.add(Bytes.wrap(content));
        return parts;
    }

    private List<Bytes> hostileRows() {
        return hostileParts().stream()
                .filter(row -> takesEmptyRow() || !row.isEmpty())
                .toList();
    }

    private Optional<Version> latest(Cell cell, long atOrBelow) {
        return Optional.ofNullable(
                cells.getLatest(TABLE, Set.of(cell), atOrBelow).get(cell));
    }

    private List<CellVersion> scan(TableName table, CellRange range, long atOrBelow) {
        List<CellVersion> found = new ArrayList<>();
        try (CloseableIterator<CellVersion> scan = cells.scan(table, range, atOrBelow)) {
            scan.forEachRemaining(found::add);
        }
        return found;
    }

    private static void assertUnknownTable(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TABLE);
            assertThat(e).hasMessageContaining("'missing'");
            assertThat(e.hint()).isNotEmpty();
        });
    }

    private static CellChange change(String row, String expected, String update) {
        return new CellChange(cell(row), value(expected), value(update));
    }

    private static Cell cell(String row) {
        return Cell.of(Bytes.utf8(row), Bytes.utf8("column"));
    }

    private static Bytes value(String text) {
        return Bytes.utf8(text);
    }
}
