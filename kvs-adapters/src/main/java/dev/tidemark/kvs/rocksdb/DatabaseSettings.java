package dev.tidemark.kvs.rocksdb;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;

/**
 * How RocksDB is set up: bounded memory and descriptors however many tables and files there are, and little to flush for a
 * snapshot. Holds the native objects that must live as long as the database.
 */
final class DatabaseSettings implements AutoCloseable {
    private static final int MAX_OPEN_FILES = 256;
    private static final int BACKGROUND_THREADS = 2;
    /** Writers go on into a new buffer while up to three are being written to files. */
    private static final int MAX_WRITE_BUFFERS = 4;
    /** Small, because each table takes at least one block out of the write buffer that all share. */
    private static final long ARENA_BLOCK_BYTES = 64L << 10;

    private static final int MAX_LOG_TO_WRITE_BUFFER_RATIO = 4;
    private static final int BLOOM_BITS_PER_KEY = 10;
    /**
     * Filters and indexes are cut into blocks of this size. In one piece, that of a file with a million short entries does not
     * fit into a shard of the cache, and every point read would read all of it from the file.
     */
    private static final int METADATA_BLOCK_BYTES = 4 << 10;

    private static final int KEPT_INFO_LOGS = 2;
    private static final long MAX_INFO_LOG_BYTES = 4L << 20;
    private static final long MAX_MANIFEST_BYTES = 16L << 20;

    private final Cache cache;
    private final BloomFilter filter;
    private final ColumnFamilyOptions tableOptions;
    private final DBOptions databaseOptions;

    DatabaseSettings(long writeBufferBytes, long blockCacheBytes) {
        RocksDB.loadLibrary();
        this.cache = new LRUCache(blockCacheBytes);
        this.filter = new BloomFilter(BLOOM_BITS_PER_KEY, false);
        this.tableOptions = new ColumnFamilyOptions()
                .setWriteBufferSize(writeBufferBytes)
                .setMaxWriteBufferNumber(MAX_WRITE_BUFFERS)
                .setArenaBlockSize(ARENA_BLOCK_BYTES)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setCacheIndexAndFilterBlocks(true)
                        .setIndexType(IndexType.kTwoLevelIndexSearch)
                        .setPartitionFilters(true)
                        .setMetadataBlockSize(METADATA_BLOCK_BYTES)
                        .setPinTopLevelIndexAndFilter(true)
                        .setFilterPolicy(filter));
        this.databaseOptions = new DBOptions()
                .setCreateIfMissing(false)
                .setParanoidChecks(true)
                .setMaxOpenFiles(MAX_OPEN_FILES)
                .setMaxBackgroundJobs(BACKGROUND_THREADS)
                .setDbWriteBufferSize(writeBufferBytes)
                .setMaxTotalWalSize(MAX_LOG_TO_WRITE_BUFFER_RATIO * writeBufferBytes)
                .setMaxManifestFileSize(MAX_MANIFEST_BYTES)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(KEPT_INFO_LOGS)
                .setMaxLogFileSize(MAX_INFO_LOG_BYTES)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    ColumnFamilyOptions tableOptions() {
        return tableOptions;
    }

    /** Makes opening create a database where there is none. */
    void createIfMissing() {
        databaseOptions.setCreateIfMissing(true);
    }

    DBOptions databaseOptions() {
        return databaseOptions;
    }

    @Override
    public void close() {
        databaseOptions.close();
        tableOptions.close();
        filter.close();
        cache.close();
    }
}
