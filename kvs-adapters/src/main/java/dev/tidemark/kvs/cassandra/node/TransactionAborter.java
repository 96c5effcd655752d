package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;

/** Executes the statements that turn entries of the transactions tables into aborted ones. Thread-safe. */
@FunctionalInterface
public interface TransactionAborter {
    /**
     * Does what {@link dev.tidemark.kvs.transactiontable.TransactionTable#abortAll} says. When it returns, by an exception too, no
     * statement of it is sent any more.
     *
     * @param schemas which transactions schema applies to which start timestamps
     * @return the entries that have changed otherwise
     */
    List<TransactionEntry> abortAll(TransactionsSchemaMap schemas, List<TransactionEntry> seen);
}
