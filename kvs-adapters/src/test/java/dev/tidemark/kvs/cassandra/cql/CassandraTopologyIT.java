package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.ErrorCode.STORE_UNSUPPORTED;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.TokenMap;
import com.datastax.oss.driver.api.core.metadata.token.TokenRange;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.cql.CassandraTopology.TopologyNode;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CassandraTopologyIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.of(
            ClusterShape.of(CassandraVersion.APACHE_5_0, 3).withTokensPerNode(4));

    private KeyspaceFactory keyspaces;
    private CassandraSession session;

    @BeforeEach
    void connect() {
        keyspaces = new KeyspaceFactory(CASSANDRA.servers());
        session = keyspaces.session();
    }

    @AfterEach
    void disconnect() {
        keyspaces.close();
    }

    @Test
    void read_threeNodes_areNamedByAddressAndPort() {
        CassandraTopology topology = CassandraTopology.read(session, keyspaces.create());

        assertThat(topology.version()).startsWith("5.0");
        assertThat(topology.partitioner()).isEqualTo("org.apache.cassandra.dht.Murmur3Partitioner");
        assertThat(topology.clusterName()).isNotEmpty();
        assertThat(topology.nodes())
                .extracting(TopologyNode::id)
                .isSorted()
                .containsExactlyInAnyOrderElementsOf(CASSANDRA.servers().nodes().stream()
                        .map(CassandraTopologyIT::idOf)
                        .toList());
        assertThat(topology.nodes()).allSatisfy(node -> {
            assertThat(node.isUp()).isTrue();
            assertThat(node.tokens()).hasSize(4);
            assertThat(node.datacenter()).isEqualTo(CASSANDRA.servers().localDatacenter());
            assertThat(node.description().tokenRanges()).isEqualTo(node.tokenRanges());
        });
    }

    private static NodeId idOf(CassandraServer server) {
        InetSocketAddress storage = server.storage();
        return new NodeId(
                storage.getPort() == 7000
                        ? storage.getAddress().getHostAddress()
                        : storage.getAddress().getHostAddress() + "-" + storage.getPort());
    }

    @Test
    void read_anyReplication_hasTheRangesThatTheDriverComputes() {
        for (String replication : List.of(
                "{'class': 'NetworkTopologyStrategy', '%s': 2}",
                "{'class': 'NetworkTopologyStrategy', '%s': 3}",
                "{'class': 'SimpleStrategy', 'replication_factor': 1}",
                "{'class': 'SimpleStrategy', 'replication_factor': 2}")) {
            String keyspace = CASSANDRA.servers().newKeyspaceName();
            keyspaces.change("CREATE KEYSPACE \"%s\" WITH replication = %s"
                    .formatted(
                            keyspace, replication.formatted(CASSANDRA.servers().localDatacenter())));

            CassandraTopology topology = CassandraTopology.read(session, keyspace);

            TokenMap tokens = session.metadata().getTokenMap().orElseThrow();
            for (TopologyNode node : topology.nodes()) {
                assertThat(node.tokenRanges())
                        .as("%s of %s", replication, node.id())
                        .containsExactlyInAnyOrderElementsOf(ranges(tokens, '"' + keyspace + '"', driverNode(node)));
            }
            Set<String> all = topology.nodes().stream()
                    .flatMap(node -> node.tokenRanges().stream())
                    .collect(Collectors.toCollection(HashSet::new));
            assertThat(all).hasSize(12);
        }
    }

    private Node driverNode(TopologyNode node) {
        return session.metadata().getNodes().get(node.hostId());
    }

    private static List<String> ranges(TokenMap tokens, String keyspace, Node node) {
        return tokens.getTokenRanges().stream()
                .filter((TokenRange range) ->
                        tokens.getReplicas(keyspace, range).contains(node))
                .map(range -> "(" + tokens.format(range.getStart()) + "," + tokens.format(range.getEnd()) + "]")
                .toList();
    }

    @Test
    void read_replicationFactor_andQuorumFollowFromIt() {
        CassandraTopology three = CassandraTopology.read(session, keyspaces.create());

        assertThat(three.replicationFactor()).isEqualTo(3);
        assertThat(three.writeQuorum()).isEqualTo(2);
    }

    @Test
    void read_tooFewNodesForTheCopies_isRefused() {
        String keyspace = CASSANDRA.servers().newKeyspaceName();
        keyspaces.change(
                "CREATE KEYSPACE \"%s\" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 4}"
                        .formatted(keyspace));

        assertFails(STORE_UNSUPPORTED, () -> CassandraTopology.read(session, keyspace));
    }

    @Test
    void read_noSuchKeyspace_isRefused() {
        assertFails(STORE_UNAVAILABLE, () -> CassandraTopology.read(session, "missing"));
    }

    /** H5: snapshots may lie no further apart than the shortest time for which a deletion is remembered. */
    @Test
    void read_tablesOfSeveralGcGraces_hasTheShortest() {
        String keyspace = keyspaces.create();
        assertThat(CassandraTopology.read(session, keyspace).gcGrace()).isEqualTo(StoreDescription.NO_SKEW_LIMIT);
        keyspaces
                .cells(keyspace, TransactionsSchemaMap.always(1), TableStorage.COMPACT)
                .createTable(TableName.of("accounts"));
        keyspaces.change(
                "CREATE TABLE \"%s\".other (a int PRIMARY KEY) WITH gc_grace_seconds = 864000".formatted(keyspace));

        assertThat(CassandraTopology.read(session, keyspace).gcGrace()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void read_nodeDown_isThereAndNotUp() {
        String keyspace = keyspaces.create();
        CassandraServer lost = CASSANDRA.servers().nodes().get(2);
        lost.kill();
        try {
            Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                            CassandraTopology.read(session, keyspace).nodes())
                    .filteredOn(node -> !node.isUp())
                    .extracting(TopologyNode::id)
                    .containsExactly(idOf(lost)));
        } finally {
            lost.start();
            CASSANDRA.servers().awaitAllUp();
        }
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        CassandraTopology.read(session, keyspace).nodes())
                .allMatch(TopologyNode::isUp));
    }
}
