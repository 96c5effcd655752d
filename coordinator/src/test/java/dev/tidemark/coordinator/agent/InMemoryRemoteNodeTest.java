package dev.tidemark.coordinator.agent;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.node.StoreNodeContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A node of a store in memory behaves behind an agent as it does without one. */
class InMemoryRemoteNodeTest extends StoreNodeContract {
    private static final InMemoryOptions OPTIONS = InMemoryOptions.singleNode(TransactionsSchemaMap.always(3));

    @TempDir
    private static Path directoryOfAgents;

    private static TestAgents agents;

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
        return agents.behindAgents(InMemoryStore.create(OPTIONS, new Random(2)));
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
