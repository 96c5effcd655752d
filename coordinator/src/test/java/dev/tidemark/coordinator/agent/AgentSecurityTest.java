package dev.tidemark.coordinator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.agent.client.AgentClient;
import dev.tidemark.coordinator.agent.client.AgentClientSettings;
import dev.tidemark.coordinator.agent.client.AgentTls;
import dev.tidemark.coordinator.agent.service.AgentConfiguration;
import dev.tidemark.coordinator.agent.service.AgentServer;
import dev.tidemark.coordinator.agent.service.AgentSettings;
import dev.tidemark.coordinator.config.TokenConfiguration;
import dev.tidemark.coordinator.engine.SyntheticStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.node.StoreNode;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in. */
class AgentSecurityTest {
    private static final String TOKEN = "secret-of-the-agent";
    private static final StoreNode NODE =
            new SyntheticStore(3, 10).targetNodes().get(0);

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
    void token_rightOne_getsInAndAnyOtherDoesNot() throws IOException {
        AgentServer agent = agents.start(agents.configuration(withToken()), NODE);

        assertThat(client(settings(agent).withToken(TOKEN)).status().node()).isEqualTo("node-0");
        for (String other : List.of("", "another", TOKEN + "x", TOKEN.substring(1))) {
            AgentClient stranger = client(settings(agent).withToken(other));
            assertFails(ErrorCode.UNAUTHORIZED, stranger::status);
            assertFails(ErrorCode.UNAUTHORIZED, stranger::pause);
            assertFails(ErrorCode.UNAUTHORIZED, () -> stranger.cancel("task"));
        }
        assertThat(settings(agent).withToken(TOKEN).toString()).doesNotContain(TOKEN);
    }

    @Test
    void tls_agentThatIsTrusted_isTalkedToAndAnyOtherIsNot() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        HttpsConnectorFactory connector = https(certificates.keyStore("agent"));
        certificates.keyStore("other");
        AgentServer agent = agents.start(listeningOn(agents.configuration(), connector), NODE);

