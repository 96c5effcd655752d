package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellStoreContract;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cells of the Cassandra that AtlasDB runs on. */
class PalantirCellsIT extends CellStoreContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.of(CassandraVersion.PALANTIR_2_2, 1);

    private static KeyspaceFactory keyspaces;

    @BeforeAll
    static void connect() {
        keyspaces = new KeyspaceFactory(CASSANDRA.servers());
    }

    @AfterAll
    static void disconnect() {
        keyspaces.close();
    }

    @Override
    protected CellStore createCells() {
        return keyspaces.cells(keyspaces.create(), TransactionsSchemaMap.always(1), TableStorage.COMPACT);
    }

    @Override
    protected boolean takesAnyTableName() {
        return false;
    }

    @Override
    protected boolean takesEmptyRow() {
        return false;
    }

    @Override
    protected boolean forgetsDeletions() {
        return false;
    }
}
