package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with certificates on both sides, and HTTP/2, as the configuration file asks for them. */
class TransportIT {
    private static final String PASSWORD = "for-tests-only";

    @TempDir
    private Path directory;

    private TimestampServer server;

    @BeforeEach
    void makeCertificates() throws Exception {
        for (String name : List.of("server", "client", "stranger")) {
            keytool(
                    name + ".p12",
                    "-genkeypair",
                    "-alias",
                    name,
                    "-keyalg",
                    "RSA",
                    "-dname",
                    "CN=" + name,
                    "-ext",
                    "san=ip:127.0.0.1,dns:localhost",
                    "-validity",
                    "2");
            keytool(name + ".p12", "-exportcert", "-alias", name, "-file", file(name + ".cer"));
            keytool(
                    "trusts-" + name + ".p12",
                    "-importcert",
                    "-noprompt",
                    "-alias",
                    name,
                    "-file",
                    file(name + ".cer"));
        }
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void https_serverIsTrusted_answers() throws Exception {
        start("{type: https, bindHost: 127.0.0.1, port: 0, keyStorePath: " + file("server.p12") + ", keyStorePassword: "
                + PASSWORD + "}");

        assertThat(server.endpoint().getScheme()).isEqualTo("https");
        assertThat(send(client("server", null)).body()).isEqualTo("1");
        assertThatThrownBy(() -> send(client("stranger", null))).isInstanceOf(IOException.class);
        URI plain = URI.create("http://127.0.0.1:" + server.port());
        assertThatThrownBy(() -> {
                    if (Http.to(plain).post("/tl/ts1/orders", "").statusCode() >= 400) {
                        throw new IOException("refused");
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void mutualTls_clientIsNotTrusted_isRefused() throws Exception {
        start("{type: https, bindHost: 127.0.0.1, port: 0, keyStorePath: " + file("server.p12") + ", keyStorePassword: "
                + PASSWORD + ", needClientAuth: true, trustStorePath: " + file("trusts-client.p12")
                + ", trustStorePassword: " + PASSWORD + "}");

        assertThat(send(client("server", "client")).body()).isEqualTo("1");
        assertThatThrownBy(() -> send(client("server", "stranger"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> send(client("server", null))).isInstanceOf(IOException.class);
        assertThat(send(client("server", "client")).body()).isEqualTo("2");
    }

    @Test
    void http2_cleartext_answersManyRequestsOfOneConnection() throws Exception {
        start("{type: h2c, bindHost: 127.0.0.1, port: 0}");
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        Http http = Http.to(server.endpoint()).by(client);

        HttpResponse<String> first = http.post("/tl/ts1/orders", "");
        assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(first.body()).isEqualTo("1");
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(CompletableFuture.supplyAsync(() -> ask(http)));
        }
        assertThat(answers.stream().map(CompletableFuture::join).map(Long::parseLong))
                .doesNotHaveDuplicates()
                .allSatisfy(timestamp -> assertThat(timestamp).isBetween(2L, 101L));
        HttpResponse<String> refused = http.post("/tl/ts/orders", "{\"numTimestamps\":0}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(Http.to(server.endpoint()).post("/tl/ts1/orders", "").version())
                .isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void http2_overTls_isChosenByTheClient() throws Exception {
        start("{type: h2, bindHost: 127.0.0.1, port: 0, keyStorePath: " + file("server.p12") + ", keyStorePassword: "
                + PASSWORD + "}");

        HttpResponse<String> answer = send(client("server", null));

        assertThat(answer.body()).isEqualTo("1");
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    }

    private static String ask(Http http) {
        try {
            return http.post("/tl/ts1/orders", "").body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> send(HttpClient client) throws IOException, InterruptedException {
        return Http.to(server.endpoint()).by(client).post("/tl/ts1/orders", "");
    }

    private void start(String connector) throws IOException {
        Path file = Files.writeString(
                directory.resolve("config.yml"),
                "oracle: {dataDirectory: " + file("data") + ", namespaces: [orders]}\n"
                        + "server:\n"
                        + "  applicationConnectors: [" + connector + "]\n"
                        + "  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]\n"
                        + "  requestLog: {appenders: []}\n"
                        + "logging: {level: WARN}\n");
        server = TimestampServer.start(TimestampServer.readConfiguration(file));
    }

    private HttpClient client(String trusted, String own) throws GeneralSecurityException, IOException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store("trusts-" + trusted));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        if (own != null) {
            keys.init(store(own), PASSWORD.toCharArray());
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private KeyStore store(String name) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private void keytool(String keyStore, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file(keyStore)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.txt").toFile())
                .start();
        assertThat(process.waitFor()).as("keytool").isZero();
    }
}
