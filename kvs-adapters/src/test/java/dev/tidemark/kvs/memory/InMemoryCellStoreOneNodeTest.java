package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellStoreContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Random;

class InMemoryCellStoreOneNodeTest extends CellStoreContract {
    @Override
    protected CellStore createCells() {
        return InMemoryStore.create(InMemoryOptions.singleNode(TransactionsSchemaMap.always(3)), new Random(1))
                .cells();
    }
}
