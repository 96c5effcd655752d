package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import java.util.NoSuchElementException;

/** The versions that a scan wants, of those that its queries give; in the order of the queries. */
final class VersionsInRange implements CloseableIterator<CellVersion> {
    private final CloseableIterator<Row> rows;
    private final CellRange range;
    private final long atOrBelow;
    private CellVersion next;

    /**
     * Creates an iterator.
     *
     * @param rows those of {@link TableScans}; closed by this iterator
     * @param atOrBelow upper end for version timestamps, inclusive
     */
    VersionsInRange(CloseableIterator<Row> rows, CellRange range, long atOrBelow) {
        this.rows = rows;
        this.range = range;
        this.atOrBelow = atOrBelow;
    }

    @Override
    public boolean hasNext() {
        while (next == null && rows.hasNext()) {
            CellVersion version = TableScans.version(rows.next());
            if (version != null && version.timestamp() <= atOrBelow && range.contains(version.cell())) {
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
        next = null;
        rows.close();
    }
}
