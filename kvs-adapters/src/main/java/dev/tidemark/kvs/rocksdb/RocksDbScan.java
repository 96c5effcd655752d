package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A scan of cell versions. Sees the store as it was when the scan was opened, and leaves the block cache to point reads. Ends
 * with an error at its next step when the store is closed meanwhile.
 *
 * <p>Reads ahead, bounded in versions and in bytes, so that the lock which keeps the database open is taken once for many
 * versions: scans on several threads would pass its one word from core to core otherwise. Begins with few, for a caller that
 * wants no more.
 */
final class RocksDbScan implements CloseableIterator<CellVersion> {
    private static final int FIRST_AHEAD = 8;
    private static final int MAX_AHEAD = 256;
    private static final int MAX_AHEAD_BYTES = 256 << 10;
    private static final int SCRATCH_BYTES = 256;

    private final Database database;
    private final long atOrBelow;
    private final NativeIterator natives;
    private final Queue<CellVersion> ahead = new ArrayDeque<>();
    private final ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_BYTES);
    private int wanted = FIRST_AHEAD;
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
        if (!isAtEnd && (ahead.isEmpty() || natives.isClosed)) {
            readAhead();
            isAtEnd = ahead.isEmpty();
        }
        return !isAtEnd;
    }

    @Override
    public CellVersion next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the scan is at its end");
        }
        return ahead.remove();
    }

    private void readAhead() {
        database.use("scan", rocks -> {
            if (natives.isClosed) {
                throw new IllegalStateException("the scan is closed");
            }
            RocksIterator iterator = natives.iterator();
            long bytes = 0;
            while (ahead.size() < wanted && bytes < MAX_AHEAD_BYTES && iterator.isValid()) {
                byte[] key = copy(iterator::key, iterator::key);
                CellVersion version = decode(key, iterator);
                iterator.next();
                if (version != null) {
                    ahead.add(version);
                    bytes += key.length + version.value().length();
                }
            }
            if (!iterator.isValid()) {
                iterator.status();
            }
            return null;
        });
        wanted = Math.min(2 * wanted, MAX_AHEAD);
    }

    /** Returns the version at the iterator; null when the scan does not want it. */
    private CellVersion decode(byte[] key, RocksIterator iterator) {
        try {
            long timestamp = CellKey.timestamp(key);
            return timestamp > atOrBelow
                    ? null
                    : new CellVersion(CellKey.cell(key), timestamp, Bytes.wrap(copy(iterator::value, iterator::value)));
        } catch (IllegalArgumentException e) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "store '" + database.directory() + "' has a " + e.getMessage(),
                    "Restore the store from a backup.",
                    e);
        }
    }

    /** Most keys and values are short: to copy them through an array that is there costs less than to ask for a new one. */
    private byte[] copy(ToIntFunction<ByteBuffer> reader, Supplier<byte[]> fallback) {
        scratch.clear();
        int length = reader.applyAsInt(scratch);
        return length > scratch.capacity() ? fallback.get() : Arrays.copyOf(scratch.array(), length);
    }

    @Override
    public void close() {
        isAtEnd = true;
        ahead.clear();
        database.release(natives);
    }

    /** The native objects of a scan; closed by the scan or by the database, whoever comes first. */
    private static final class NativeIterator implements AutoCloseable {
        private final RocksIterator iterator;
        private final ReadOptions options;
        private final Slice bound;
        private volatile boolean isClosed;

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
