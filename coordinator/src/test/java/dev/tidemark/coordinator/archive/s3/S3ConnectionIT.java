package dev.tidemark.coordinator.archive.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.TestCertificates;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import dev.tidemark.coordinator.archive.s3.server.FaultProxy;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import dev.tidemark.kvs.ErrorCode;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a store is reached: through a proxy, behind a certificate of one's own, or not at all. */
class S3ConnectionIT {
    private static final ObjectKey KEY = new ObjectKey("a");

    @TempDir
    private Path directory;

    @Test
    void create_throughAProxyWithAPassword_isAskedOfTheProxy() throws Exception {
        URI server = S3Server.shared(S3Software.S3PROXY).endpoint();
        String bucket = S3Fixture.createBucket(server);
        try (FaultProxy proxy = FaultProxy.start(server);
                S3ObjectStore store = S3Fixture.open(
                        connection(
                                server,
                                new S3Connection.Proxy(
                                        "127.0.0.1", proxy.endpoint().getPort(), "user", "pass"),
                                null),
                        bucket,
                        S3Fixture.PLAIN)) {
            store.create(KEY, ByteBuffer.wrap(new byte[] {1}));

            assertThat(store.read(KEY)).containsExactly(1);
            String expected =
                    "Basic " + Base64.getEncoder().encodeToString("user:pass".getBytes(StandardCharsets.US_ASCII));
            assertThat(proxy.requests()).hasSize(2).allSatisfy(request -> assertThat(
                            request.header("Proxy-Authorization"))
                    .isEqualTo(expected));
        }
    }

    @Test
    void head_certificateOfAnOwnAuthority_isTrustedOnlyWhenItIsNamed() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        HttpsServer server = server(certificates.keyStore("store"));
        try {
            URI endpoint = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
            try (S3ObjectStore store = S3Fixture.open(connection(endpoint, null, null), "bucket", S3Fixture.PLAIN)) {
                assertThatThrownBy(() -> store.head(KEY)).isInstanceOfSatisfying(CoordinatorException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e.hint()).contains("caCertificates");
                });
            }
            try (S3ObjectStore store =
                    S3Fixture.open(connection(endpoint, null, certificates.pem("store")), "bucket", S3Fixture.PLAIN)) {
                assertThat(store.head(KEY)).isEmpty();
            }
        } finally {
            server.stop(0);
        }
    }

    @Test
    void head_nobodyThere_mayPass() throws Exception {
        try (S3ObjectStore store =
                S3Fixture.open(connection(URI.create("http://127.0.0.1:1"), null, null), "bucket", S3Fixture.PLAIN)) {
            assertThatThrownBy(() -> store.head(KEY)).isInstanceOfSatisfying(CoordinatorException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.ARCHIVE_UNAVAILABLE);
                assertThat(TransientFailure.of(e).orElseThrow().effect()).isEqualTo(TransientFailure.Effect.NONE);
            });
        }
    }

    @Test
    void head_noCredentialsInTheProfile_isDenied() throws Exception {
        Path profiles = Files.writeString(directory.resolve("credentials"), "[other]\naws_access_key_id = x\n");
        S3Connection connection =
                S3Fixture.connection(URI.create("http://127.0.0.1:1"), new S3Credentials.Profile("tidemark", profiles));
        try (S3ObjectStore store = S3Fixture.open(connection, "bucket", S3Fixture.PLAIN)) {
            assertThatThrownBy(() -> store.head(KEY))
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.ARCHIVE_ACCESS_DENIED));
        }
    }

    private static HttpsServer server(Path keyStoreFile) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        char[] password = TestCertificates.PASSWORD.toCharArray();
        try (InputStream content = Files.newInputStream(keyStoreFile)) {
            keys.load(content, password);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static S3Connection connection(URI endpoint, S3Connection.Proxy proxy, Path certificates) {
        return new S3Connection(
                endpoint,
                S3Server.REGION,
                S3Connection.Addressing.PATH,
                new S3Credentials.KeyPair(S3Server.ACCESS_KEY, S3Server.SECRET_KEY, ""),
                proxy,
                certificates,
                new S3Connection.Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(60)),
                4);
    }
}
