package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import java.util.NoSuchElementException;
import java.util.function.LongPredicate;

/** Leaves of a scan over all versions the newest visible one of each cell, and nothing where that one is a deletion. */
final class VisibleScan implements CloseableIterator<CellVersion> {
    private final CloseableIterator<CellVersion> versions;
    private final LongPredicate isVisible;

    /** The last cell that is done with: its older versions are skipped. */
    private Cell done;

    private CellVersion next;

    /**
     * Creates a scan.
     *
     * @param versions ordered by cell, within a cell from the newest; closed by this iterator
     * @param isVisible tells of a start timestamp whether the transaction's versions are visible
     */
    VisibleScan(CloseableIterator<CellVersion> versions, LongPredicate isVisible) {
        this.versions = versions;
        this.isVisible = isVisible;
    }

    @Override
    public boolean hasNext() {
        while (next == null && versions.hasNext()) {
            CellVersion version = versions.next();
            if (version.cell().equals(done) || !isVisible.test(version.timestamp())) {
                continue;
            }
            done = version.cell();
            if (!version.value().isEmpty()) {
                next = version;
            }
        }
        return next != null;
    }

    @Override
    public CellVersion next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        CellVersion result = next;
        next = null;
        return result;
    }

    @Override
    public void close() {
        versions.close();
    }
}
