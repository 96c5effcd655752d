package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;

/** Lays a transaction's own writes over the cells that were committed before it began. */
final class MergedScan implements CloseableIterator<CellValue> {
    private final CloseableIterator<CellVersion> committed;
    private final Iterator<Map.Entry<Cell, Bytes>> written;

    private CellVersion nextCommitted;
    private Map.Entry<Cell, Bytes> nextWritten;
    private CellValue next;

    MergedScan(CloseableIterator<CellVersion> committed, SortedMap<Cell, Bytes> written) {
        this.committed = committed;
        this.written = written.entrySet().iterator();
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            if (nextCommitted == null && committed.hasNext()) {
                nextCommitted = committed.next();
            }
            if (nextWritten == null && written.hasNext()) {
                nextWritten = written.next();
            }
            if (nextCommitted == null && nextWritten == null) {
                return false;
            }
            takeLower();
        }
        return true;
    }

    private void takeLower() {
        int order = nextWritten == null
                ? -1
                : nextCommitted == null ? 1 : nextCommitted.cell().compareTo(nextWritten.getKey());
        if (order < 0) {
            next = new CellValue(nextCommitted.cell(), nextCommitted.value());
            nextCommitted = null;
            return;
        }
        if (order == 0) {
            nextCommitted = null;
        }
        if (!nextWritten.getValue().isEmpty()) {
            next = new CellValue(nextWritten.getKey(), nextWritten.getValue());
        }
        nextWritten = null;
    }

    @Override
    public CellValue next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        CellValue result = next;
        next = null;
        return result;
    }

    @Override
    public void close() {
        committed.close();
    }
}
