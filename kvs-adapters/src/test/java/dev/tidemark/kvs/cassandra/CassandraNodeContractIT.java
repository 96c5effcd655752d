package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.StoreNodeContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A node of a cluster of one, with an agent for each keyspace. */
class CassandraNodeContractIT extends StoreNodeContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    @TempDir
    private static Path directory;

    private static AgentStores stores;

    @BeforeAll
    static void open() {
        stores = new AgentStores(CASSANDRA.servers(), directory);
    }

    @Override
    protected StoreConnector createStore() {
        return stores.create();
    }

    @Override
    protected StoreConnector createEmpty() {
        return stores.empty();
    }

    /** A keyspace is created by the restore, after staging. */
    @Override
    protected ErrorCode refusalWhileStaging() {
        return ErrorCode.STORE_UNAVAILABLE;
    }

    @AfterEach
    void closeStores() {
        stores.closeStores();
    }

    @AfterAll
    static void close() {
        stores.close();
    }
}
