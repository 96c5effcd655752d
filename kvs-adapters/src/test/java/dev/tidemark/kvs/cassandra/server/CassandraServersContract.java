package dev.tidemark.kvs.cassandra.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.cassandra.server.ring.Jmx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the tests of the adapter expect of a cluster of three nodes. */
abstract class CassandraServersContract {
    private final CassandraServers servers;
    private final CassandraServer first;
    private final CassandraServer last;

    CassandraServersContract(CassandraServers servers) {
        this.servers = servers;
        this.first = servers.nodes().get(0);
        this.last = servers.nodes().get(2);
    }

    @AfterEach
    void bringBack() {
        last.resume();
        last.start();
        servers.awaitAllUp();
    }

    @Test
    void awaitAllUp_threeNodes_eachKnowsTheTokensOfAll() throws Exception {
        Set<String> tokens = IntStream.range(0, 3)
                .mapToObj(i -> servers.shape().partitioner().token(i, 3))
                .collect(Collectors.toSet());

        for (CassandraServer node : servers.nodes()) {
            assertThat((List<?>) Jmx.attribute(node, "LiveNodes")).hasSize(3);
            assertThat(((Map<?, ?>) Jmx.attribute(node, "TokenToEndpointMap")).keySet())
                    .isEqualTo(tokens);
            assertThat(Jmx.attribute(node, "AllDataFileLocations"))
                    .isEqualTo(node.dataDirectories().stream()
                            .map(Object::toString)
                            .toArray(String[]::new));
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
        assertThatThrownBy(servers::awaitAllUp)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("node3: not running");

        servers.awaitSeenDown(last);

        assertThat((List<?>) Jmx.attribute(first, "LiveNodes")).hasSize(2);

        last.start();
        servers.awaitAllUp();

        assertThat(Jmx.attribute(last, "LocalHostId")).isEqualTo(identity);
        writeOnAllReplicas();
    }

    @Test
    void wipe_killedNode_comesBackEmptyWithItsTokens() throws Exception {
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
        assertThat((List<?>) Jmx.attribute(first, "LiveNodes")).hasSize(3);
    }

    @Test
    void wipe_runningNode_isRefused() {
        assertThatThrownBy(last::wipe).isInstanceOf(IllegalStateException.class).hasMessageContaining("node3: running");
    }

    @Test
    void pause_thenResume_goesOn() {
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

    /** Fails if one node takes another for down, or talks to its former life. */
    private void writeOnAllReplicas() {
        String keyspace = servers.newKeyspaceName();
        DriverConfigLoader patience = DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofMinutes(1))
                .build();
        try (CqlSession session = CqlSession.builder()
                .addContactPoint(first.cql())
                .withLocalDatacenter(servers.localDatacenter())
                .withConfigLoader(patience)
                .build()) {
            session.execute("CREATE KEYSPACE " + keyspace
                    + " WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}");
            session.execute("CREATE TABLE " + keyspace + ".cells (id int PRIMARY KEY, content blob)");
            SimpleStatement write = SimpleStatement.builder(
                            "INSERT INTO " + keyspace + ".cells (id, content) VALUES (1, 0xab)")
                    .setConsistencyLevel(ConsistencyLevel.ALL)
                    .build();

            assertThat(session.execute(write).getExecutionInfo().getErrors()).isEmpty();

            session.execute("DROP KEYSPACE " + keyspace);
        }
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
