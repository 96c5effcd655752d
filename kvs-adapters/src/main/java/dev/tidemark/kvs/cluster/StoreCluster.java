package dev.tidemark.kvs.cluster;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;
import java.util.Set;

/**
 * Cluster side of a store: what the coordinator asks of the store as a whole. All methods block and are thread-safe; they
 * throw {@link KeyValueStoreException} with {@link ErrorCode#STORE_UNAVAILABLE} when the store does not answer.
 */
public interface StoreCluster extends AutoCloseable {
    /** Asks the store what it is and holds. */
    StoreDescription describe();

    /**
     * Looks for everything that would make a backup or a restore fail or be worthless, before it begins.
     *
     * @return problems, the blocking ones first; empty when there are none
     */
    List<Problem> check();

    /** Returns the nodes that can be reached, ordered by id. */
    List<StoreNode> nodes();

    /**
     * Makes every replica of the tables equal, on every node. Blocks until it is done; idempotent. A store with one copy of
     * each cell has nothing to do.
     *
     * @param tables what to repair
     */
    void repair(Set<TableName> tables);

    /**
     * Records durably that reads below the timestamp may miss versions; never lowers what is recorded. For a restore: garbage
     * collection between the snapshots of two nodes may be in what was restored without the record of it.
     *
     * @param timestamp &gt;= 0
     */
    void raiseEarliestReadableTimestamp(long timestamp);

    /**
     * Makes the restored store use the transactions schemas that applied when it was backed up. A store that keeps them together with
     * its data in one place has nothing to do; one whose nodes' snapshots lie apart may have brought an older decision back, and would
     * read what was written after it wrongly. Idempotent.
     *
     * @param schemas as the backup says
     * @param bound the last start timestamp for which they were decided
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} when what the store has contradicts them
     */
    void adoptTransactionsSchemas(TransactionsSchemaMap schemas, long bound);

    /**
     * Makes sure that aborts are the last word, before a restore, a rewind or a clean makes any: what is written from here on replaces
     * what the store holds, and no commit appears later that a client has begun and not completed. A store that orders writes of its
     * own accord, and knows of each whether it is done, has nothing to do. One that orders them by its nodes' clocks may have got data
     * from a cluster whose clocks were ahead; one whose nodes have to agree on a commit may have some half agreed. May wait some
     * seconds. The store must have no clients at the time.
     *
     * @param starts start timestamps of the transactions whose entries may be changed
     * @throws KeyValueStoreException {@link ErrorCode#CLOCK_BEHIND} when a node's clock is behind
     */
    void prepareClean(TimestampRange starts);

    /** Returns access to the transactions tables. */
    TransactionTable transactionTable();

    /** Returns access to the cells, for digests and drills. */
    CellStore cells();

    /** Frees connections; the store itself goes on. */
    @Override
    void close();

    /**
     * Something that stands in the way.
     *
     * @param isBlocking whether the operation must not begin
     * @param message what is wrong, in the form of an error message
     * @param hint what to do about it, one imperative sentence, or empty
     */
    record Problem(boolean isBlocking, String message, String hint) {}
}
