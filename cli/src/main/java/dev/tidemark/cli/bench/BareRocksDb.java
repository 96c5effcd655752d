package dev.tidemark.cli.bench;

import dev.tidemark.kvs.TableName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB with nothing around it: the baseline for what a RocksDB store does. Thread-safe. */
final class BareRocksDb implements AutoCloseable {
    /** What the column family of a table is called begins with this. */
    private static final String TABLE_PREFIX = "t:";

    private final DBOptions options;
    private final ColumnFamilyOptions familyOptions;
    private final RocksDB rocks;
    private final List<ColumnFamilyHandle> families;

    private BareRocksDb(
            DBOptions options, ColumnFamilyOptions familyOptions, RocksDB rocks, List<ColumnFamilyHandle> families) {
        this.options = options;
        this.familyOptions = familyOptions;
        this.rocks = rocks;
        this.families = families;
    }

    /** Creates an empty one in a directory. */
    static BareRocksDb create(Path directory) {
        return open(
                List.of(RocksDB.DEFAULT_COLUMN_FAMILY),
                (options, descriptors, handles) ->
                        RocksDB.open(options.setCreateIfMissing(true), directory.toString(), descriptors, handles));
    }

    /** Reads the tables of a store, which may be open, as its files are now. */
    static BareRocksDb readOnly(Path store) {
        String data = store.resolve("data").toString();
        RocksDB.loadLibrary();
        try (Options listing = new Options()) {
            return open(
                    RocksDB.listColumnFamilies(listing, data),
                    (options, descriptors, handles) -> RocksDB.openReadOnly(options, data, descriptors, handles));
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BareRocksDb open(List<byte[]> names, Opener opener) {
        RocksDB.loadLibrary();
        DBOptions options = new DBOptions();
        ColumnFamilyOptions familyOptions =
                new ColumnFamilyOptions().setCompressionType(CompressionType.LZ4_COMPRESSION);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            List<ColumnFamilyDescriptor> descriptors = names.stream()
                    .map(name -> new ColumnFamilyDescriptor(name, familyOptions))
                    .toList();
            return new BareRocksDb(options, familyOptions, opener.open(options, descriptors, handles), handles);
        } catch (RocksDBException e) {
            options.close();
            familyOptions.close();
            throw new IllegalStateException(e);
        }
    }

    /** Reads the key and the value of everything in a table, on this thread. */
    void scan(TableName table, Visitor visitor) {
        try (ReadOptions reading = new ReadOptions().setFillCache(false);
                RocksIterator iterator = rocks.newIterator(family(TABLE_PREFIX + table), reading)) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                visitor.visit(iterator.key(), iterator.value());
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns how many entries a table has; reads all of them. */
    long scan(TableName table) {
        long[] count = {0};
        scan(table, (key, value) -> count[0]++);
        return count[0];
    }

    /** Writes in one batch, and returns when the disk has it. */
    void writeSynced(List<Map.Entry<byte[], byte[]>> entries) {
        try (WriteBatch batch = new WriteBatch();
                WriteOptions writing = new WriteOptions().setSync(true)) {
            for (Map.Entry<byte[], byte[]> entry : entries) {
                batch.put(entry.getKey(), entry.getValue());
            }
            rocks.write(writing, batch);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    private ColumnFamilyHandle family(String name) throws RocksDBException {
        for (ColumnFamilyHandle family : families) {
            if (new String(family.getName(), StandardCharsets.UTF_8).equals(name)) {
                return family;
            }
        }
        throw new IllegalStateException("column family '" + name + "' is missing");
    }

    @Override
    public void close() {
        families.forEach(ColumnFamilyHandle::close);
        rocks.close();
        options.close();
        familyOptions.close();
    }

    /** Is shown an entry. */
    @FunctionalInterface
    interface Visitor {
        void visit(byte[] key, byte[] value);
    }

    @FunctionalInterface
    private interface Opener {
        RocksDB open(DBOptions options, List<ColumnFamilyDescriptor> descriptors, List<ColumnFamilyHandle> handles)
                throws RocksDBException;
    }
}
