package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import com.datastax.oss.driver.api.core.metadata.TokenMap;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.metadata.token.Token;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ring of a cluster, and which part of it each node holds for one keyspace, as of the moment of asking.
 *
 * @param clusterName name of the cluster
 * @param version version of Cassandra, of the node that was asked
 * @param partitioner name of the partitioner's class
 * @param nodes every node that owns tokens, by id
 * @param replicationFactor copies of each cell, in all data centers together
 * @param writeQuorum copies that a write waits for, in all data centers together
 */
public record CassandraTopology(
        String clusterName,
        String version,
        String partitioner,
        SortedMap<NodeId, RingNode> nodes,
        int replicationFactor,
        int writeQuorum) {
    private static final String CLASS = "class";

    /** Copies the map. */
    public CassandraTopology {
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    }

    /**
     * Asks the cluster.
     *
     * @param keyspace the keyspace that is there
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when there is no such keyspace, or the cluster does not answer
     */
    public static CassandraTopology read(CassandraSession session, String keyspace) {
        return read(
                session,
                session.refreshedMetadata()
                        .getKeyspace(CqlIdentifier.fromInternal(keyspace))
                        .map(KeyspaceMetadata::getReplication)
                        .orElseThrow(() -> missing(keyspace)));
    }

    /**
     * Asks the cluster about a keyspace that may be created.
     *
     * @param replication as in CREATE KEYSPACE: the class of the strategy and its options
     */
    public static CassandraTopology read(CassandraSession session, Map<String, String> replication) {
        Metadata metadata = session.metadata();
        TokenMap tokens = metadata.getTokenMap()
                .orElseThrow(() -> new KeyValueStoreException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "the cluster does not tell its tokens",
                        "Check that its nodes have joined, then try again."));
        ReplicaRing ring = ReplicaRing.of(session, tokens, metadata.getNodes().values(), replication);
        SortedMap<NodeId, RingNode> nodes = new TreeMap<>();
        for (Node node : metadata.getNodes().values()) {
            if (tokens.getTokens(node).isEmpty()) {
                continue;
            }
            NodeId id = NodeIds.of(node);
            nodes.put(
                    id,
                    new RingNode(
                            id,
                            node.getHostId() == null ? "" : node.getHostId().toString(),
                            node.getState() == NodeState.UP,
                            tokens.getTokens(node).stream()
                                    .sorted()
                                    .map(tokens::format)
                                    .toList(),
                            ring.rangesOf(node)));
        }
        ClusterFacts facts = session.facts();
        return new CassandraTopology(
                facts.clusterName(),
                facts.release(),
                facts.partitionerClass(),
                nodes,
                factors(replication).stream().mapToInt(Integer::intValue).sum(),
                factors(replication).stream().mapToInt(factor -> factor / 2 + 1).sum());
    }

    /** Returns the order of tokens, as the cluster writes them, along the ring. */
    public Comparator<String> tokenOrder() {
        return Partitioner.of(partitioner).tokenOrder();
    }

    /** Returns the copies in each data center, or in all of them for a strategy that knows none. */
    private static List<Integer> factors(Map<String, String> replication) {
        List<Integer> factors = new ArrayList<>();
        replication.forEach((name, value) -> {
            if (!name.equals(CLASS)) {
                factors.add(Integer.parseInt(value.split("/", 2)[0]));
            }
        });
        return factors;
    }

    private static KeyValueStoreException missing(String keyspace) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                "the cluster has no keyspace '" + keyspace + "'",
                "Correct the name of the keyspace, or restore the store from a backup.");
    }

    /**
     * A node of the ring.
     *
     * @param hostId its id in the cluster, a UUID as text; empty when it is not known
     * @param tokens its own tokens
     * @param tokenRanges the parts of the ring of which it holds a copy, as {@code (start,end]}, one for each token of the ring
     */
    public record RingNode(NodeId id, String hostId, boolean isUp, List<String> tokens, List<String> tokenRanges) {
        /** Copies the lists. */
        public RingNode {
            tokens = List.copyOf(tokens);
            tokenRanges = List.copyOf(tokenRanges);
        }
    }

    /** Which nodes hold a copy of which range. */
    private record ReplicaRing(Map<Node, List<String>> ranges) {
        static ReplicaRing of(
                CassandraSession session, TokenMap tokens, Collection<Node> nodes, Map<String, String> replication) {
            Map<Token, Node> primaries = new HashMap<>();
            nodes.forEach(node -> tokens.getTokens(node).forEach(token -> primaries.put(token, node)));
            List<Token> ring = primaries.keySet().stream().sorted().toList();
            Map<Token, Set<Node>> replicas = session.replicas(replication, primaries, ring);
            Map<Node, List<String>> ranges = new HashMap<>();
            for (int i = 0; i < ring.size(); i++) {
                Token start = ring.get(i == 0 ? ring.size() - 1 : i - 1);
                String range = "(" + tokens.format(start) + "," + tokens.format(ring.get(i)) + "]";
                for (Node node : replicas.get(ring.get(i))) {
                    ranges.computeIfAbsent(node, key -> new ArrayList<>()).add(range);
                }
            }
            return new ReplicaRing(ranges);
        }

        List<String> rangesOf(Node node) {
            return ranges.getOrDefault(node, List.of());
        }
    }
}
