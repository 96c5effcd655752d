package dev.tidemark.kvs.cluster;

import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreMetadataTest {
    private static final Cell SCHEMAS = Cell.of(Bytes.utf8("transactions-schemas"), Bytes.utf8("v"));
    private static final TransactionsSchemaMap MIXED =
            new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 100L, 2, Long.MAX_VALUE, 3)));

    private final CellStore cells = InMemoryStore.create(InMemoryOptions.singleNode(MIXED), new Random(1))
            .cells();
    private final StoreMetadata metadata = new StoreMetadata(cells);

    @Test
    void transactionsSchemas_severalVersions_roundTrip() {
        assertThat(metadata.transactionsSchemas()).isEqualTo(MIXED);
    }

    @Test
    void transactionsSchemas_storedForm_isPairsInOrder() {
        assertThat(cells.getLatest(StoreMetadata.TABLE, Set.of(SCHEMAS), 0)
                        .get(SCHEMAS)
                        .value()
                        .toUtf8())
                .isEqualTo("1=1,100=2,9223372036854775807=3");
    }

    @Test
    void transactionsSchemas_factMissing_isDamage() {
        cells.deleteVersions(StoreMetadata.TABLE, Map.of(SCHEMAS, Set.of(0L)));

        assertFails(ErrorCode.STORE_DAMAGED, metadata::transactionsSchemas);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1=", "=1", "1=1,", "a=1", "1=b", "1=1;2=2", "2=1"})
    void transactionsSchemas_factUnreadable_isDamage(String text) {
        replaceSchemas(text);

        assertFails(ErrorCode.STORE_DAMAGED, metadata::transactionsSchemas);
    }

    @Test
    void transactionsSchemas_versionOfTheFuture_isUnknown() {
        replaceSchemas("1=4");

        assertFails(ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA, metadata::transactionsSchemas);
    }

    @Test
    void earliestReadableTimestamp_factUnreadable_isDamage() {
        Cell cell = Cell.of(Bytes.utf8("earliest-readable-timestamp"), Bytes.utf8("v"));
        cells.putUnlessExists(StoreMetadata.TABLE, cell, Bytes.ofHex("01"));

        assertFails(ErrorCode.STORE_DAMAGED, metadata::earliestReadableTimestamp);
        assertFails(ErrorCode.STORE_DAMAGED, () -> metadata.raiseEarliestReadableTimestamp(5));
    }

    @Test
    void raiseEarliestReadableTimestamp_manyThreads_keepsTheGreatest() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> raises = new ArrayList<>();
        for (long timestamp = 1; timestamp <= 200; timestamp++) {
            long raised = timestamp * 7 % 201;
            raises.add(threads.submit(() -> metadata.raiseEarliestReadableTimestamp(raised)));
        }
        for (Future<?> raise : raises) {
            raise.get();
        }
        threads.shutdown();

        assertThat(metadata.earliestReadableTimestamp()).isEqualTo(200);
    }

    private void replaceSchemas(String text) {
        Bytes current = cells.getLatest(StoreMetadata.TABLE, Set.of(SCHEMAS), 0)
                .get(SCHEMAS)
                .value();
        assertThat(cells.compareAndSet(StoreMetadata.TABLE, SCHEMAS, current, Bytes.utf8(text)))
                .isTrue();
    }
}
