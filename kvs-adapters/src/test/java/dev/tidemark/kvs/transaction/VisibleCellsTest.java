package dev.tidemark.kvs.transaction;

import static dev.tidemark.kvs.transaction.TransactionWorld.TABLE;
import static dev.tidemark.kvs.transaction.TransactionWorld.cell;
import static dev.tidemark.kvs.transaction.TransactionWorld.put;
import static dev.tidemark.kvs.transaction.TransactionWorld.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.transaction.ScriptedCells.Call;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class VisibleCellsTest {
    private final TransactionWorld world = new TransactionWorld(3);
    private final TransactionalStore store = world.client();

    @Test
    void scan_atACommitTimestamp_includesThatCommit() {
        Transaction transaction = store.begin();
        transaction.put(TABLE, cell("a"), value("1"));
        long commitTimestamp = transaction.commit().orElseThrow();

        assertThat(world.visibleAt(commitTimestamp, TABLE)).isEqualTo(Map.of("a", "1"));
        assertThat(world.visibleAt(commitTimestamp - 1, TABLE)).isEmpty();
    }

    @Test
    void scan_ofATransactionThatStartedBeforeAndCommittedAfter_leavesItOut() {
        put(store, "a", "1");
        Transaction straddler = store.begin();
        straddler.put(TABLE, cell("a"), value("2"));
        long timestamp = world.oracle.freshTimestamp();
        straddler.commit();

        assertThat(world.visibleAt(timestamp, TABLE)).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void scan_overADeletion_leavesTheCellOut() {
        put(store, "a", "1");
        long before = world.oracle.lastTimestamp();
        store.execute(transaction -> {
            transaction.delete(TABLE, cell("a"));
            return null;
        });

        assertThat(world.visibleAt(before, TABLE)).isEqualTo(Map.of("a", "1"));
        assertThat(world.visibleAt(world.oracle.lastTimestamp(), TABLE)).isEmpty();
    }

    @Test
    void at_withUndecidedTransactions_countsThemAsNotCommittedAndChangesNothing() {
        long undecided = world.oracle.freshTimestamp();
        long staging = world.oracle.freshTimestamp();
        long stagedAt = world.oracle.freshTimestamp();
        world.cells.put(TABLE, Map.of(cell("a"), value("1")), undecided);
        world.cells.put(TABLE, Map.of(cell("b"), value("1")), staging);
        world.entries.propose(staging, TransactionState.staging(stagedAt));

        assertThat(world.visibleAt(stagedAt, TABLE)).isEqualTo(Map.of("b", "1"));
        assertThat(world.visibleAt(stagedAt - 1, TABLE)).isEmpty();

        assertThat(world.entries.read(undecided)).isEmpty();
        assertThat(world.entries.read(staging)).contains(TransactionState.staging(stagedAt));
    }

    @Test
    void rollingBack_withUndecidedTransactions_decidesThem() {
        long undecided = world.oracle.freshTimestamp();
        long staging = world.oracle.freshTimestamp();
        long stagedAt = world.oracle.freshTimestamp();
        world.cells.put(TABLE, Map.of(cell("a"), value("1")), undecided);
        world.cells.put(TABLE, Map.of(cell("b"), value("1")), staging);
        world.entries.propose(staging, TransactionState.staging(stagedAt));

        VisibleCells visible = VisibleCells.rollingBack(stagedAt, world.cells, world.entries);
        try (CloseableIterator<CellVersion> scan = visible.scan(TABLE, CellRange.all())) {
            assertThat(scan).toIterable().containsExactly(new CellVersion(cell("b"), staging, value("1")));
        }

        assertThat(world.entries.read(undecided)).contains(TransactionState.ABORTED);
        assertThat(world.entries.read(staging)).contains(TransactionState.committed(stagedAt));
    }

    @Test
    void scan_ofManyCellsOfOneTransaction_looksItsEntryUpOnce() {
        store.execute(transaction -> {
            for (int i = 0; i < 100; i++) {
                transaction.put(TABLE, cell("row" + i), value("1"));
            }
            return null;
        });
        AtomicInteger lookUps = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            world.cells.before(Call.GET, lookUps::incrementAndGet);
        }

        assertThat(world.visibleAt(world.oracle.lastTimestamp(), TABLE)).hasSize(100);

        assertThat(lookUps).hasValue(1);
    }

    @Test
    void scan_overMarksBelowEveryTimestamp_skipsThem() {
        put(store, "a", "1");
        world.cells.putUnlessExists(TABLE, cell("b"), value("mark"));

        assertThat(world.visibleAt(world.oracle.lastTimestamp(), TABLE)).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void at_belowTheFirstTimestamp_isRefused() {
        assertThatThrownBy(() -> VisibleCells.at(0, world.cells, world.entries))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cache_whenFull_forgetsWhatWasUsedLongestAgo() {
        EntryCache cache = new EntryCache(2);
        cache.put(1, TransactionState.ABORTED);
        cache.put(2, TransactionState.ABORTED);
        cache.get(1);
        cache.put(3, TransactionState.ABORTED);

        assertThat(cache.get(1)).isNotNull();
        assertThat(cache.get(2)).isNull();
        assertThat(cache.get(3)).isNotNull();
    }
}
