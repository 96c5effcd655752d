package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.transactiontable.Tickets;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;

/**
 * The second write of an entry of transactions schema 3. AtlasDB decides an entry by Paxos while it is staging, and then writes
 * what was decided once more as an ordinary cell, at a timestamp above every clock, so that readers need no Paxos. From then on
 * nothing that Paxos writes to this cell is ever seen: it has a smaller timestamp.
 *
 * <p>Here Paxos decides every change, also that of staging to committed; so of a client that confirms and of somebody who aborts
 * one wins, and each of them learns which. What has won is written at the fixed timestamp afterwards. An abort has the greater one
 * of the two, and hides the commit that it replaces.
 */
final class TwoPhaseWrites {
    /** Write timestamp of what a client has decided, as in AtlasDB. */
    static final long DECIDED_TIMESTAMP = 9223372036854775797L;

    /** Write timestamp of an abort that replaces what was decided. */
    static final long ABORTED_TIMESTAMP = DECIDED_TIMESTAMP + 1;

    private static final int SCHEMA = 3;
    private static final byte FINAL = 1;
    private static final String PUT =
            "INSERT INTO %s (key, column1, column2, value) VALUES (?, ?, -1, ?) USING TIMESTAMP ?";

    private final Keyspace keyspace;
    private final TransactionsSchemaMap schemas;
    private final Requests requests;

    TwoPhaseWrites(Keyspace keyspace, TransactionsSchemaMap schemas) {
        this.keyspace = keyspace;
        this.schemas = schemas;
        this.requests = new Requests(keyspace.session().retries(), 1);
    }

    /** Writes a value again that a put-unless-exists has put, if it is a final entry of schema 3. */
    void afterPut(TableName table, Cell cell, Bytes value) {
        if (isEntry(table, cell) && isFinal(value)) {
            write(table, cell, value, DECIDED_TIMESTAMP);
        }
    }

    /** Writes a value again that a compare-and-set has put, if it is a final entry of schema 3. */
    void afterReplacement(TableName table, Cell cell, Bytes value) {
        if (isEntry(table, cell) && isFinal(value)) {
            write(table, cell, value, value.length() == 1 ? ABORTED_TIMESTAMP : DECIDED_TIMESTAMP);
        }
    }

    /**
     * Refuses the deletion of an entry of schema 3, which Paxos can't delete.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when it is one
     */
    void requireDeletable(TableName table, Cell cell) {
        if (isEntry(table, cell)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "an entry of transactions schema 3 can't be deleted: cell " + cell + " of table '" + table + "'",
                    "Abort the transaction instead.");
        }
    }

    private boolean isEntry(TableName table, Cell cell) {
        if (!table.equals(Tickets.TABLE)) {
            return false;
        }
        try {
            long start = TransactionsEncoding.ofSchema(SCHEMA).startTimestampOf(cell);
            return schemas.versionAt(start) == SCHEMA;
        } catch (KeyValueStoreException e) {
            return false; // the cell of no transaction
        }
    }

    private static boolean isFinal(Bytes value) {
        return !value.isEmpty() && value.at(value.length() - 1) == FINAL;
    }

    private void write(TableName table, Cell cell, Bytes value, long timestamp) {
        PreparedStatement put = keyspace.prepare("write to", PUT, table);
        requests.forEach(
                keyspace.what("write to", table),
                List.of(cell),
                place -> keyspace.session()
                        .executeAsync(
                                put.bind(place.row().toBuffer(), place.column().toBuffer(), value.toBuffer(), timestamp)
                                        .setConsistencyLevel(keyspace.writeLevel())
                                        .setIdempotent(true)),
                (place, answer) -> {});
    }
}
