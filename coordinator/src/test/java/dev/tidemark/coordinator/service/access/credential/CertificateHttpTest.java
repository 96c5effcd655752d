package dev.tidemark.coordinator.service.access.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.TestCertificates;
import dev.tidemark.coordinator.service.TestService;
import dev.tidemark.coordinator.service.access.GuardedResource;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.web.WebServer;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Random;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in with a certificate, and how a service may listen. */
class CertificateHttpTest {
    private static final NewToken ANNA = NewToken.create("anna", Role.ADMIN, null, null, new Random(2));
    private static final char[] PASSWORD = TestCertificates.PASSWORD.toCharArray();

    @TempDir
    private static Path directory;

    private static TestService service;

    @BeforeAll
    static void start() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        certificates.keyStore("service");
        certificates.keyStore("nightly");
        certificates.keyStore("other");
        certificates.trustIn("service");
        certificates.trustIn("nightly");
        HttpsConnectorFactory connector = https();
        connector.setWantClientAuth(true);
        connector.setTrustStorePath(directory.resolve("trusts-nightly.p12").toString());
        connector.setTrustStorePassword(TestCertificates.PASSWORD);
        service = new TestService(access("cn=NIGHTLY"), connector, new GuardedResource());
    }

    @AfterAll
    static void stop() throws Exception {
        service.close();
    }

    @Test
    void certificate_ofASubjectThatIsKnown_isItsCaller() throws Exception {
        HttpResponse<String> whoami = service.with(client("nightly")).send("GET", "/api/v1/whoami");

        assertThat(whoami.body()).contains("\"name\":\"backup-host\"", "\"role\":\"operator\"", "\"sees\":\"orders\"");
        assertThat(service.send("POST", "/api/v1/namespaces/orders/backups").statusCode())
                .isEqualTo(200);
        assertThat(service.send("POST", "/api/v1/namespaces/billing/backups").statusCode())
                .isEqualTo(403);
        assertThat(service.send("DELETE", "/api/v1/namespaces/orders").statusCode())
                .isEqualTo(403);
    }

    @Test
    void token_besideACertificate_countsBeforeIt() throws Exception {
        assertThat(service.with(client("nightly"))
                        .send("GET", "/api/v1/whoami", "Authorization", "Bearer " + ANNA.token())
                        .body())
                .contains("\"name\":\"anna\"");
    }

    @Test
    void certificate_none_isNobody() throws Exception {
        assertThat(service.with(client(null)).send("GET", "/api/v1/whoami").statusCode())
                .isEqualTo(401);
        assertThat(service.send("GET", "/api/v1/open").statusCode()).isEqualTo(200);
    }

    @Test
    void certificate_thatIsNotTrusted_isNobodys() throws Exception {
        assertThat(service.with(client("other")).send("GET", "/api/v1/whoami").statusCode())
                .isEqualTo(401);
    }

    @Test
    void certificate_ofASubjectThatIsNotKnown_isRefusedWithItsName() throws Exception {
        HttpsConnectorFactory connector = https();
        connector.setNeedClientAuth(true);
        connector.setTrustStorePath(directory.resolve("trusts-nightly.p12").toString());
        connector.setTrustStorePassword(TestCertificates.PASSWORD);

        try (TestService strict = new TestService(access("CN=somebody"), connector, new GuardedResource())) {
            HttpResponse<String> response = strict.with(client("nightly")).send("GET", "/api/v1/whoami");

            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.body()).contains("'CN=nightly'");
        }
    }

    @Test
    void answer_overTls_demandsTlsFromNowOn() throws Exception {
        assertThat(service.with(client(null))
                        .send("GET", "/api/v1/open")
                        .headers()
                        .firstValue("Strict-Transport-Security"))
                .contains("max-age=31536000");
    }

    @Test
    void check_certificatesThatNoConnectorAsksFor_isRefused() {
        assertRefused("CN=nightly", http("127.0.0.1"), http("127.0.0.1"), "no connector asks for certificates");
        assertRefused("CN=nightly", https(), http("127.0.0.1"), "no connector asks for certificates");
    }

    @Test
    void check_certificatesThatAnybodyCanSign_isRefused() {
        HttpsConnectorFactory connector = https();
        connector.setNeedClientAuth(true);

        assertRefused("CN=nightly", connector, http("127.0.0.1"), "has no 'trustStorePath'");
    }

    @Test
    void check_adminPortForOthers_isRefused() {
        assertRefused(null, http("127.0.0.1"), http("0.0.0.0"), "the admin port would listen on '0.0.0.0'");
        assertRefused(null, http("127.0.0.1"), http(null), "the admin port would listen on all addresses");
    }

    @Test
    void check_portForOthersWithTokens_isAllowed() {
        Exposure.check(servers(http("0.0.0.0"), http("127.0.0.1")), access(null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nightly", "CN=a,,O=b", "X Y=z"})
    void entry_subjectThatIsNone_isRefused(String subject) {
        assertThatThrownBy(() -> access(subject))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("subject");
    }

    @Test
    void configuration_subjectThatIsThereTwice_isRefused() {
        assertThatThrownBy(() -> new AccessConfiguration(
                        null,
                        null,
                        List.of(
                                new CertificateEntry("CN=a,O=b", "one", Role.VIEWER, null),
                                new CertificateEntry("cn=A, o=B", "two", Role.ADMIN, null)),
                        null,
                        null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
    }

    private static void assertRefused(
            String subject, ConnectorFactory application, ConnectorFactory admin, String message) {
        assertThatThrownBy(() -> Exposure.check(servers(application, admin), access(subject)))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e.getMessage()).contains(message);
                    assertThat(e.hint()).endsWith(".");
                });
    }

    private static AccessConfiguration access(String subject) {
        List<CertificateEntry> certificates = subject == null
                ? null
                : List.of(new CertificateEntry(subject, "backup-host", Role.OPERATOR, List.of("orders")));
        return new AccessConfiguration(List.of(ANNA.entry()), null, certificates, null, null);
    }

    private static DefaultServerFactory servers(ConnectorFactory application, ConnectorFactory admin) {
        DefaultServerFactory servers = WebServer.onLoopback(0, 0);
        servers.setApplicationConnectors(List.of(application));
        servers.setAdminConnectors(List.of(admin));
        return servers;
    }

    private static HttpConnectorFactory http(String host) {
        HttpConnectorFactory connector = new HttpConnectorFactory();
        connector.setPort(0);
        connector.setBindHost(host);
        return connector;
    }

    private static HttpsConnectorFactory https() {
        HttpsConnectorFactory connector = new HttpsConnectorFactory();
        connector.setPort(0);
        connector.setBindHost("127.0.0.1");
        connector.setKeyStorePath(directory.resolve("service.p12").toString());
        connector.setKeyStorePassword(TestCertificates.PASSWORD);
        connector.setKeyStoreType("PKCS12");
        connector.setTrustStoreType("PKCS12");
        return connector;
    }

    private static HttpClient client(String name) throws IOException, GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load("trusts-service.p12"));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        if (name != null) {
            keys.init(load(name + ".p12"), PASSWORD);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(name == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private static KeyStore load(String file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(directory.resolve(file))) {
            store.load(content, PASSWORD);
        }
        return store;
    }
}
