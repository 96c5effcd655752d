package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTableContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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

    /** H8: what Paxos remembers is settled without a change that anybody can see. */
    @Test
    void settle_entriesThatPaxosRemembers_keepTheirValues() {
        CqlSide store = keyspaces.createStore(TransactionsSchemaMap.always(2), TableStorage.COMPACT);
        new CellTransactionTable(store.cells(), TransactionsSchemaMap.always(2))
                .propose(7, TransactionState.committed(8));

        PaxosLeftovers.settle(keyspaces.session(), store.keyspace());

        assertThat(store.transactionTable().read(7)).contains(TransactionState.committed(8));
    }

    @Override
    protected StoreConnector createStore(TransactionsSchemaMap schemas) {
        return keyspaces.createStore(schemas, TableStorage.COMPACT);
    }
}
