package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open RocksDB with one column family for each table, named {@code t:} and the table's name.
 *
 * <p>RocksDB's objects are native: to call one that is closed ends the whole process. So every call goes through {@link #use},
 * which holds the shared side of a lock; {@link #close} takes the other side, that is, waits for the calls under way, and closes
 * the iterators that are still open before the database. The shared side is held across I/O on purpose: nobody but close ever
 * waits for it.
 */
final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final String PREFIX = "t:";
    private static final String CURRENT = "CURRENT";

    /** What RocksDB writes before {@code CURRENT} makes a new database exist; nothing of it holds data. */
    private static final Pattern BEFORE_CREATION =
            Pattern.compile("LOCK|LOG(\\.old\\.[0-9]+)?|IDENTITY|MANIFEST-000001|[0-9]{6}\\.dbtmp");

    private final StoreDirectory directory;
    private final DatabaseSettings settings;
    private final RocksDB rocks;
    private final Access access;
    private final Map<TableName, ColumnFamilyHandle> tables = new ConcurrentHashMap<>();
    private final List<ColumnFamilyHandle> others = new ArrayList<>();
    private final Set<AutoCloseable> openIterators = ConcurrentHashMap.newKeySet();
    private final ReadWriteLock lifetime = new ReentrantReadWriteLock();
    private boolean isClosed;

    private Database(
            StoreDirectory directory,
            DatabaseSettings settings,
            RocksDB rocks,
            List<ColumnFamilyHandle> handles,
            Access access)
            throws RocksDBException {
        this.directory = directory;
        this.settings = settings;
        this.rocks = rocks;
        this.access = access;
        for (ColumnFamilyHandle handle : handles) {
            String name = new String(handle.getName(), StandardCharsets.UTF_8);
            if (name.startsWith(PREFIX)) {
                tables.put(TableName.of(name.substring(PREFIX.length())), handle);
            } else {
                others.add(handle);
            }
        }
    }

    /** Opens the database, or creates it in a directory without data. The caller holds the lock of the directory. */
    static Database openOrCreate(StoreDirectory directory, RocksDbOptions options) {
        try {
            DurableFiles.createDirectories(directory.data());
        } catch (IOException e) {
            throw FileErrors.translate("open", directory.data(), e);
        }
        DatabaseSettings settings = settings(options);
        if (!isPresent(directory)) {
            settings.createIfMissing();
        }
        return openForWriting(directory, settings);
    }

    /** Opens a database that exists. The caller holds the lock of the directory. */
    static Database open(StoreDirectory directory, RocksDbOptions options) {
        if (!isPresent(directory)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "'" + directory.data() + "' holds no store (expected: the file '" + CURRENT + "')",
                    "Restore the store from a backup.");
        }
        return openForWriting(directory, settings(options));
    }

    /**
     * Tells whether there is a database. One that has lost the file which says where it begins must not be taken for none: a new
     * one in its place would be empty.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when there are other files than an interrupted creation
     *     leaves behind
     */
    static boolean isPresent(StoreDirectory directory) {
        Path data = directory.data();
        if (Files.exists(data.resolve(CURRENT))) {
            return true;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(data)) {
            for (Path file : files) {
                if (!BEFORE_CREATION.matcher(file.getFileName().toString()).matches()) {
                    throw new KeyValueStoreException(
                            ErrorCode.STORE_DAMAGED,
                            "'" + data + "' has the file '" + file.getFileName() + "' and no file '" + CURRENT
                                    + "', which names the state of the store",
                            "Move '" + data + "' away and restore the store from a backup.");
                }
            }
            return false;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw FileErrors.translate("open", data, e);
        }
    }

    private static DatabaseSettings settings(RocksDbOptions options) {
        return new DatabaseSettings(options.writeBufferBytes(), options.blockCacheBytes());
    }

    private static Database openForWriting(StoreDirectory directory, DatabaseSettings settings) {
        return open(
                directory,
                settings,
                Access.READ_WRITE,
                (dbOptions, families, handles) ->
                        RocksDB.open(dbOptions, directory.data().toString(), families, handles));
    }

    /** Opens a database at rest without changing any of its files. The caller holds the lock of the directory. */
    static Database openReadOnly(StoreDirectory directory) {
        DatabaseSettings settings = new DatabaseSettings(
                RocksDbOptions.DEFAULT_WRITE_BUFFER_BYTES, RocksDbOptions.DEFAULT_BLOCK_CACHE_BYTES);
        return open(
                directory,
                settings,
                Access.READ_ONLY,
                (dbOptions, families, handles) ->
                        RocksDB.openReadOnly(dbOptions, directory.data().toString(), families, handles));
    }

    private static Database open(StoreDirectory directory, DatabaseSettings settings, Access access, Opener opener) {
        boolean isOpen = false;
        try {
            List<ColumnFamilyDescriptor> families = families(directory, settings);
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            RocksDB rocks = opener.open(settings.databaseOptions(), families, handles);
            Database database = new Database(directory, settings, rocks, handles, access);
            isOpen = true;
            return database;
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("open", directory, e);
        } finally {
            if (!isOpen) {
                settings.close();
            }
        }
    }

    private static List<ColumnFamilyDescriptor> families(StoreDirectory directory, DatabaseSettings settings)
            throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        if (isPresent(directory)) {
            try (Options options = new Options()) {
                for (byte[] name :
                        RocksDB.listColumnFamilies(options, directory.data().toString())) {
                    families.add(new ColumnFamilyDescriptor(name, settings.tableOptions()));
                }
            }
        }
        if (families.isEmpty()) {
            families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, settings.tableOptions()));
        }
        return families;
    }

    /** Returns the version of RocksDB. */
    static String version() {
        return RocksDB.rocksdbVersion().toString();
    }

    /** Runs a call while the database is guaranteed to stay open. */
    <T> T use(String action, Call<T> call) {
        lifetime.readLock().lock();
        try {
            if (isClosed) {
                throw closed();
            }
            return call.run(rocks);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate(action, directory, e);
        } finally {
            lifetime.readLock().unlock();
        }
    }

    /** Returns the column family of a table; only to be used inside of {@link #use}. */
    ColumnFamilyHandle table(TableName table) {
        ColumnFamilyHandle handle = tables.get(table);
        if (handle == null) {
            throw new KeyValueStoreException(
                    ErrorCode.UNKNOWN_TABLE,
                    "table '" + table + "' does not exist in store '" + directory + "'",
                    "Create the table first, or correct its name.");
        }
        return handle;
    }

    synchronized void createTable(TableName table) {
        if (tables.containsKey(table)) {
            return;
        }
        use("create table '" + table + "' in", db -> {
            byte[] name = (PREFIX + table).getBytes(StandardCharsets.UTF_8);
            tables.put(table, db.createColumnFamily(new ColumnFamilyDescriptor(name, settings.tableOptions())));
            return null;
        });
    }

    SortedSet<TableName> tables() {
        return use("list the tables of", db -> new TreeSet<>(tables.keySet()));
    }

    StoreDirectory directory() {
        return directory;
    }

    /** Remembers an iterator, inside of {@link #use}, to be closed before the database. */
    void register(AutoCloseable iterator) {
        openIterators.add(iterator);
    }

    /** Closes an iterator unless the database has done so. */
    void release(AutoCloseable iterator) {
        lifetime.readLock().lock();
        try {
            if (openIterators.remove(iterator)) {
                closeQuietly(iterator);
            }
        } finally {
            lifetime.readLock().unlock();
        }
    }

    /** Writes what is in memory to files and links all files into a directory that does not exist. */
    void checkpoint(Path target) throws RocksDBException {
        lifetime.readLock().lock();
        try {
            if (isClosed) {
                throw closed();
            }
            try (Checkpoint checkpoint = Checkpoint.create(rocks)) {
                checkpoint.createCheckpoint(target.toString());
            }
        } finally {
            lifetime.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lifetime.writeLock().lock();
        try {
            if (isClosed) {
                return;
            }
            isClosed = true;
            openIterators.forEach(Database::closeQuietly);
            openIterators.clear();
            flush();
            tables.values().forEach(ColumnFamilyHandle::close);
            others.forEach(ColumnFamilyHandle::close);
            rocks.closeE();
        } catch (RocksDBException e) {
            LOG.warn("Store '{}' was not closed cleanly; its log will be replayed", directory, e);
        } finally {
            rocks.close();
            settings.close();
            lifetime.writeLock().unlock();
        }
    }

    /** Leaves nothing in the log, so that the files of a store at rest are all there is. */
    private void flush() {
        if (access == Access.READ_ONLY) {
            return;
        }
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            rocks.flush(options, List.copyOf(tables.values()));
        } catch (RocksDBException e) {
            LOG.warn("Store '{}' could not be flushed; its log will be replayed", directory, e);
        }
    }

    private KeyValueStoreException closed() {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE, "store '" + directory + "' is closed", "Open the store again.");
    }

    private static void closeQuietly(AutoCloseable iterator) {
        try {
            iterator.close();
        } catch (Exception e) {
            LOG.warn("An iterator could not be closed", e);
        }
    }

    private enum Access {
        READ_WRITE,
        READ_ONLY
    }

    /** A call to the open database. */
    @FunctionalInterface
    interface Call<T> {
        T run(RocksDB rocks) throws RocksDBException;
    }

    @FunctionalInterface
    private interface Opener {
        RocksDB open(DBOptions options, List<ColumnFamilyDescriptor> families, List<ColumnFamilyHandle> handles)
                throws RocksDBException;
    }
}
