package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.NodeByNodeConnector;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;
import java.util.Set;

/** As much of a store as there is without its nodes' files: cells and transactions tables. */
record CqlSide(String keyspace, CellStore cells, TransactionTable transactionTable)
        implements NodeByNodeConnector, StoreCluster {
    @Override
    public StoreCluster connect() {
        return this;
    }

    @Override
    public List<StoreNode> targetNodes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public StoreCluster openRestored(RestoreId restore) {
        throw new UnsupportedOperationException();
    }

    @Override
    public StoreDescription describe() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Problem> check() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<StoreNode> nodes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void repair(Set<TableName> tables) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void prepareClean(TimestampRange starts) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void adoptTransactionsSchemas(TransactionsSchemaMap schemas, long bound) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void raiseEarliestReadableTimestamp(long timestamp) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
