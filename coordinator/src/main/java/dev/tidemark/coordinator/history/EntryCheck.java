package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.Finding.Kind;
import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import java.nio.file.Path;

/**
 * Compares the transactions tables with the history, both in the order of start timestamps: each transaction that committed at or
 * below the timestamp has its entry, with its commit timestamp, and nobody else has one. Finds what the cells can't show: an entry
 * that is lost although every write of the transaction is overwritten, and a commit above the timestamp that the restore has left.
 *
 * <p>Entries are read in windows that hold a timestamp of the history, so that a gap in the sequence costs nothing. Not thread-safe.
 */
final class EntryCheck {
    private static final TableName ENTRIES = TableName.of("entries");
    private static final long WINDOW = 25_000_000;

    private final HistoryIndex index;
    private final CheckedStores stores;
    private final StoreView view;
    private final CellStore scratch;
    private final CellBatch entries;
    private final Findings findings;
    private final Tally tally;

    EntryCheck(
            HistoryIndex index,
            CheckedStores stores,
            StoreView view,
            CellStore scratch,
            Findings findings,
            Tally tally) {
        this.index = index;
        this.stores = stores;
        this.view = view;
        this.scratch = scratch;
        this.entries = new CellBatch(scratch, ENTRIES);
        this.findings = findings;
        this.tally = tally;
    }

    void run(Path file) {
        collect(file);
        compare();
    }

    /** Looks for timestamps that are used twice, and collects the entries around all. */
    private void collect(Path file) {
        long lastWindow = -1;
        boolean isCheckedWindowDone = false;
        IndexedTransaction previous = null;
        long previousTimestamp = 0;
        try (CloseableIterator<CellVersion> timestamps = index.scanTimestamps()) {
            while (timestamps.hasNext()) {
                CellVersion next = timestamps.next();
                long timestamp = next.cell().row().toLong();
                IndexedTransaction transaction = IndexedTransaction.decode(next.value());
                if (timestamp == previousTimestamp) {
                    throw usedTwice(file, timestamp, previous, transaction);
                }
                if (timestamp / WINDOW != lastWindow) {
                    lastWindow = timestamp / WINDOW;
                    isCheckedWindowDone |= lastWindow == index.at() / WINDOW;
                    collectWindow(lastWindow);
                }
                previous = transaction;
                previousTimestamp = timestamp;
                tally.step();
            }
        }
        if (!isCheckedWindowDone) {
            collectWindow(index.at() / WINDOW);
        }
        entries.flush();
    }

    private static RuntimeException usedTwice(
            Path file, long timestamp, IndexedTransaction first, IndexedTransaction second) {
        String use = timestamp == second.start() ? "start" : "commit";
        return HistoryErrors.line(
                file,
                second.line(),
                use + ": " + timestamp + ", which line " + first.line()
                        + " has too (expected: a timestamp that no other transaction has)",
                null);
    }

    private void collectWindow(long window) {
        long first = Math.max(index.header().from(), window * WINDOW);
        long last = window * WINDOW > Long.MAX_VALUE - WINDOW ? Long.MAX_VALUE : window * WINDOW + WINDOW - 1;
        if (first > last) {
            return;
        }
        for (int store = 0; store < stores.names().size(); store++) {
            TransactionTable table = stores.clusters().get(store).transactionTable();
            for (TransactionTable.Part part : table.split(new TimestampRange(first, last), 1)) {
                try (CloseableIterator<TransactionEntry> scan = table.scan(part)) {
                    while (scan.hasNext()) {
                        collect(store, scan.next());
                    }
                }
            }
        }
    }

    private void collect(int store, TransactionEntry entry) {
        long commit = CheckedStores.commitOf(entry.state());
        if (commit != HistoryTransaction.NO_COMMIT) {
            entries.put(Bytes.ofLong(entry.startTimestamp()), Bytes.ofLong(store), Bytes.ofLong(commit));
        }
        tally.step();
    }

    private void compare() {
        try (CloseableIterator<CellVersion> timestamps = index.scanTimestamps();
                CloseableIterator<CellVersion> found = scratch.scan(ENTRIES, CellRange.all(), CellBatch.VERSION)) {
            IndexedTransaction transaction = nextStart(timestamps);
            Entry entry = nextEntry(found);
            while (transaction != null || entry != null) {
                int order = order(transaction, entry);
                if (order < 0) {
                    judge(transaction, HistoryTransaction.NO_COMMIT);
                } else if (order == 0) {
                    judge(transaction, entry.commit);
                } else {
                    judgeForeign(entry);
                }
                transaction = order <= 0 ? nextStart(timestamps) : transaction;
                entry = order >= 0 ? nextEntry(found) : entry;
                tally.step();
            }
        }
    }

