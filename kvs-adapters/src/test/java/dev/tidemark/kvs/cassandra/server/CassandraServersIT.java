package dev.tidemark.kvs.cassandra.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.cassandra.server.ring.Jmx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The servers that the tests of the adapter stand on. */
class CassandraServersIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    private final CassandraServers servers = CASSANDRA.servers();
    private final CassandraServer last = servers.nodes().get(2);

    @AfterEach
    void bringBack() {
        last.resume();
        last.start();
        servers.awaitAllUp();
    }

    @Test
    void awaitAllUp_threeNodes_eachKnowsTheTokensOfAll() throws Exception {
        Set<String> tokens = Set.of("-6148914691236517206", "0", "6148914691236517205");

        for (CassandraServer node : servers.nodes()) {
            assertThat((List<?>) Jmx.attribute(node, "LiveNodes")).hasSize(3);
            assertThat(((Map<?, ?>) Jmx.attribute(node, "TokenToEndpointWithPortMap")).keySet())
                    .isEqualTo(tokens);
            assertThat(Jmx.attribute(node, "ReleaseVersion")).asString().startsWith("5.0.");
        }
    }

    @Test
    void newKeyspaceName_twice_differs() {
        assertThat(servers.newKeyspaceName()).isNotEqualTo(servers.newKeyspaceName());
    }

    @Test
    void kill_thenStart_isTheSameNodeAgain() throws Exception {
        Object identity = Jmx.attribute(last, "LocalHostId");

        last.kill();

        assertThat(last.isRunning()).isFalse();
        assertThat(listens(last.cql())).isFalse();

        last.start();
        servers.awaitAllUp();

        assertThat(Jmx.attribute(last, "LocalHostId")).isEqualTo(identity);
    }

    @Test
    void stop_others_seeItAsDown() throws Exception {
        last.stop();
        servers.awaitSeenDown(last);

        assertThat(last.isRunning()).isFalse();
        assertThat((List<?>) Jmx.attribute(servers.nodes().get(0), "UnreachableNodes"))
                .hasSize(1);
    }

    @Test
    void awaitAllUp_nodeIsKilled_fails() {
        last.kill();

        assertThatThrownBy(servers::awaitAllUp)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("node3: not running");
    }

    @Test
    void wipe_stoppedNode_comesBackEmptyWithItsTokens() throws Exception {
        Object identity = Jmx.attribute(last, "LocalHostId");
        Object tokens = Jmx.attribute(last, "Tokens");
        last.kill();

        last.wipe();

        assertThat(last.dataDirectories())
                .allSatisfy(directory -> assertThat(directory).doesNotExist());

        last.start();
        servers.awaitAllUp();

        assertThat(Jmx.attribute(last, "LocalHostId")).isNotEqualTo(identity);
        assertThat(Jmx.attribute(last, "Tokens")).isEqualTo(tokens);
        assertThat(Jmx.attribute(servers.nodes().get(0), "LiveNodes")).asList().hasSize(3);
    }

    @Test
    void wipe_runningNode_isRefused() {
        assertThatThrownBy(last::wipe).isInstanceOf(IllegalStateException.class).hasMessageContaining("node3: running");
    }

    @Test
    void pause_thenResume_goesOn() throws Exception {
        last.pause();

        assertThat(last.isRunning()).isTrue();
        assertThat(last.isPaused()).isTrue();
        assertThatThrownBy(servers::awaitAllUp)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("node3: paused");

        last.resume();
        servers.awaitAllUp();

        assertThat(last.isPaused()).isFalse();
    }

    @Test
    void another_otherShape_hasItsOwnNodesAndDataDirectories() throws Exception {
        ClusterShape shape = servers.shape().withNodes(1).withDataDirectories(2).withTokensPerNode(4);

        CassandraServer node;
        try (CassandraServers second = servers.another(shape)) {
            node = second.nodes().get(0);

            assertThat((List<?>) Jmx.attribute(node, "Tokens")).hasSize(4);
            assertThat(Jmx.attribute(node, "AllDataFileLocations"))
                    .isEqualTo(
                            node.dataDirectories().stream().map(Path::toString).toArray(String[]::new));
            assertThat(keyspaces(node)).contains("system", "system_schema");
            assertThat((List<?>) Jmx.attribute(servers.nodes().get(0), "LiveNodes"))
                    .hasSize(3);
        }

        assertThat(node.isRunning()).isFalse();
        assertThat(node.dataDirectories())
                .allSatisfy(directory -> assertThat(directory).doesNotExist());
    }

    private static Set<String> keyspaces(CassandraServer node) throws IOException {
        Set<String> names = new HashSet<>();
        for (Path directory : node.dataDirectories()) {
            try (Stream<Path> keyspaces = Files.list(directory)) {
                names.addAll(
                        keyspaces.map(path -> path.getFileName().toString()).collect(Collectors.toSet()));
            }
        }
        return names;
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
