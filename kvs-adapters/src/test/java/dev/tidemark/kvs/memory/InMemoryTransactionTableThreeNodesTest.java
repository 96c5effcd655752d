package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionTableContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Random;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class InMemoryTransactionTableThreeNodesTest extends TransactionTableContract {
    @Override
    protected StoreConnector createStore(TransactionsSchemaMap schemas) {
        return InMemoryStore.create(InMemoryOptions.threeNodes(50, schemas), new Random(6));
    }
}
