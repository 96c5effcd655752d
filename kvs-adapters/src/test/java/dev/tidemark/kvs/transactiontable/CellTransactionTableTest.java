package dev.tidemark.kvs.transactiontable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CellTransactionTableTest {
    private static final TransactionsSchemaMap MIXED =
            new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 20_000_000L, 2, 60_000_000L, 3)));

    private final TreeMapCells cells = new TreeMapCells();

    private CellTransactionTable table(TransactionsSchemaMap schemas) {
        CellTransactionTable table = new CellTransactionTable(cells, schemas);
        table.createTables();
        return table;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void scan_anyIntervalAndNumberOfParts_givesEachEntryOfTheIntervalOnce(long seed) {
        Random random = new Random(seed);
        CellTransactionTable table = table(MIXED);
        NavigableMap<Long, TransactionState> model = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            long start = 1 + random.nextInt(110_000_000);
            TransactionState state = random.nextInt(4) == 0
                    ? TransactionState.ABORTED
                    : TransactionState.committed(start + 1 + random.nextInt(1_000_000));
            if (table.propose(start, state).isEmpty()) {
                model.put(start, state);
            }
        }

        for (int i = 0; i < 50; i++) {
            long lower = 1 + random.nextInt(110_000_000);
            long upper = lower + random.nextInt(60_000_000);
            int parts = 1 + random.nextInt(40);
            assertThat(scan(table, new TimestampRange(lower, upper), parts))
                    .as("seed %s, %s..%s in %s parts", seed, lower, upper, parts)
                    .isEqualTo(model.subMap(lower, true, upper, true));
        }
    }

    private static NavigableMap<Long, TransactionState> scan(
            CellTransactionTable table, TimestampRange starts, int maxParts) {
        NavigableMap<Long, TransactionState> found = new TreeMap<>();
        List<TransactionTable.Part> parts = table.split(starts, maxParts);
        assertThat(parts).hasSizeBetween(1, maxParts);
        for (TransactionTable.Part part : parts) {
            try (CloseableIterator<TransactionEntry> entries = table.scan(part)) {
                entries.forEachRemaining(entry -> assertThat(found.put(entry.startTimestamp(), entry.state()))
                        .as("entry %s twice", entry)
                        .isNull());
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void propose_entryExists_returnsItAndKeepsIt(int schema) {
        CellTransactionTable table = table(TransactionsSchemaMap.always(schema));
        TransactionState committed = TransactionState.committed(30);

        assertThat(table.propose(20, committed)).isEmpty();
        assertThat(table.propose(20, TransactionState.ABORTED)).contains(committed);
        assertThat(table.read(20)).contains(committed);
        assertThat(table.read(21)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void abort_committedEntry_isAbortedByValueAndAgain(int schema) {
        CellTransactionTable table = table(TransactionsSchemaMap.always(schema));
        table.propose(20, TransactionState.committed(30));

        assertThat(table.abort(new TransactionEntry(20, TransactionState.committed(30))))
                .isTrue();
        assertThat(table.abort(new TransactionEntry(20, TransactionState.committed(30))))
                .isTrue();
        assertThat(table.read(20)).contains(TransactionState.ABORTED);
        assertThat(table.propose(20, TransactionState.committed(31))).contains(TransactionState.ABORTED);
    }

    @Test
    void abort_entryChangedMeanwhile_isRefused() {
        CellTransactionTable table = table(TransactionsSchemaMap.always(3));
        table.propose(20, TransactionState.staging(30));
        table.replace(20, TransactionState.staging(30), TransactionState.committed(30));

        assertThat(table.abort(new TransactionEntry(20, TransactionState.staging(30))))
                .isFalse();
        assertThat(table.read(20)).contains(TransactionState.committed(30));
    }

    @Test
    void scan_cellThatIsNoEntry_namesIt() {
        CellTransactionTable table = table(TransactionsSchemaMap.always(2));
        cells.put(Tickets.TABLE, Map.of(Cell.of(Tickets.row(0, 3), Bytes.ofHex("01")), Bytes.ofHex("8001")), 0);

        assertThatThrownBy(() -> scan(table, new TimestampRange(1, 100), 1))
                .isInstanceOf(KeyValueStoreException.class)
                .hasMessageContaining("0x8001");
    }

    @Test
    void scan_tableMissing_isDamageAndNotEmpty() {
        CellTransactionTable table = new CellTransactionTable(cells, TransactionsSchemaMap.always(1));

        assertThatThrownBy(() -> scan(table, new TimestampRange(1, 100), 1))
                .isInstanceOf(KeyValueStoreException.class)
                .extracting(e -> ((KeyValueStoreException) e).code())
                .isEqualTo(ErrorCode.STORE_DAMAGED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "80", "ffc0ffffffffffffffff", "8001", "ff807fffffffffffffff", "ff0000000000000001"})
    void decode_malformedVarLong_isRefusedWithItsBytes(String hex) {
        assertThatThrownBy(() -> VarLong.decode(Bytes.ofHex(hex)))
                .isInstanceOf(KeyValueStoreException.class)
                .hasMessageContaining("0x" + hex);
    }

    /** As it is promised for a value that is none of the schema, whatever its bytes. */
    @ParameterizedTest
    @CsvSource({
        "1,''",
        "1,80",
        "1,8001",
        "1,ffc0ffffffffffffffff",
        "1,6400",
        "2,80",
        "2,8001",
        "2,ff807fffffffffffffff",
        "3,''",
        "3,80",
        "3,800101",
        "3,8001",
        "3,6405",
        "3,ff000000000000000101"
    })
    void decode_valueOfNoSchema_isUnknownTransactionsSchema(int version, String hex) {
        TransactionsEncoding encoding = TransactionsEncoding.ofSchema(version);

        assertThatThrownBy(() -> encoding.decode(20, Bytes.ofHex(hex)))
                .isInstanceOf(KeyValueStoreException.class)
                .hasMessageContaining("20")
                .extracting(e -> ((KeyValueStoreException) e).code())
                .isEqualTo(ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void varLong_randomNumbers_roundTripAndKeepTheirOrder(long seed) {
        Random random = new Random(seed);
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            numbers.add(random.nextLong() >>> (1 + random.nextInt(63)));
        }
        for (int i = 1; i < numbers.size(); i++) {
            Bytes before = VarLong.encode(numbers.get(i - 1));
            Bytes after = VarLong.encode(numbers.get(i));
            assertThat(VarLong.decode(after)).isEqualTo(numbers.get(i));
            assertThat(Integer.signum(before.compareTo(after)))
                    .as("seed %s: %s and %s", seed, numbers.get(i - 1), numbers.get(i))
                    .isEqualTo(Long.compare(numbers.get(i - 1), numbers.get(i)));
        }
    }
}
