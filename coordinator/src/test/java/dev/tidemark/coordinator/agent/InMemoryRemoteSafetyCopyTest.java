package dev.tidemark.coordinator.agent;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.node.SafetyCopyContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A node of a store in memory is changed in place behind an agent as it is without one. */
class InMemoryRemoteSafetyCopyTest extends SafetyCopyContract {
    private static final InMemoryOptions OPTIONS = InMemoryOptions.singleNode(TransactionsSchemaMap.always(3));

    @TempDir
    private static Path directoryOfAgents;

    private static TestAgents agents;

    private StoreConnector store;

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
        store = agents.behindAgents(InMemoryStore.create(OPTIONS, new Random(2)));
        return store;
    }

    @Override
    protected StoreConnector stop() {
        return store;
    }

    @Override
    protected StoreConnector createEmpty() {
        return agents.behindAgents(InMemoryStore.createEmpty(OPTIONS, new Random(3)));
    }

    @AfterEach
    void reset() {
        agents.reset();
    }
}
