package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import dev.tidemark.kvs.cassandra.server.Partitioner;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionTableContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The transactions tables of one node on an ordered ring. */
class CassandraTransactionTableOrderedRingIT extends TransactionTableContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.of(
            ClusterShape.of(CassandraVersion.APACHE_5_0, 1).withPartitioner(Partitioner.BYTE_ORDERED));

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
        return keyspaces.createStore(schemas, TableStorage.PLAIN);
    }
}
