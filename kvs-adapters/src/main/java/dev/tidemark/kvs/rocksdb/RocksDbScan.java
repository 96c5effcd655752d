package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import java.util.NoSuchElementException;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A scan of cell versions. Sees the store as it was when the scan was opened, and leaves the block cache to point reads. Ends
 * with an error at its next step when the store is closed meanwhile.
 */
final class RocksDbScan implements CloseableIterator<CellVersion> {
    private final Database database;
    private final long atOrBelow;
    private final NativeIterator natives;
    private CellVersion next;
    private boolean isAtEnd;

    private RocksDbScan(Database database, long atOrBelow, NativeIterator natives) {
        this.database = database;
        this.atOrBelow = atOrBelow;
        this.natives = natives;
    }

    static RocksDbScan open(Database database, TableName table, CellRange range, long atOrBelow) {
        return database.use("scan", rocks -> {
            ColumnFamilyHandle family = database.table(table);
            byte[] lower = CellKey.prefix(range.startInclusive());
            byte[] upper = upperBound(range);
            ReadOptions options = new ReadOptions().setTotalOrderSeek(true).setFillCache(false);
            Slice bound = upper == null ? null : new Slice(upper);
            if (bound != null) {
                options.setIterateUpperBound(bound);
            }
            NativeIterator natives = new NativeIterator(rocks.newIterator(family, options), options, bound);
            database.register(natives);
            natives.iterator().seek(lower);
            return new RocksDbScan(database, atOrBelow, natives);
        });
    }

    /** An upper end below the lower one makes an empty range. */
    private static byte[] upperBound(CellRange range) {
        Cell end = range.endExclusive();
        if (end == null) {
            return null;
        }
        return CellKey.prefix(end.compareTo(range.startInclusive()) < 0 ? range.startInclusive() : end);
    }

    @Override
    public boolean hasNext() {
        if (next == null && !isAtEnd) {
            next = advance();
            isAtEnd = next == null;
        }
        return next != null;
    }

    @Override
    public CellVersion next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the scan is at its end");
        }
        CellVersion result = next;
        next = null;
        return result;
    }

    private CellVersion advance() {
        return database.use("scan", rocks -> {
            if (natives.isClosed) {
                throw new IllegalStateException("the scan is closed");
            }
            RocksIterator iterator = natives.iterator();
            while (iterator.isValid()) {
                byte[] key = iterator.key();
                CellVersion version = decode(key, iterator);
                iterator.next();
                if (version != null) {
                    return version;
                }
            }
            iterator.status();
            return null;
        });
    }

    /** Returns the version at the iterator; null when the scan does not want it. */
    private CellVersion decode(byte[] key, RocksIterator iterator) {
        try {
            long timestamp = CellKey.timestamp(key);
            return timestamp > atOrBelow
                    ? null
                    : new CellVersion(CellKey.cell(key), timestamp, Bytes.wrap(iterator.value()));
        } catch (IllegalArgumentException e) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "store '" + database.directory() + "' has a " + e.getMessage(),
                    "Restore the store from a backup.",
                    e);
        }
    }

    @Override
    public void close() {
        isAtEnd = true;
        next = null;
        database.release(natives);
    }

    /** The native objects of a scan; closed by the scan or by the database, whoever comes first. */
    private static final class NativeIterator implements AutoCloseable {
        private final RocksIterator iterator;
        private final ReadOptions options;
        private final Slice bound;
        private boolean isClosed;

        private NativeIterator(RocksIterator iterator, ReadOptions options, Slice bound) {
            this.iterator = iterator;
            this.options = options;
            this.bound = bound;
        }

        private RocksIterator iterator() {
            return iterator;
        }

        @Override
        public void close() {
            isClosed = true;
            iterator.close();
            options.close();
            if (bound != null) {
                bound.close();
            }
        }
    }
}
