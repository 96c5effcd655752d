package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A namespace whose application has not written anything yet. */
class EmptyNamespaceTest {
    private static final TableName TABLE = TableName.of("t");

    @TempDir
    private Path directory;

    @Test
    void restore_ofAStoreWithAnEmptyTable_givesOne() {
        CommandRun.configure(directory);
        Installation installation = new Installation(directory);
        try (TimestampOracles oracles = installation.oracles();
                RocksDbStore store = open()) {
            oracles.create("bank");
            store.cells().createTable(TABLE);
        }
        installation.succeed("archive init");

        installation.succeed("backup bank");
        installation.loseStore();
        Installation.delete(installation.resolve("oracle"));
        installation.succeed("restore bank");

        assertThat(installation.succeed("verify bank --level 2").get("damaged").asInt())
                .isZero();
        assertThat(installation.succeed("timestamp fetch").get("timestamp").asLong())
                .isPositive();
        try (RocksDbStore store = open();
                CloseableIterator<?> cells = store.cells().scan(TABLE, CellRange.all(), Long.MAX_VALUE)) {
            assertThat(store.cells().tables()).contains(TABLE);
            assertThat(cells.hasNext()).isFalse();
        }
    }

    private RocksDbStore open() {
        return RocksDbStore.open(RocksDbOptions.of(directory.resolve("store"), TransactionsSchemaMap.always(3)));
    }
}
