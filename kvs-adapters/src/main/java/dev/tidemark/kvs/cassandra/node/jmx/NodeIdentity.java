package dev.tidemark.kvs.cassandra.node.jmx;

import java.util.List;

/**
 * Who a node is.
 *
 * @param hostId its id in the cluster, a UUID
 * @param broadcastAddress where other nodes reach it: the address, with a colon and the storage port where the version knows it
 * @param clusterName name of its cluster
 * @param version version of its software
 * @param tokens its own tokens, as text
 */
public record NodeIdentity(
        String hostId, String broadcastAddress, String clusterName, String version, List<String> tokens) {
    /** Copies the list. */
    public NodeIdentity {
        tokens = List.copyOf(tokens);
    }
}
