package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.StoreNodeContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Random;

class InMemoryNodeThreeNodesTest extends StoreNodeContract {
    private static final InMemoryOptions OPTIONS = InMemoryOptions.threeNodes(50, TransactionsSchemaMap.always(3));

    @Override
    protected StoreConnector createStore() {
        return InMemoryStore.create(OPTIONS, new Random(2));
    }

    @Override
    protected StoreConnector createEmpty() {
        return InMemoryStore.createEmpty(OPTIONS, new Random(3));
    }
}
