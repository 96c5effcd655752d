package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionTableContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Random;

class InMemoryTransactionTableThreeNodesTest extends TransactionTableContract {
    @Override
    protected StoreConnector createStore(TransactionsSchemaMap schemas) {
        return InMemoryStore.create(InMemoryOptions.threeNodes(50, schemas), new Random(6));
    }
}
