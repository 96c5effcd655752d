package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.AccessScan.LastWrite;
import dev.tidemark.coordinator.history.Finding.Kind;
import dev.tidemark.coordinator.history.Finding.Place;
import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.transaction.VisibleCells;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Compares what each cell ought to hold with what a reader finds in it, table by table, both in the order of the cells: what one
 * side has and the other has not is seen as such. Not thread-safe.
 */
final class CellCheck {
    private final HistoryIndex index;
    private final CheckedStores stores;
    private final Findings findings;
    private final Tally tally;

    CellCheck(HistoryIndex index, CheckedStores stores, Findings findings, Tally tally) {
        this.index = index;
        this.stores = stores;
        this.findings = findings;
        this.tally = tally;
    }

    void run() {
        for (int store = 0; store < stores.names().size(); store++) {
            StoreCluster cluster = stores.clusters().get(store);
            VisibleCells visible = VisibleCells.at(index.at(), cluster.cells(), cluster.transactionTable());
            SortedSet<TableName> present = new TreeSet<>(cluster.cells().tables());
            present.removeIf(TableName::isInternal);
            SortedSet<TableName> all = new TreeSet<>(index.tables(store));
            all.addAll(present);
            for (TableName table : all) {
                compare(store, table, present.contains(table) ? visible : null);
            }
        }
    }

    /** Compares one table; without visible cells when the store does not have it. */
    private void compare(int store, TableName table, VisibleCells visible) {
        try (AccessScan expectedCells = new AccessScan(index, store, table, findings, tally);
                CloseableIterator<CellVersion> foundCells =
                        visible == null ? new NoCells() : visible.scan(table, CellRange.all())) {
            LastWrite expected = expectedCells.next();
            CellVersion found = nextOf(foundCells);
            while (expected != null || found != null) {
                int order = order(expected, found);
                judge(new Comparison(store, table, order <= 0 ? expected : null, order >= 0 ? found : null));
                if (order <= 0) {
                    expected = expectedCells.next();
                }
                if (order >= 0) {
                    found = nextOf(foundCells);
                }
                tally.step();
            }
        }
    }

    private static CellVersion nextOf(CloseableIterator<CellVersion> cells) {
        return cells.hasNext() ? cells.next() : null;
    }

    private static int order(LastWrite expected, CellVersion found) {
        if (expected == null) {
            return 1;
        }
        return found == null ? -1 : expected.cell().compareTo(found.cell());
    }

    private void judge(Comparison cell) {
        if (cell.found == null) {
            if (!cell.expectedValue().isEmpty()) {
                addMissing(cell);
            }
            return;
        }
        long writer = cell.found.timestamp();
        if (cell.expected != null && cell.expected.write().start() == writer) {
            if (cell.found.value().equals(cell.expectedValue())) {
                tally.cells++;
            } else {
                addMissing(cell);
            }
            return;
        }
        if (cell.expected == null && writer < index.header().from()) {
            tally.olderThanHistory++;
            return;
        }
        boolean isHidden = cell.expected != null && cell.expected.write().start() < writer;
        Optional<IndexedTransaction> transaction = index.startedAt(cell.store, writer);
        String reason = whyExtra(cell, transaction, isHidden);
        if (!reason.isEmpty()) {
            addExtra(cell, transaction, reason);
        }
        if (cell.expected != null && !isHidden) {
            addMissing(cell);
        }
    }

    /** Returns why the transaction had no right to leave a value; empty when it is only older than it should be. */
    private String whyExtra(Comparison cell, Optional<IndexedTransaction> transaction, boolean isHidden) {
        if (transaction.isEmpty()) {
            return cell.found.timestamp() < index.header().from()
                    ? ""
                    : "its value is there, and it is not in the history";
        }
        IndexedTransaction writer = transaction.get();
        if (writer.outcome() == Outcome.ABORTED) {
            return "its value is there, and it was aborted";
        }
        if (writer.outcome() == Outcome.COMMITTED && !writer.isCommittedAt(index.at())) {
            return "its value is there, and it did not commit at or below " + index.at();
        }
        if (isHidden) {
            return "its value is there instead of that of transaction "
                    + cell.expected.write().start();
        }
        return cell.expected == null ? "its value is there, and it did not write this cell" : "";
    }

    private void addMissing(Comparison cell) {
        HistoryIndex.Access write = cell.expected.write();
        boolean isOwn = cell.found != null && cell.found.timestamp() == write.start();
        String detail = cell.expectedValue().isEmpty() ? "its deletion is missing" : "its write is missing";
        findings.add(new Finding(
                Kind.MISSING_WRITE,
                stores.names().get(cell.store),
                write.start(),
                write.timestamp(),
                write.line(),
                cell.place(),
                cell.expectedValue(),
                cell.foundValue(),
                isOwn ? "its write has another value" : detail));
    }

    private void addExtra(Comparison cell, Optional<IndexedTransaction> transaction, String reason) {
        long start = cell.found.timestamp();
        long commit = transaction.map(IndexedTransaction::commit).orElse(HistoryTransaction.NO_COMMIT);
        findings.add(new Finding(
                Kind.EXTRA_VALUE,
                stores.names().get(cell.store),
                start,
                commit == HistoryTransaction.NO_COMMIT ? stores.commitOf(cell.store, start) : commit,
                transaction.map(IndexedTransaction::line).orElse(0L),
                cell.place(),
                cell.expectedValue(),
                cell.foundValue(),
                reason));
    }

    /** One cell, of which either side may be null. */
    private record Comparison(int store, TableName table, LastWrite expected, CellVersion found) {
        Bytes expectedValue() {
            return expected == null ? Bytes.EMPTY : expected.write().value();
        }

        Bytes foundValue() {
            return found == null ? Bytes.EMPTY : found.value();
        }

        Place place() {
            Cell cell = expected == null ? found.cell() : expected.cell();
            return new Place(table, cell);
        }
    }

    /** The cells of a table that is not there. */
    private static final class NoCells implements CloseableIterator<CellVersion> {
        @Override
        public boolean hasNext() {
            return false;
        }

        @Override
        public CellVersion next() {
            throw new NoSuchElementException();
        }

        @Override
        public void close() {}
    }
}
