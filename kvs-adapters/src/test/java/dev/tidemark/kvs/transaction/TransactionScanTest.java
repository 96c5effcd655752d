package dev.tidemark.kvs.transaction;

import static dev.tidemark.kvs.transaction.TransactionWorld.TABLE;
import static dev.tidemark.kvs.transaction.TransactionWorld.cell;
import static dev.tidemark.kvs.transaction.TransactionWorld.put;
import static dev.tidemark.kvs.transaction.TransactionWorld.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class TransactionScanTest {
    private final TransactionWorld world = new TransactionWorld(2);
    private final TransactionalStore store = world.client();

    @Test
    void scan_ofARange_isOrderedAndCutAtItsEnds() {
        for (String row : new String[] {"d", "b", "a", "c"}) {
            put(store, row, row);
        }
        Transaction reader = store.begin();

        assertThat(scan(reader, CellRange.all()).keySet()).containsExactly("a", "b", "c", "d");
        assertThat(scan(reader, CellRange.rows(Bytes.utf8("b"), Bytes.utf8("d")))
                        .keySet())
                .containsExactly("b", "c");
        assertThat(scan(reader, CellRange.row(Bytes.utf8("c"))).keySet()).containsExactly("c");
        assertThat(scan(reader, CellRange.rows(Bytes.utf8("d"), Bytes.utf8("b"))))
                .isEmpty();
    }

    @Test
    void scan_withOwnWrites_mergesThem() {
        put(store, "b", "old");
        put(store, "c", "old");
        put(store, "e", "old");
        Transaction transaction = store.begin();
        transaction.put(TABLE, cell("a"), value("new"));
        transaction.put(TABLE, cell("b"), value("new"));
        transaction.delete(TABLE, cell("c"));
        transaction.delete(TABLE, cell("d"));
        transaction.put(TABLE, cell("f"), value("new"));

        assertThat(scan(transaction, CellRange.all()))
                .containsExactly(
                        Map.entry("a", "new"), Map.entry("b", "new"), Map.entry("e", "old"), Map.entry("f", "new"));
        assertThat(scan(transaction, CellRange.rows(Bytes.utf8("b"), Bytes.utf8("f"))))
                .containsExactly(Map.entry("b", "new"), Map.entry("e", "old"));
    }

    @Test
    void scan_overOtherTransactions_seesOneStateThroughout() {
        put(store, "a", "1");
        put(store, "b", "1");
        Transaction reader = store.begin();
        try (CloseableIterator<CellValue> scan = reader.scan(TABLE, CellRange.all())) {
            assertThat(scan.next()).isEqualTo(new CellValue(cell("a"), value("1")));

            put(store, "b", "2");
            put(store, "c", "2");

            assertThat(scan.next()).isEqualTo(new CellValue(cell("b"), value("1")));
            assertThat(scan.hasNext()).isFalse();
            assertThatThrownBy(scan::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void scan_overUncommittedVersions_rollsThemBack() {
        put(store, "a", "1");
        long crashed = world.oracle.freshTimestamp();
        world.cells.put(TABLE, Map.of(cell("a"), value("lost"), cell("b"), value("lost")), crashed);

        assertThat(scan(store.begin(), CellRange.all())).containsExactly(Map.entry("a", "1"));

        assertThat(world.entries.read(crashed)).contains(TransactionState.ABORTED);
    }

    @Test
    void scan_overDeletions_leavesThemOut() {
        put(store, "a", "1");
        store.execute(transaction -> {
            transaction.delete(TABLE, cell("a"));
            return null;
        });

        assertThat(scan(store.begin(), CellRange.all())).isEmpty();
    }

    private static Map<String, String> scan(Transaction transaction, CellRange range) {
        Map<String, String> result = new LinkedHashMap<>();
        try (CloseableIterator<CellValue> scan = transaction.scan(TABLE, range)) {
            scan.forEachRemaining(found ->
                    result.put(found.cell().row().toUtf8(), found.value().toUtf8()));
        }
        return result;
    }
}
