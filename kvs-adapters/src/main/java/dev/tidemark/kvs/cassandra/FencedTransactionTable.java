package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The transactions tables of a keyspace that a restore has in its hands: reads ask the cluster, aborts go through agents, one after the
 * other, which refuse them when another coordinator has taken over. Thread-safe.
 */
final class FencedTransactionTable implements TransactionTable {
    private final TransactionTable table;
    private final List<CassandraAgent> agents;
    private final RestoreId restore;
    private final TransactionsSchemaMap schemas;
    private final AtomicInteger turns = new AtomicInteger();

    FencedTransactionTable(
            TransactionTable table, List<CassandraAgent> agents, RestoreId restore, TransactionsSchemaMap schemas) {
        this.table = table;
        this.agents = agents;
        this.restore = restore;
        this.schemas = schemas;
    }

    @Override
    public List<Part> split(TimestampRange starts, int maxParts) {
        return table.split(starts, maxParts);
    }

    @Override
    public CloseableIterator<TransactionEntry> scan(Part part) {
        return table.scan(part);
    }

    @Override
    public Optional<TransactionState> read(long startTimestamp) {
        return table.read(startTimestamp);
    }

    @Override
    public boolean abort(TransactionEntry seen) {
        return abortAll(List.of(seen)).isEmpty();
    }

    /** Those nodes that were handed over before the last coordinator died refuse; one that was not is enough. */
    @Override
    public List<TransactionEntry> abortAll(List<TransactionEntry> seen) {
        int turn = turns.getAndIncrement();
        KeyValueStoreException refusal = null;
        for (int i = 0; i < agents.size(); i++) {
            try {
                return agents.get(Math.floorMod(turn + i, agents.size())).abortAll(restore, schemas, seen);
            } catch (KeyValueStoreException e) {
                if (e.code() != ErrorCode.NOT_ALLOWED_NOW) {
                    throw e;
                }
                refusal = e;
            }
        }
        throw refusal;
    }
}
