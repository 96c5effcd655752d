package dev.tidemark.timestamp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.http.OracleTls.KeyFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS and mutual TLS with real certificates, made with the JDK's own tool. */
class OracleTlsIT {
    private static final String PASSWORD = "for-tests-only";

    @TempDir
    private static Path directory;

    private static KeyFile server;
    private static KeyFile client;
    private static Path serverPem;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpsServer http;

    @BeforeAll
    static void makeCertificates() throws Exception {
        server = keyStore("server", "san=ip:127.0.0.1");
        client = keyStore("client", "san=dns:client");
        serverPem = pem("server");
        keytool("-importcert", "-noprompt", "-alias", "server", "-file", serverPem.toString(), "-keystore", trust());
    }

    @AfterEach
    void stop() {
        if (http != null) {
            http.stop(0);
        }
        threads.shutdownNow();
    }

    @Test
    @DisplayName("A server is trusted by its certificate as PEM or in a trust store, and by nothing else")
    void trust_ofTheServer() throws Exception {
        URI uri = start(false);

        assertThat(namespaces(uri, new OracleTls(serverPem, null, null))).containsExactly("orders");
        assertThat(namespaces(uri, new OracleTls(null, new KeyFile(Path.of(trust()), PASSWORD), null)))
                .containsExactly("orders");
        assertRefused(uri, OracleTls.DEFAULT);
        assertRefused(uri, new OracleTls(pem("client"), null, null));
    }

    @Test
    @DisplayName("A certificate that is trusted and has another name is refused")
    void otherName() throws Exception {
        URI uri = start(false);

        assertRefused(
                URI.create(uri.toString().replace("127.0.0.1", "localhost")), new OracleTls(serverPem, null, null));
    }

    @Test
    @DisplayName("A server that asks for a certificate answers those who show it")
    void mutual() throws Exception {
        URI uri = start(true);

        assertThat(namespaces(uri, new OracleTls(serverPem, null, client))).containsExactly("orders");
        assertRefused(uri, new OracleTls(serverPem, null, null));
        assertRefused(uri, new OracleTls(serverPem, null, keyStore("stranger", "san=dns:stranger")));
    }

    @Test
    @DisplayName("Files that can't be used are named")
    void unusableFiles() throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "no certificate");
        for (OracleTls tls : List.of(
                new OracleTls(directory.resolve("missing.pem"), null, null),
                new OracleTls(text, null, null),
                new OracleTls(null, new KeyFile(text, PASSWORD), null),
                new OracleTls(null, null, new KeyFile(directory.resolve("missing.p12"), PASSWORD)),
                new OracleTls(null, null, new KeyFile(client.path(), "another password")))) {
            assertThatThrownBy(() -> HttpTimestampClient.create(HttpTimestampClientSettings.of(URI.create("https://h"))
                            .withTls(tls)))
                    .isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                    .hasMessageContaining(directory.toString());
        }
        assertThatThrownBy(() -> new OracleTls(serverPem, server, null)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new OracleTls(null, server, client).toString()).doesNotContain(PASSWORD);
    }

    private URI start(boolean asksForCertificate) throws Exception {
        SSLContext context = new OracleTls(pem("client"), null, server).context();
        http = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ofTls = context.getDefaultSSLParameters();
                ofTls.setNeedClientAuth(asksForCertificate);
                parameters.setSSLParameters(ofTls);
            }
        });
        http.setExecutor(threads);
        http.createContext("/", OracleTlsIT::answer);
        http.start();
        return URI.create("https://127.0.0.1:" + http.getAddress().getPort());
    }

    private static void answer(HttpExchange exchange) throws IOException {
        byte[] body = "[\"orders\"]".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static SortedSet<String> namespaces(URI uri, OracleTls tls) {
        HttpTimestampClientSettings settings =
                HttpTimestampClientSettings.of(uri).withTls(tls).withRetryBudget(Duration.ZERO);
        try (HttpTimestampClient opened = HttpTimestampClient.create(settings)) {
            return opened.namespaces();
        }
    }

    private static void assertRefused(URI uri, OracleTls tls) {
        assertThatThrownBy(() -> namespaces(uri, tls))
                .isInstanceOfSatisfying(
                        TimestampException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE));
    }

    private static String trust() {
        return directory.resolve("trusts-server.p12").toString();
    }

    private static KeyFile keyStore(String name, String names) throws Exception {
        Path file = directory.resolve(name + ".p12");
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                names,
                "-validity",
                "2",
                "-keystore",
                file.toString());
        return new KeyFile(file, PASSWORD);
    }

    private static Path pem(String name) throws Exception {
        Path file = directory.resolve(name + ".pem");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                name,
                "-file",
                file.toString(),
                "-keystore",
                directory.resolve(name + ".p12").toString());
        return file;
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.txt").toFile())
                .start();
        assertThat(process.waitFor()).as("keytool").isZero();
    }
}