    /** Returns the next transaction by start timestamp; rows of commit timestamps are passed over. */
    private static IndexedTransaction nextStart(CloseableIterator<CellVersion> timestamps) {
        while (timestamps.hasNext()) {
            CellVersion next = timestamps.next();
            IndexedTransaction transaction = IndexedTransaction.decode(next.value());
            if (transaction.start() == next.cell().row().toLong()) {
                return transaction;
            }
        }
        return null;
    }

    private static Entry nextEntry(CloseableIterator<CellVersion> entries) {
        if (!entries.hasNext()) {
            return null;
        }
        CellVersion next = entries.next();
        return new Entry(
                (int) next.cell().column().toLong(),
                next.cell().row().toLong(),
                next.value().toLong());
    }

    private static int order(IndexedTransaction transaction, Entry entry) {
        if (transaction == null) {
            return 1;
        }
        if (entry == null) {
            return -1;
        }
        int byStart = Long.compare(transaction.start(), entry.start);
        return byStart != 0 ? byStart : Integer.compare(transaction.store(), entry.store);
    }

    private void judge(IndexedTransaction transaction, long entry) {
        long at = index.at();
        if (entry > at) {
            if (transaction.isCommittedAt(at)) {
                add(transaction, transaction.commit(), "the store has it committed at " + entry);
            } else if (view == StoreView.RESTORED) {
                add(transaction, entry, "the store has it committed at " + entry + ", above " + at);
            }
            return;
        }
        boolean isThere = entry != HistoryTransaction.NO_COMMIT;
        if (transaction.outcome() == Outcome.UNKNOWN && transaction.hasWrites()) {
            if (isThere && !isPossible(transaction, entry)) {
                add(transaction, entry, "the store has it committed at " + entry + ", which can't be");
            }
            return;
        }
        boolean isExpected = transaction.hasWrites() && transaction.isCommittedAt(at);
        if (isExpected && !isThere) {
            add(transaction, transaction.commit(), "the store does not have it committed");
        } else if (isExpected && entry != transaction.commit()) {
            add(transaction, transaction.commit(), "the store has it committed at " + entry);
        } else if (!isExpected && isThere) {
            add(transaction, entry, "the store has it committed at " + entry + ", and " + whyNot(transaction));
        }
    }

    private static String whyNot(IndexedTransaction transaction) {
        if (!transaction.hasWrites()) {
            return "it wrote nothing";
        }
        return transaction.outcome() == Outcome.ABORTED ? "it was aborted" : "it committed at " + transaction.commit();
    }

    /** Tells whether a transaction of unknown outcome can have committed at the timestamp. */
    private boolean isPossible(IndexedTransaction transaction, long commit) {
        if (transaction.commit() != HistoryTransaction.NO_COMMIT) {
            return commit == transaction.commit();
        }
        return commit > transaction.start() && index.using(commit).isEmpty();
    }

    private void judgeForeign(Entry entry) {
        boolean isVisible = entry.commit <= index.at();
        boolean isLeft = view == StoreView.RESTORED && entry.start <= Math.max(index.at(), index.lastTimestamp());
        if (isVisible || isLeft) {
            findings.add(new Finding(
                    Kind.WRONG_OUTCOME,
                    stores.names().get(entry.store),
                    entry.start,
                    entry.commit,
                    0,
                    null,
                    Bytes.EMPTY,
                    Bytes.EMPTY,
                    "the store has it committed at " + entry.commit
                            + (isVisible ? "" : ", above " + index.at())
                            + ", and it is not in the history"));
        }
    }

    private void add(IndexedTransaction transaction, long commit, String detail) {
        findings.add(new Finding(
                Kind.WRONG_OUTCOME,
                stores.names().get(transaction.store()),
                transaction.start(),
                commit,
                transaction.line(),
                null,
                Bytes.EMPTY,
                Bytes.EMPTY,
                detail));
    }

    private record Entry(int store, long start, long commit) {}
}
