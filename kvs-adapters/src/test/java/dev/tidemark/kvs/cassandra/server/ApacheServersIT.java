package dev.tidemark.kvs.cassandra.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.cassandra.server.ring.Jmx;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ApacheServersIT extends CassandraServersContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    ApacheServersIT() {
        super(CASSANDRA.servers());
    }

    @Test
    void stop_thenStart_othersHaveSeenItDownAndUp() throws Exception {
        CassandraServers servers = CASSANDRA.servers();
        CassandraServer first = servers.nodes().get(0);
        CassandraServer last = servers.nodes().get(2);

        last.stop();
        servers.awaitSeenDown(last);

        assertThat(last.isRunning()).isFalse();
        assertThat((List<?>) Jmx.attribute(first, "UnreachableNodes")).hasSize(1);

        last.start();
        servers.awaitAllUp();

        assertThat((List<?>) Jmx.attribute(first, "UnreachableNodes")).isEmpty();
    }

    @Test
    void another_otherShape_livesBesideTheFirstAndLeavesNoData() throws Exception {
        CassandraServers servers = CASSANDRA.servers();
        ClusterShape shape = servers.shape()
                .withNodes(1)
                .withPartitioner(Partitioner.BYTE_ORDERED)
                .withTokensPerNode(4)
                .withDataDirectories(2);

        CassandraServer node;
        try (CassandraServers second = servers.another(shape)) {
            node = second.nodes().get(0);

            assertThat((List<?>) Jmx.attribute(node, "Tokens")).hasToString("[2000, 6000, a000, e000]");
            assertThat(Jmx.attribute(node, "AllDataFileLocations"))
                    .isEqualTo(
                            node.dataDirectories().stream().map(Path::toString).toArray(String[]::new));
            assertThat(node.dataDirectories()).hasSize(2).allSatisfy(directory -> assertThat(directory)
                    .isDirectory());
            assertThat((List<?>) Jmx.attribute(servers.nodes().get(0), "LiveNodes"))
                    .hasSize(3);
        }

        assertThat(node.isRunning()).isFalse();
        assertThat(node.dataDirectories())
                .allSatisfy(directory -> assertThat(directory).doesNotExist());
    }
}
