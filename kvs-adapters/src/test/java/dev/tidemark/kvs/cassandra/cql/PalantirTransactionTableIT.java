package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionTableContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The transactions tables of the Cassandra that AtlasDB runs on. */
class PalantirTransactionTableIT extends TransactionTableContract {
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
    protected StoreConnector createStore(TransactionsSchemaMap schemas) {
        return keyspaces.createStore(schemas, TableStorage.COMPACT);
    }
}
