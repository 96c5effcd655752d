package dev.tidemark.kvs.cassandra.server;

import java.util.List;

/** A running cluster. For use by one thread. */
public interface CassandraServers extends AutoCloseable {
    /** Returns the nodes, in the order of their first tokens. */
    List<CassandraServer> nodes();

    ClusterShape shape();

    default CassandraVersion version() {
        return shape().version();
    }

    /** Returns the name of the data centre that all nodes are in. */
    String localDatacenter();

    /** Returns the name of a keyspace that no caller in this JVM has got before. It isn't created. */
    String newKeyspaceName();

    /**
     * Waits until each node serves CQL, and each sees all others in their latest life as up. Then every consistency level can be
     * reached.
     *
     * @throws IllegalStateException if a node is not running or is paused, or ends meanwhile
     * @throws org.awaitility.core.ConditionTimeoutException if that isn't so within a generous limit
     */
    void awaitAllUp();

    /**
     * Waits until every other node that runs takes a node for down: from then on they don't wait for its answers. After a kill or a
     * pause that takes some seconds.
     *
     * @throws IllegalStateException if the node is running and isn't paused
     * @throws org.awaitility.core.ConditionTimeoutException if that isn't so within a generous limit
     */
    void awaitSeenDown(CassandraServer node);

    /** Starts a fresh cluster of the same shape, but for the number of nodes. The caller closes it. */
    default CassandraServers another(int count) {
        return another(shape().withNodes(count));
    }

    /** Starts a fresh cluster. The caller closes it. */
    CassandraServers another(ClusterShape shape);

    /** Kills all nodes and deletes their data. Only for what {@link #another} returned: others go on with the shared ones. */
    @Override
    void close();
}
