package dev.tidemark.timestamp.bound;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.timestamp.cassandra.BoundKeyspace;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node of Cassandra 5.0. What the contract calls another process has a view of its own; they have one connection. */
class CassandraBoundStoreIT extends SharedBoundStoreContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static BoundKeyspace keyspace;

    @BeforeAll
    static void createKeyspace() {
        keyspace = new BoundKeyspace(CASSANDRA.servers());
    }

    @AfterAll
    static void disconnect() {
        keyspace.close();
    }

    @Override
    BoundStore open() {
        keyspace.empty();
        return keyspace.open();
    }

    @Override
    BoundStore reopen(BoundStore closed) {
        return keyspace.open();
    }

    @Override
    SharedBoundStore another() {
        return keyspace.open();
    }
}
