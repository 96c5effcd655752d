package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConnectedClientsIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    /** H11: a client that runs during a restore goes on with what it has in memory; it is seen, and our own connections are not. */
    @Test
    void of_anApplicationIsConnected_tellsOfItAndNotOfOurselves() {
        try (KeyspaceFactory keyspaces = new KeyspaceFactory(CASSANDRA.servers())) {
            CassandraSession ours = keyspaces.session();
            assertThat(ConnectedClients.of(ours)).isEmpty();

            try (CqlSession application = CqlSession.builder()
                    .addContactPoint(CASSANDRA.servers().nodes().get(0).cql())
                    .withLocalDatacenter(CASSANDRA.servers().localDatacenter())
                    .withApplicationName("orchard")
                    .build()) {
                application.execute("SELECT key FROM system.local");

                assertThat(ConnectedClients.of(ours))
                        .singleElement()
                        .asString()
                        .startsWith("client at ")
                        .contains("(orchard, ", " connections to the cluster: stop all clients");
            }
        }
    }
}
