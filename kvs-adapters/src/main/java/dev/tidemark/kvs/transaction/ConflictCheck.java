package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.Map;
import java.util.Set;

/**
 * Makes sure that of two transactions that overlap and write the same cell at most one commits, without locks.
 *
 * <p>Transactions A and B overlap when each started before the other committed. Both first write their versions and then
 * look for versions of others. Writes are where each later read finds them, so whichever look begins last begins after both
 * writes have ended: at least one of the two sees the other's version. Say that A sees B's. Then A asks for B's outcome:
 *
 * <ul>
 *   <li>B is aborted: there is no conflict.
 *   <li>B committed below A's start timestamp: they do not overlap. B committed above it, or B started after A (and so
 *       commits after A's start): A gives up.
 *   <li>B is undecided: A decides it. It puts the entry that says aborted, and from then on B can't commit; or B's own entry
 *       was first, and one of the two cases above applies. There is one entry, so they never both win.
 * </ul>
 *
 * <p>So A passes the check only after every overlapping writer that it sees can't commit any more, and a writer that
 * it does not see will see A's version. That one finds A committed or aborted, or decides A itself.
 *
 * <p>Which undecided writers A has to look at: all that started later; and of those that started earlier all down to the
 * first version whose transaction K committed below A's start. A writer B below K can't commit above A's start: it would
 * overlap K, and K has committed, so by this same argument B does not.
 *
 * <p>Two writers that see each other undecided must not roll each other back for ever. A rolls back those that started later
 * at once, and gives those that started earlier a little time to end before it does. So the oldest writer of a cell is
 * never hurried, waiting never goes round in a circle, and a client that died stops nobody for longer than that.
 *
 * <p>A version of the transaction itself that is missing means that somebody took it away: the sweeper after the lease was
 * lost, or a restore. Such a transaction must not commit.
 */
final class ConflictCheck {
    private final CellStore cells;
    private final Outcomes outcomes;
    private final long start;

    ConflictCheck(CellStore cells, Outcomes outcomes, long start) {
        this.cells = cells;
        this.outcomes = outcomes;
        this.start = start;
    }

    /**
     * Checks cells to which the transaction's versions were written before.
     *
     * @throws KeyValueStoreException {@link ErrorCode#TRANSACTION_CONFLICT} when another transaction that overlaps has written
     *     one of them, {@link ErrorCode#LEASE_LOST} when the transaction's own version is gone
     */
    void requireNone(TableName table, Set<Cell> written) {
        Map<Cell, Version> newest = cells.getLatest(table, written, Long.MAX_VALUE);
        written.forEach(cell -> checkLaterStarters(table, cell, newest.get(cell)));
        cells.getLatest(table, written, start - 1)
                .forEach((cell, version) -> checkEarlierStarters(table, cell, version));
    }

    private void checkLaterStarters(TableName table, Cell cell, Version newest) {
        Version version = newest;
        while (version != null && version.timestamp() > start) {
            if (outcomes.force(version.timestamp()) instanceof TransactionState.Committed) {
                throw TransactionErrors.conflict(start, version.timestamp(), table, cell);
            }
            version = before(table, cell, version);
        }
        if (version == null || version.timestamp() != start) {
            throw TransactionErrors.versionGone(start, table, cell);
        }
    }

    private void checkEarlierStarters(TableName table, Cell cell, Version newest) {
        Version version = newest;
        while (version != null && version.timestamp() >= 1) {
            if (outcomes.await(version.timestamp()) instanceof TransactionState.Committed committed) {
                if (committed.commitTimestamp() > start) {
                    throw TransactionErrors.conflict(start, version.timestamp(), table, cell);
                }
                return;
            }
            version = before(table, cell, version);
        }
    }

    private Version before(TableName table, Cell cell, Version version) {
        return cells.getLatest(table, Set.of(cell), version.timestamp() - 1).get(cell);
    }
}
