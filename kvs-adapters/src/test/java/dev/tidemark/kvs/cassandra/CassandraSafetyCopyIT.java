package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.SafetyCopyContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A node of a cluster of one, whose tables are emptied and filled while it runs. */
class CassandraSafetyCopyIT extends SafetyCopyContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    @TempDir
    private static Path directory;

    private static AgentStores stores;
    private AgentConnector store;

    @BeforeAll
    static void open() {
        stores = new AgentStores(CASSANDRA.servers(), directory);
    }

    @Override
    protected StoreConnector createStore() {
        store = stores.create();
        return store;
    }

    /** The node serves whoever speaks CQL; who changes it has made sure that nobody does. */
    @Override
    protected StoreConnector stop() {
        return store;
    }

    @Override
    protected StoreConnector createEmpty() {
        return stores.empty();
    }

    /** Only the transactions tables are changed in place, and only they come back from a safety copy of adopted data. */
    @Override
    protected TableName table() {
        return TableName.of("_transactions");
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
