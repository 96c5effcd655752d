package dev.tidemark.coordinator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.agent.service.AgentConfiguration;
import dev.tidemark.coordinator.agent.service.AgentServer;
import dev.tidemark.coordinator.config.AgentReport;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.Wiring;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.StoreNode;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents as the coordinator's configuration names them. */
class ConfiguredAgentsTest {
    private static final String COORDINATOR =
            """
            archive:
              type: filesystem
              directory: archive
              key:
                type: key-file
                file: key
            oracle:
              type: file
              directory: oracle
            namespaces:
              bank:
                stores:
                  main:
                    type: cassandra
                    keyspace: orders
                    contactPoints: ["127.0.0.1:1"]
                    localDatacenter: datacenter1
                    agents:
            """;

    @TempDir
    private Path directory;

    private TestAgents agents;
    private TestCertificates certificates;

    @BeforeEach
    void start() {
        agents = new TestAgents(directory);
        certificates = new TestCertificates(directory);
    }

    @AfterEach
    void stop() {
        agents.close();
    }

    /** Without its own key it is not let in, without trust it does not go on, and with a wrong password it does not begin. */
    @Test
    void agents_mutualTls_areReachedWithTheRightKeysAndNoOthers() throws Exception {
        certificates.keyStore("coordinator");
        certificates.keyStore("stranger");
        AgentServer agent = behindMutualTls("node-0");
        certificates.trustIn("agent");

        assertThat(nodes(agentSection(agent, trust("trusts-agent.p12") + key("coordinator.p12"))))
                .containsExactly("node-0");
        Map<String, ErrorCode> wrong = Map.of(
                trust("trusts-agent.p12"),
                ErrorCode.UNAUTHORIZED,
                trust("trusts-agent.p12") + key("stranger.p12"),
                ErrorCode.UNAUTHORIZED,
                trust("trusts-coordinator.p12") + key("coordinator.p12"),
                ErrorCode.UNAUTHORIZED,
                key("coordinator.p12"),
                ErrorCode.UNAUTHORIZED,
                trust("no-such-file.p12"),
                ErrorCode.INVALID_CONFIGURATION);

        wrong.forEach((keys, code) -> assertThatThrownBy(() -> nodes(agentSection(agent, keys)))
                .as(keys)
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    assertThat(e.getMessage())
                            .contains(
                                    code == ErrorCode.UNAUTHORIZED
                                            ? agent.endpoint().toString()
                                            : "no-such-file.p12");
                    assertThat(e.hint()).endsWith(".");
                }));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- url: http://127.0.0.1:1\n  tls:\n    trustStore:\n      file: a\n      password: {file: b}\n",
                "- url: https://127.0.0.1:1\n  tls: {}\n",
                "- url: https://127.0.0.1:1\n  tls:\n    trustStore:\n      file: a\n",
                "- url: https://127.0.0.1:1\n  tls:\n    trustStore:\n      file: a\n      password: {}\n",
                "- url: https://127.0.0.1:1\n  tls:\n    trustStroe:\n      file: a\n",
                "- url: ftp://127.0.0.1:1\n",
                "- url: http://127.0.0.1:1/path\n",
                "- url: http://127.0.0.1:1\n  patience: PT-1S\n"
            })
    void read_agentThatCannotBe_isRefusedWithTheLine(String section) {
        assertThatThrownBy(() -> nodes(section)).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(e.getMessage()).matches("(?s).*line (19|2[0-3]): .*agents\\.0.*");
        });
    }

    @Test
    void agents_oneAnswersAndOneIsAway_bothAreReported() throws IOException {
        AgentServer agent = agents.start(
                agents.configuration(),
                new ServedNode("cassandra", "orders", cassandra("node-0"), () -> {}),
                agents.seams());
        agents.client(agent.endpoint()).pause();
        Path file = Files.writeString(
                directory.resolve("tidemark.yml"),
                COORDINATOR + ("- url: " + agent.endpoint() + "\n- url: http://127.0.0.1:1\n").indent(10));

        List<AgentReport> reports;
        try (Wiring wiring = new Wiring(new ConfigurationReader().read(file), name -> null, agents.seams())) {
            reports = wiring.agents("bank");
        }

        assertThat(reports).extracting(AgentReport::store).containsExactly("main", "main");
        assertThat(reports.get(0).node()).isEqualTo("node-0");
        assertThat(reports.get(0).problem()).isEmpty();
        assertThat(reports.get(0).isPaused()).isTrue();
        assertThat(reports.get(0).usableBytes()).isEqualTo(7);
        assertThat(reports.get(0).status()).extracting(NodeStatus::version).containsExactly("5.0.9");
        assertThat(reports.get(1).agent()).isEqualTo("http://127.0.0.1:1");
        assertThat(reports.get(1).problem()).contains("no answer from the agent at 'http://127.0.0.1:1'");
        assertThat(reports.get(1).status()).isEmpty();
    }

    private AgentServer behindMutualTls(String node) throws IOException, InterruptedException {
        HttpsConnectorFactory connector = new HttpsConnectorFactory();
        connector.setPort(0);
        connector.setBindHost("127.0.0.1");
        connector.setKeyStorePath(certificates.keyStore("agent").toString());
        connector.setKeyStorePassword(TestCertificates.PASSWORD);
        connector.setKeyStoreType("PKCS12");
        connector.setNeedClientAuth(true);
        connector.setTrustStorePath(certificates.trustIn("coordinator").toString());
        connector.setTrustStorePassword(TestCertificates.PASSWORD);
        connector.setTrustStoreType("PKCS12");
        AgentConfiguration configuration = agents.configuration();
        ((DefaultServerFactory) configuration.getServerFactory()).setApplicationConnectors(List.of(connector));
        return agents.start(
                configuration, new ServedNode("cassandra", "orders", cassandra(node), () -> {}), agents.seams());
    }

    private static String agentSection(AgentServer agent, String keys) {
        return "- url: " + agent.endpoint() + "\n  tls:\n" + keys;
    }

    private static String trust(String file) {
        return store("trustStore", file);
    }

    private static String key(String file) {
        return store("keyStore", file);
    }

    private static String store(String key, String file) {
        return "    " + key + ":\n      file: " + file + "\n      password:\n        environment: STORE_PASSWORD\n";
    }

    /** Returns the nodes that the agents are of which a configuration names. */
    private List<String> nodes(String agentSection) throws IOException {
        Path file = Files.writeString(directory.resolve("tidemark.yml"), COORDINATOR + agentSection.indent(10));
        try (Wiring wiring = new Wiring(
                new ConfigurationReader().read(file),
                name -> name.equals("STORE_PASSWORD") ? TestCertificates.PASSWORD : null,
                agents.seams())) {
            return wiring.connectors("bank").get("main").targetNodes().stream()
                    .map(StoreNode::id)
                    .map(NodeId::id)
                    .toList();
        }
    }

    private static CassandraAgent cassandra(String node) {
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "id" -> new NodeId(node);
            case "usableBytes" -> 7L;
            case "status" -> new NodeStatus(true, "", "production", "host-1", "5.0.9", List.of("7"), List.of());
            default -> throw new UnsupportedOperationException(method.getName());
        };
        return (CassandraAgent) Proxy.newProxyInstance(
                CassandraAgent.class.getClassLoader(), new Class<?>[] {CassandraAgent.class}, handler);
    }
}
