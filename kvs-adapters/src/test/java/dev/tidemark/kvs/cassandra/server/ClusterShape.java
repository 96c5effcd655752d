package dev.tidemark.kvs.cassandra.server;

/**
 * What a cluster for tests looks like. Two clusters of the same shape have the same tokens.
 *
 * @param version the release of Cassandra
 * @param nodes how many nodes, in one data centre and one rack
 * @param partitioner how partitions are placed
 * @param tokensPerNode how many tokens each node has; all tokens together divide the ring evenly, neighbours belong to different nodes
 * @param dataDirectories how many data directories each node has
 */
public record ClusterShape(
        CassandraVersion version, int nodes, Partitioner partitioner, int tokensPerNode, int dataDirectories) {
    private static final int MAX_NODES = 9;
    private static final int MAX_TOKENS = 256;
    private static final int MAX_DATA_DIRECTORIES = 9;

    public ClusterShape {
        require("nodes", nodes, MAX_NODES);
        require("tokensPerNode", tokensPerNode, MAX_TOKENS);
        require("dataDirectories", dataDirectories, MAX_DATA_DIRECTORIES);
    }

    /** Returns the plainest shape: the version's own partitioner, one token and one data directory per node. */
    public static ClusterShape of(CassandraVersion version, int nodes) {
        return new ClusterShape(version, nodes, version.defaultPartitioner(), 1, 1);
    }

    /** Returns the same shape with another number of nodes. */
    public ClusterShape withNodes(int count) {
        return new ClusterShape(version, count, partitioner, tokensPerNode, dataDirectories);
    }

    /** Returns the same shape with another partitioner. */
    public ClusterShape withPartitioner(Partitioner other) {
        return new ClusterShape(version, nodes, other, tokensPerNode, dataDirectories);
    }

    /** Returns the same shape with another number of tokens per node, and so with other tokens. */
    public ClusterShape withTokensPerNode(int count) {
        return new ClusterShape(version, nodes, partitioner, count, dataDirectories);
    }

    /** Returns the same shape with another number of data directories per node. */
    public ClusterShape withDataDirectories(int count) {
        return new ClusterShape(version, nodes, partitioner, tokensPerNode, count);
    }

    private static void require(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + max + ")");
        }
    }
}
