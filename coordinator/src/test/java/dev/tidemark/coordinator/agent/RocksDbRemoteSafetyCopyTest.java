package dev.tidemark.coordinator.agent;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.SafetyCopyContract;
import dev.tidemark.kvs.rocksdb.RocksDbConnector;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The node of a RocksDB store is changed in place behind an agent as it is without one. */
class RocksDbRemoteSafetyCopyTest extends SafetyCopyContract {
    @TempDir
    private Path directory;

    @TempDir
    private static Path directoryOfAgents;

    private static TestAgents agents;

    private RocksDbStore store;
    private int created;

    @BeforeAll
    static void startNoAgentYet() {
        agents = new TestAgents(directoryOfAgents);
    }

    @AfterAll
    static void stopAgents() {
        agents.close();
    }

    @Override
    protected StoreConnector createStore() {
        store = RocksDbStore.open(RocksDbOptions.of(directory.resolve("store"), TransactionsSchemaMap.always(3))
                .withCommitDurability(CommitDurability.BUFFERED));
        return agents.behindAgents(RocksDbConnector.over(store));
    }

    @Override
    protected StoreConnector stop() {
        store.close();
        return agents.behindAgents(RocksDbConnector.to(directory.resolve("store")));
    }

    @Override
    protected StoreConnector createEmpty() {
        return agents.targetsBehindAgents(RocksDbConnector.to(directory.resolve("empty-" + created++)));
    }

    @AfterEach
    void reset() {
        agents.reset();
        store.close();
    }
}
