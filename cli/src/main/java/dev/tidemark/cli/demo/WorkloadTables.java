package dev.tidemark.cli.demo;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.nio.ByteBuffer;
import java.util.List;

/** Tables and encodings of the workload. Rows are 8-byte numbers, each has one column. */
final class WorkloadTables {
    /** Account to balance. */
    static final TableName ACCOUNTS = TableName.of("accounts");
    /** Transfer to {@link Transfer}: replaying it from the first balances gives every balance. */
    static final TableName LEDGER = TableName.of("ledger");
    /** Node to its successor: one cycle through all nodes, permuted by every transaction. */
    static final TableName RING = TableName.of("ring");
    /** Key to a number that is the same in both tables. */
    static final TableName LEFT = TableName.of("pairs_left");

    static final TableName RIGHT = TableName.of("pairs_right");
    /** Content that nobody changes, as most of a real store is. */
    static final TableName DOCUMENTS = TableName.of("documents");

    static final List<TableName> CHANGING = List.of(ACCOUNTS, LEDGER, RING, LEFT, RIGHT);

    static final long FIRST_BALANCE = 1_000;
    /** Accounts that only the deliberately long transactions use, so that nobody is in their way. */
    static final int RESERVED_ACCOUNTS = 64;

    private static final Bytes COLUMN = Bytes.utf8("v");

    private WorkloadTables() {}

    static Cell cell(long row) {
        return Cell.of(Bytes.ofLong(row), COLUMN);
    }

    /** A movement of money. */
    record Transfer(long from, long to, long amount) {
        Bytes encode() {
            return Bytes.wrap(ByteBuffer.allocate(3 * Long.BYTES)
                    .putLong(from)
                    .putLong(to)
                    .putLong(amount)
                    .array());
        }

        static Transfer decode(Bytes value) {
            ByteBuffer buffer = value.toBuffer();
            return new Transfer(buffer.getLong(), buffer.getLong(), buffer.getLong());
        }
    }
}
