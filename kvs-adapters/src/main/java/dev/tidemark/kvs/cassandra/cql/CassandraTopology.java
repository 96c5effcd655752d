package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.node.NodeId;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What a cluster looks like to one keyspace, as of the moment of asking.
 *
 * @param version version of Cassandra, as the node that was asked says it
 * @param partitioner name of the partitioner's class
 * @param nodes all nodes that have tokens, those that are down included, ordered by id
 * @param replicationFactor copies of each row, in all data centers together
 * @param writeQuorum copies that a write waits for: more than half in each data center, all data centers together
 * @param gcGrace the shortest time for which a table remembers a deletion; {@link StoreDescription#NO_SKEW_LIMIT} when there is none
 */
public record CassandraTopology(
        String clusterName,
        String version,
        String partitioner,
        List<TopologyNode> nodes,
        int replicationFactor,
        int writeQuorum,
        Duration gcGrace) {
    private static final String GC_GRACE = "gc_grace_seconds";

    /** Copies the list. */
    public CassandraTopology {
        nodes = List.copyOf(nodes);
    }

    /**
     * Asks a node of the cluster.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when there is no such keyspace or no node answers,
     *     {@link ErrorCode#STORE_UNSUPPORTED} when its replication is not supported, or wants more copies than there are nodes
     */
    public static CassandraTopology read(CassandraSession session, String keyspace) {
        KeyspaceMetadata metadata = CassandraSchema.metadata(session, keyspace);
        return read(session, Replication.of(keyspace, metadata.getReplication()), gcGrace(metadata));
    }

    /**
     * Asks a node of the cluster what it would look like to a keyspace that is not there.
     *
     * @param replication of the keyspace, as in CREATE KEYSPACE: the class of the strategy and its options
     * @throws KeyValueStoreException as {@link #read(CassandraSession, String)}
     */
    public static CassandraTopology ifCreated(
            CassandraSession session, String keyspace, Map<String, String> replication) {
        return read(session, Replication.of(keyspace, replication), StoreDescription.NO_SKEW_LIMIT);
    }

    private static CassandraTopology read(CassandraSession session, Replication replication, Duration gcGrace) {
        ClusterFacts facts = session.facts();
        List<Found> found = members(session);
        Map<UUID, List<String>> ranges = new Ring(
                        found.stream().map(Found::member).toList(),
                        facts.partitioner().tokenOrder())
                .ranges(replication);
        Map<UUID, Node> known = session.metadata().getNodes().values().stream()
                .filter(node -> node.getHostId() != null)
                .collect(Collectors.toMap(Node::getHostId, node -> node, (one, other) -> one));
        List<TopologyNode> nodes = found.stream()
                .map(node -> node.describe(known, ranges))
                .sorted(Comparator.comparing(TopologyNode::id))
                .toList();
        return new CassandraTopology(
                facts.clusterName(),
                facts.release(),
                facts.partitionerClass(),
                nodes,
                replication.factor(),
                replication.writeQuorum(),
                gcGrace);
    }

    /** Returns the order of tokens, as the cluster writes them, along the ring. */
    public Comparator<String> tokenOrder() {
        return Partitioner.of(partitioner).tokenOrder();
    }

    private static Duration gcGrace(KeyspaceMetadata metadata) {
        return metadata.getTables().values().stream()
                .map(table -> table.getOptions().get(CqlIdentifier.fromInternal(GC_GRACE)))
                .filter(Integer.class::isInstance)
                .map(seconds -> Duration.ofSeconds((Integer) seconds))
                .min(Comparator.naturalOrder())
                .orElse(StoreDescription.NO_SKEW_LIMIT);
    }

    /** One node is asked for all of them, so that no two views of the ring are mixed. */
    private static List<Found> members(CassandraSession session) {
        String what = "read the nodes of the cluster";
        Node asked = session.execute(what, SimpleStatement.newInstance("SELECT key FROM system.local"))
                .getExecutionInfo()
                .getCoordinator();
        List<Found> found = new ArrayList<>();
        session.all(
                        what,
                        SimpleStatement.newInstance("SELECT * FROM system.local")
                                .setNode(asked))
                .forEach(row -> found.add(Found.of(row, "broadcast_address", "broadcast_port")));
        String peers = session.facts().isBefore4() ? "SELECT * FROM system.peers" : "SELECT * FROM system.peers_v2";
        session.all(what, SimpleStatement.newInstance(peers).setNode(asked)).stream()
                .map(row -> Found.of(row, "peer", "peer_port"))
                .filter(peer -> peer.member().hostId() != null
                        && !peer.member().tokens().isEmpty())
                .forEach(found::add);
        return found;
    }

    /**
     * A node.
     *
     * @param id see {@link NodeIds}
     * @param hostId the node's id in the cluster
     * @param isUp whether it answers this session
     * @param tokens its own tokens, as the cluster writes them
     * @param tokenRanges what it has a copy of, as {@code (start,end]}, cut at every token of every node
     */
    public record TopologyNode(
            NodeId id,
            UUID hostId,
            boolean isUp,
            String datacenter,
            String rack,
            List<String> tokens,
            List<String> tokenRanges) {
        /** Copies the lists. */
        public TopologyNode {
            tokens = List.copyOf(tokens);
            tokenRanges = List.copyOf(tokenRanges);
        }

        /** Returns what a manifest says of the node. */
        public NodeDescription description() {
            return new NodeDescription(id, isUp, tokenRanges);
        }
    }

    private record Found(NodeId id, Ring.Member member) {
        static Found of(Row row, String addressColumn, String portColumn) {
            InetAddress address = row.getInetAddress(addressColumn);
            int port = row.getColumnDefinitions().contains(portColumn) ? row.getInt(portColumn) : 0;
            return new Found(
                    NodeIds.of(address, port),
                    new Ring.Member(
                            row.getUuid("host_id"),
                            row.getString("data_center"),
                            row.getString("rack"),
                            List.copyOf(row.getSet("tokens", String.class))));
        }

        TopologyNode describe(Map<UUID, Node> known, Map<UUID, List<String>> ranges) {
            Node node = known.get(member.hostId());
            return new TopologyNode(
                    id,
                    member.hostId(),
                    node != null && node.getState() == NodeState.UP,
                    member.datacenter(),
                    member.rack(),
                    member.tokens(),
                    ranges.getOrDefault(member.hostId(), List.of()));
        }
    }
}
