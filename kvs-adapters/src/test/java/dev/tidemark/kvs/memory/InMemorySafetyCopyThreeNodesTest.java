package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.SafetyCopyContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Random;

class InMemorySafetyCopyThreeNodesTest extends SafetyCopyContract {
    private static final InMemoryOptions OPTIONS = InMemoryOptions.threeNodes(50, TransactionsSchemaMap.always(3));

    private InMemoryStore store;

    @Override
    protected StoreConnector createStore() {
        store = InMemoryStore.create(OPTIONS, new Random(2));
        return store;
    }

    @Override
    protected StoreConnector stop() {
        return store;
    }

    @Override
    protected StoreConnector createEmpty() {
        return InMemoryStore.createEmpty(OPTIONS, new Random(3));
    }
}
