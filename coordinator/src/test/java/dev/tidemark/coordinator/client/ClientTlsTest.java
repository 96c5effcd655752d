package dev.tidemark.coordinator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.TestCertificates;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.service.TestService;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.access.credential.CertificateEntry;
import dev.tidemark.coordinator.service.rest.NamespaceResource.Namespaces;
import dev.tidemark.coordinator.service.view.NamespaceView;
import dev.tidemark.kvs.ErrorCode;
import io.dropwizard.jetty.HttpsConnectorFactory;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import java.net.URI;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that shows a certificate, and trusts one. */
class ClientTlsTest {
    @TempDir
    private static java.nio.file.Path directory;

    private static TestService service;

    @BeforeAll
    static void start() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        certificates.keyStore("service");
        certificates.keyStore("nightly");
        certificates.pem("service");
        certificates.pem("nightly");
        certificates.trustIn("nightly");
        HttpsConnectorFactory connector = new HttpsConnectorFactory();
        connector.setPort(0);
        connector.setBindHost("127.0.0.1");
        connector.setKeyStorePath(directory.resolve("service.p12").toString());
        connector.setKeyStorePassword(TestCertificates.PASSWORD);
        connector.setKeyStoreType("PKCS12");
        connector.setTrustStoreType("PKCS12");
        connector.setWantClientAuth(true);
        connector.setTrustStorePath(directory.resolve("trusts-nightly.p12").toString());
        connector.setTrustStorePassword(TestCertificates.PASSWORD);
        CertificateEntry entry = new CertificateEntry("CN=nightly", "backup-host", Role.OPERATOR, null);
        service = new TestService(
                new AccessConfiguration(null, null, List.of(entry), null, null), connector, new CallerResource());
    }

    @AfterAll
    static void stop() throws Exception {
        service.close();
    }

    @Test
    void certificate_thatIsShown_isItsCaller() {
        ClientTls tls = new ClientTls(
                directory.resolve("service.pem"), directory.resolve("nightly.p12"), TestCertificates.PASSWORD);

        assertThat(client(tls).namespaces())
                .extracting(NamespaceView::namespace)
                .containsExactly("backup-host");
    }

    @Test
    void certificate_none_isNobody() {
        assertThat(failure(new ClientTls(directory.resolve("service.pem"), null, null)))
                .hasMessageContaining("demands a token or a certificate");
    }

    @Test
    void service_thatIsNotTrusted_isToldNothing() {
        assertThat(failure(new ClientTls(directory.resolve("nightly.pem"), null, null)))
                .hasMessageContaining("there is no trust between this client and https://127.0.0.1");
    }

    @Test
    void file_thatCanNotBeUsed_isNamed() {
        ClientTls wrong = new ClientTls(null, directory.resolve("nightly.p12"), "wrong");
        ClientTls none = new ClientTls(directory.resolve("nightly.p12"), null, null);

        assertThatThrownBy(() -> client(wrong))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("nightly.p12");
        assertThatThrownBy(() -> client(none)).isInstanceOf(CoordinatorException.class);
    }

    private static CoordinatorException failure(ClientTls tls) {
        CoordinatorException failure = catchThrowableOfType(
                CoordinatorException.class, () -> client(tls).namespaces());
        assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
        return failure;
    }

    private static ServiceClient client(ClientTls tls) {
        VirtualTime time = new VirtualTime();
        URI endpoint = URI.create("https://127.0.0.1:" + service.port());
        return new ServiceClient(ClientSettings.of(List.of(endpoint), "", tls), time, time, new Random(7));
    }

    /** Shows who asks as the only namespace that there is. */
    @Path("/api/v1/namespaces")
    @Produces("application/json")
    public static final class CallerResource {
        /** Returns the caller. */
        @GET
        @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
        public Namespaces list(@Context SecurityContext context) {
            String name = Caller.of(context).name();
            return new Namespaces(List.of(new NamespaceView(name, 0, null, List.of(), null, null)));
        }
    }
}
