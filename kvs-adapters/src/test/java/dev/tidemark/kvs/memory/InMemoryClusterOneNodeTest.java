package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.cluster.StoreClusterContract;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Random;

class InMemoryClusterOneNodeTest extends StoreClusterContract {
    @Override
    protected StoreConnector createStore(TransactionsSchemaMap schemas) {
        return InMemoryStore.create(InMemoryOptions.singleNode(schemas), new Random(4));
    }

    @Override
    protected StoreConnector createEmpty() {
        return InMemoryStore.createEmpty(InMemoryOptions.singleNode(TransactionsSchemaMap.always(3)), new Random(5));
    }
}
