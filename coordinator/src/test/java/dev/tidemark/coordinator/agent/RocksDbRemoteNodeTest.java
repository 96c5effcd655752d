package dev.tidemark.coordinator.agent;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.StoreNodeContract;
import dev.tidemark.kvs.rocksdb.RocksDbConnector;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The node of a RocksDB store behaves behind an agent as it does without one. */
class RocksDbRemoteNodeTest extends StoreNodeContract {
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
    protected StoreConnector createEmpty() {
        return agents.targetsBehindAgents(RocksDbConnector.to(directory.resolve("empty-" + created++)));
    }

    /** Returns all files but those of RocksDB. */
    @Override
    protected Set<String> strayFiles() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.map(file -> directory.relativize(file).toString())
                    .filter(path -> !path.contains("/data/"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void reset() {
        agents.reset();
        store.close();
    }
}