        assertThat(agent.endpoint().getScheme()).isEqualTo("https");
        assertThat(client(settings(agent).withTls(trusting(certificates.trustIn("agent"))))
                        .status()
                        .node())
                .isEqualTo("node-0");
        assertFails(
                ErrorCode.UNAUTHORIZED,
                client(settings(agent).withTls(trusting(certificates.trustIn("other"))))::status);
        assertFails(ErrorCode.UNAUTHORIZED, client(settings(agent))::status);
    }

    @Test
    void mutualTls_coordinatorThatIsTrusted_getsInAndAnyOtherDoesNot() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        Path known = certificates.keyStore("coordinator");
        Path stranger = certificates.keyStore("stranger");
        HttpsConnectorFactory connector = https(certificates.keyStore("agent"));
        connector.setNeedClientAuth(true);
        connector.setTrustStorePath(certificates.trustIn("coordinator").toString());
        connector.setTrustStorePassword(TestCertificates.PASSWORD);
        AgentServer agent = agents.start(listeningOn(agents.configuration(), connector), NODE);
        Path trust = certificates.trustIn("agent");

        AgentTls right = new AgentTls(trust, TestCertificates.PASSWORD, known, TestCertificates.PASSWORD);
        assertThat(client(settings(agent).withTls(right)).status().node()).isEqualTo("node-0");
        AgentTls wrong = new AgentTls(trust, TestCertificates.PASSWORD, stranger, TestCertificates.PASSWORD);
        assertFails(ErrorCode.UNAUTHORIZED, client(settings(agent).withTls(wrong))::status);
        assertFails(ErrorCode.UNAUTHORIZED, client(settings(agent).withTls(trusting(trust)))::status);
        assertThat(right.toString()).doesNotContain(TestCertificates.PASSWORD);
    }

    @Test
    void tls_storeThatCanNotBeRead_isRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("no-store"), "text");

        assertFails(
                ErrorCode.INVALID_CONFIGURATION,
                () -> client(AgentClientSettings.of(URI.create("https://127.0.0.1:1"))
                        .withTls(trusting(file))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", ""})
    void start_addressForOthersWithoutTokenAndCertificate_isRefused(String host) {
        HttpConnectorFactory connector = http(host);

        assertRefused(agents.configuration(), connector, "for whoever reaches it");
    }

    @Test
    void start_addressForOthersWithTlsAlone_isRefused() throws Exception {
        HttpsConnectorFactory connector = https(new TestCertificates(directory).keyStore("agent"));
        connector.setBindHost("0.0.0.0");

        assertRefused(agents.configuration(), connector, "for whoever reaches it");
    }

    @Test
    void start_addressForOthersWithAToken_isAllowed() throws IOException {
        AgentServer agent = agents.start(listeningOn(agents.configuration(withToken()), http("0.0.0.0")), NODE);

        assertThat(client(settings(agent).withToken(TOKEN)).status().node()).isEqualTo("node-0");
        assertFails(ErrorCode.UNAUTHORIZED, client(settings(agent))::status);
    }

    @Test
    void start_adminPortForOthers_isRefusedEvenWithAToken() throws IOException {
        AgentConfiguration configuration = agents.configuration(withToken());
        ((DefaultServerFactory) configuration.getServerFactory()).setAdminConnectors(List.of(http("0.0.0.0")));

        assertFails(ErrorCode.INVALID_CONFIGURATION, () -> agents.start(configuration, NODE));
    }

    @Test
    void start_directoryOfAnAgentThatRuns_isRefused() {
        AgentSettings settings = AgentSettings.of(directory.resolve("agent"));
        agents.start(agents.configuration(settings), NODE);

        assertFails(ErrorCode.STORE_IN_USE, () -> agents.start(agents.configuration(settings), NODE));
    }

    private void assertRefused(AgentConfiguration configuration, ConnectorFactory connector, String message) {
        assertThatThrownBy(() -> agents.start(listeningOn(configuration, connector), NODE))
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e.getMessage()).contains(message);
                    assertThat(e.hint()).contains("127.0.0.1").contains("token").endsWith(".");
                });
    }

    private AgentSettings withToken() throws IOException {
        Path file = directory.resolve("token");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, TOKEN + "\n");
        return AgentSettings.of(directory.resolve("agent")).withToken(new TokenConfiguration(file, null));
    }

    private static AgentConfiguration listeningOn(AgentConfiguration configuration, ConnectorFactory connector) {
        ((DefaultServerFactory) configuration.getServerFactory()).setApplicationConnectors(List.of(connector));
        return configuration;
    }

    private static HttpConnectorFactory http(String host) {
        HttpConnectorFactory connector = new HttpConnectorFactory();
        connector.setPort(0);
        connector.setBindHost(host.isEmpty() ? null : host);
        return connector;
    }

    private static HttpsConnectorFactory https(Path keyStore) {
        HttpsConnectorFactory connector = new HttpsConnectorFactory();
        connector.setPort(0);
        connector.setBindHost("127.0.0.1");
        connector.setKeyStorePath(keyStore.toString());
        connector.setKeyStorePassword(TestCertificates.PASSWORD);
        connector.setKeyStoreType("PKCS12");
        connector.setTrustStoreType("PKCS12");
        return connector;
    }

    private static AgentTls trusting(Path trustStore) {
        return new AgentTls(trustStore, TestCertificates.PASSWORD, null, null);
    }

    private static AgentClientSettings settings(AgentServer agent) {
        return AgentClientSettings.of(agent.endpoint()).withTimeouts(TestAgents.FAST);
    }

    private AgentClient client(AgentClientSettings settings) {
        return AgentClient.create(settings, agents.seams());
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.hint()).endsWith(".");
        });
    }
}
