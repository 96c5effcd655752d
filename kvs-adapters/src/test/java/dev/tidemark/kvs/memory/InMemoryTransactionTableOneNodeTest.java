package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionTableContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Random;

class InMemoryTransactionTableOneNodeTest extends TransactionTableContract {
    @Override
    protected StoreConnector createStore(TransactionsSchemaMap schemas) {
        return InMemoryStore.create(InMemoryOptions.singleNode(schemas), new Random(6));
    }
}
