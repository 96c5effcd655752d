package dev.tidemark.coordinator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.node.NodeConfiguration;
import dev.tidemark.coordinator.agent.service.AgentConfiguration;
import dev.tidemark.coordinator.agent.service.AgentServer;
import dev.tidemark.coordinator.config.ArchiveConfiguration;
import dev.tidemark.kvs.ErrorCode;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigurationTest {
    private static final String MINIMAL =
            """
            agent:
              directory: state
            node:
              type: rocksdb
              directory: store
            archive:
              type: filesystem
              directory: ../archive
              key:
                type: key-file
                file: key
            """;

    private static final String CASSANDRA =
            """
              type: cassandra
              keyspace: orders
              contactPoints: ["127.0.0.1:9042"]
              localDatacenter: datacenter1
              local:
                jmx: 127.0.0.1:7199
                dataDirectories: [data]
            """;

    @TempDir
    private Path directory;

    private TestAgents agents;

    @BeforeEach
    void start() {
        agents = new TestAgents(directory);
    }

    @AfterEach
    void stop() {
        agents.close();
    }

    @Test
    void read_example_hasWhatThePageSays() {
        AgentConfiguration configuration =
                AgentServer.readConfiguration(Path.of("../docs/examples/agent.yml"), agents.seams());

        assertThat(configuration.agent().parallelism()).isEqualTo(2);
        assertThat(configuration.agent().bandwidthLimit()).isEqualTo(100 << 20);
        assertThat(configuration.agent().tasks()).isEqualTo(4);
        assertThat(configuration.agent().token()).isNull();
        assertThat(((NodeConfiguration.RocksDb) configuration.node()).directory())
                .isEqualTo(Path.of("../docs/examples/store").toAbsolutePath().normalize());
    }

    @Test
    void read_minimal_listensOnTheLoopbackAddressAndResolvesPaths() throws IOException {
        AgentConfiguration configuration = read(MINIMAL);

        assertThat(configuration.agent().directory()).isEqualTo(directory.resolve("state"));
        assertThat(configuration.agent().bandwidthLimit()).isNull();
        assertThat(((ArchiveConfiguration.Filesystem) configuration.archive()).directory())
                .isEqualTo(directory.getParent().resolve("archive"));
        DefaultServerFactory servers = (DefaultServerFactory) configuration.getServerFactory();
        assertThat(ports(servers.getApplicationConnectors())).containsExactly("127.0.0.1:8430");
        assertThat(ports(servers.getAdminConnectors())).containsExactly("127.0.0.1:8431");
    }

    @Test
    void read_cassandraNode_isLocalAndHasAWayToTheCluster() throws IOException {
        AgentConfiguration configuration = read(MINIMAL.replace("  type: rocksdb\n  directory: store\n", CASSANDRA));

        NodeConfiguration.Cassandra node = (NodeConfiguration.Cassandra) configuration.node();
        assertThat(node.keyspace()).isEqualTo("orders");
        assertThat(node.credentials()).isNull();
        assertThat(node.local().dataDirectories()).containsExactly(directory.resolve("data"));
    }

    @ParameterizedTest
    @CsvSource({
        "'  directory: state', '  direktory: state', 'directory'",
        "'  directory: state', '  parallelism: 2', 'directory'",
        "'  directory: state', '  directory: state\n  parallelism: 65', 'parallelism'",
        "'  directory: state', '  directory: state\n  bandwidthLimit: 65535', 'bandwidthLimit'",
        "'  directory: state', '  directory: state\n  token: {}', 'token'",
        "'  type: rocksdb', '  type: rocksbd', 'rocksbd'",
        "'node:', 'nodes:', 'nodes'",
        "'type: key-file', 'type: passphrase\n    environment: TWO', 'exactly one'"
    })
    void read_mistake_isNamed(String right, String wrong, String named) {
        assertThatThrownBy(() -> read(MINIMAL.replace(right, wrong)))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e.getMessage()).contains(named);
                    assertThat(e.hint()).endsWith(".");
                });
    }

    private AgentConfiguration read(String text) throws IOException {
        Path file = directory.resolve("agent.yml");
        Files.writeString(file, text);
        return AgentServer.readConfiguration(file, agents.seams());
    }

    private static List<String> ports(List<ConnectorFactory> connectors) {
        return connectors.stream()
                .map(HttpConnectorFactory.class::cast)
                .map(connector -> connector.getBindHost() + ":" + connector.getPort())
                .toList();
    }
}
