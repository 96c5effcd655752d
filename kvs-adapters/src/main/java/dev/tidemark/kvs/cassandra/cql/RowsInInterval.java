package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CloseableIterator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** Queries for cells of those rows of a table that are wanted, as the names of all its rows arrive. */
final class RowsInInterval implements CloseableIterator<BoundStatement> {
    private final PagedRows names;
    private final Function<Bytes, CellRange> wanted;
    private final TableScans scans;
    private final Deque<BoundStatement> queries = new ArrayDeque<>();

    /**
     * Creates an iterator.
     *
     * @param names rows whose first column is the name of a row of the table; closed by this iterator
     * @param wanted which cells of a row are wanted; null for none
     */
    RowsInInterval(PagedRows names, Function<Bytes, CellRange> wanted, TableScans scans) {
        this.names = names;
        this.wanted = wanted;
        this.scans = scans;
    }

    @Override
    public boolean hasNext() {
        while (queries.isEmpty() && names.hasNext()) {
            CellRange cells = wanted.apply(TableScans.bytes(names.next(), 0));
            if (cells != null) {
                queries.addAll(scans.ofRange(cells));
            }
        }
        return !queries.isEmpty();
    }

    @Override
    public BoundStatement next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return queries.remove();
    }

    @Override
    public void close() {
        queries.clear();
        names.close();
    }
}
