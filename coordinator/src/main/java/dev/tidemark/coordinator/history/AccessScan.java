package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.Finding.Kind;
import dev.tidemark.coordinator.history.Finding.Place;
import dev.tidemark.coordinator.history.HistoryIndex.Access;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;

/**
 * The last write of each cell of one table, in the order of the cells. On the way there it follows each cell through time: every
 * read has to find the last write below it, and no write may overlap the one before. Not thread-safe.
 */
final class AccessScan implements AutoCloseable {
    private final HistoryIndex index;
    private final int store;
    private final TableName table;
    private final Findings findings;
    private final Tally tally;
    private final Bytes prefix;
    private final CloseableIterator<CellVersion> accesses;
    private CellVersion pending;

    AccessScan(HistoryIndex index, int store, TableName table, Findings findings, Tally tally) {
        this.index = index;
        this.store = store;
        this.table = table;
        this.findings = findings;
        this.tally = tally;
        this.prefix = CellKeys.prefix(store, table);
        this.accesses = index.scanAccesses(prefix);
    }

    /** Returns the next cell that has a write, or null at the end. */
    LastWrite next() {
        LastWrite last = null;
        while (last == null) {
            CellVersion first = take();
            if (first == null) {
                return null;
            }
            last = follow(first);
        }
        return last;
    }

    @Override
    public void close() {
        accesses.close();
    }

    private LastWrite follow(CellVersion first) {
        Bytes key = first.cell().row();
        Cell cell = CellKeys.cell(prefix, key);
        Access last = null;
        for (CellVersion version = first; version != null; version = takeOf(key)) {
            Access access = Access.decode(version.cell().column(), version.value());
            if (access.isRead()) {
                checkRead(cell, access, last);
            } else {
                checkOverlap(cell, access, last);
                last = access;
            }
            tally.step();
        }
        return last == null ? null : new LastWrite(cell, last);
    }

    private void checkRead(Cell cell, Access read, Access last) {
        if (last == null && index.header().from() > 1) {
            tally.olderThanHistory++;
            return;
        }
        tally.reads++;
        Bytes expected = last == null ? Bytes.EMPTY : last.value();
        if (!read.value().equals(expected)) {
            String source = last == null ? "nobody had written" : "transaction " + last.start() + " had written";
            add(Kind.WRONG_READ, cell, read, expected, read.value(), "it did not read what " + source);
        }
    }

    private void checkOverlap(Cell cell, Access write, Access last) {
        if (last != null && write.start() < last.timestamp()) {
            add(
                    Kind.LOST_UPDATE,
                    cell,
                    write,
                    last.value(),
                    write.value(),
                    "it wrote over transaction " + last.start() + ", which committed at " + last.timestamp()
                            + " while it ran");
        }
    }

    private void add(Kind kind, Cell cell, Access access, Bytes expected, Bytes found, String detail) {
        long commit = access.isRead()
                ? index.startedAt(store, access.start())
                        .map(IndexedTransaction::commit)
                        .orElse(HistoryTransaction.NO_COMMIT)
                : access.timestamp();
        findings.add(new Finding(
                kind,
                index.header().stores().get(store),
                access.start(),
                commit,
                access.line(),
                new Place(table, cell),
                expected,
                found,
                detail));
    }

    private CellVersion take() {
        CellVersion taken = pending != null ? pending : accesses.hasNext() ? accesses.next() : null;
        pending = null;
        return taken;
    }

    private CellVersion takeOf(Bytes key) {
        CellVersion taken = take();
        if (taken != null && !taken.cell().row().equals(key)) {
            pending = taken;
            return null;
        }
        return taken;
    }

    /** What a cell ought to hold. */
    record LastWrite(Cell cell, Access write) {}
}
