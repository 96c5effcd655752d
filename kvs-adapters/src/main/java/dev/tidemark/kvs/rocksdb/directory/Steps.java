package dev.tidemark.kvs.rocksdb.directory;

/** Hears of each step that changes a store's directory before it is done; a test dies here. */
@FunctionalInterface
interface Steps {
    void before(String step);
}
