package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionTable.Part;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A scan of one part of the transactions tables, schema by schema; {@link EntryQueries} says what it reads. */
final class EntryScan implements CloseableIterator<TransactionEntry> {
    private final Keyspace keyspace;
    private final TransactionsSchemaMap schemas;
    private final ConsistencyLevel level;
    private final Part part;
    private final Iterator<TimestampRange> ranges;

    private TimestampRange range;
    private TransactionsEncoding encoding;
    private PagedRows rows;
    private TransactionEntry next;

    EntryScan(Keyspace keyspace, TransactionsSchemaMap schemas, ConsistencyLevel level, Part part) {
        this.keyspace = keyspace;
        this.schemas = schemas;
        this.level = level;
        this.part = part;
        this.ranges = schemas.oneVersionEach(part.starts()).iterator();
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            if (rows != null && rows.hasNext()) {
                next = entry(TableScans.version(rows.next()));
            } else if (!openNext()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public TransactionEntry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        TransactionEntry result = next;
        next = null;
        return result;
    }

    @Override
    public void close() {
        next = null;
        if (rows != null) {
            rows.close();
            rows = null;
        }
        while (ranges.hasNext()) {
            ranges.next();
        }
    }

    /** Returns null for what is no entry of the interval. */
    private TransactionEntry entry(CellVersion version) {
        if (version == null || version.timestamp() != 0) {
            return null;
        }
        long start = encoding.startTimestampOf(version.cell());
        return range.contains(start) ? new TransactionEntry(start, encoding.decode(start, version.value())) : null;
    }

    private boolean openNext() {
        if (!ranges.hasNext()) {
            return false;
        }
        range = ranges.next();
        encoding = TransactionsEncoding.ofSchema(schemas.versionAt(range.lower()));
        TableScans scans = new TableScans(keyspace, encoding.table(), level);
        rows = new PagedRows(
                keyspace.session(), scans.what(), new EntryQueries(keyspace, part).of(scans, encoding, range));
        return true;
    }
}
