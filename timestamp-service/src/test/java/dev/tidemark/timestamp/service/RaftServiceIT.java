package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Timestamp services that keep the bounds themselves, from their configuration files; the peers speak TLS. */
class RaftServiceIT {
    private static final String PASSWORD = "for-tests-only";

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<TimestampServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(TimestampServer::close);
    }

    @Test
    void start_threeServersOverTls_oneIssuesAndAnotherAfterIt() throws Exception {
        List<Integer> ports = ports();
        String tls = certificate("peer");
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            files.add(configuration(i, ports, tls));
        }
        TimestampServer.createCluster(files.get(0));
        for (Path file : files) {
            servers.add(TimestampServer.start(TimestampServer.readConfiguration(file)));
        }

        long first = awaitTimestamp();
        servers.remove(0).close();

        assertThat(awaitTimestamp()).isGreaterThan(first);
    }

    @Test
    void start_peerWithAnotherCertificate_isNotTakenIn() throws Exception {
        List<Integer> ports = ports();
        Path founder = configuration(0, ports, certificate("peer"));
        Path stranger = configuration(1, ports, certificate("stranger"));
        TimestampServer.createCluster(founder);
        servers.add(TimestampServer.start(TimestampServer.readConfiguration(founder)));
        TimestampServiceConfiguration wrong = TimestampServer.readConfiguration(stranger);

        assertThatThrownBy(() -> TimestampServer.start(wrong)).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
            assertThat(e.getMessage()).contains("server 'b' found no cluster within PT2S");
        });
    }

    @Test
    void createCluster_otherStore_isRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("config.yml"), "oracle: {dataDirectory: d}");

        assertThatThrownBy(() -> TimestampServer.createCluster(file))
                .isInstanceOf(TimestampException.class)
                .hasMessageContaining("is not of type 'raft'");
    }

    @Test
    void readConfiguration_badValues_areRefused() throws IOException {
        assertInvalid("id: a", "peers");
        assertInvalid("id: x, peers: [{id: a, address: 'h:1'}]", "id: 'x' (expected: one of a)");
        assertInvalid("id: a, peers: []", "peers: 0");
        assertInvalid("id: a, peers: [{id: a, address: 'h:1'}, {id: a, address: 'h:2'}]", "different ids");
        assertInvalid(
                "id: a, peers: [{id: a, address: 'h:1'}, {id: b, address: 'h:1'}]", "different ids and addresses");
        assertInvalid("id: a, peers: [{id: a, address: 'h'}]", "host and port");
        assertInvalid("id: a, peers: [{id: a, address: 'h:70000'}]", "host and port");
        assertInvalid("id: a, peers: [{id: 'a/b', address: 'h:1'}]", "A-Z");
        assertInvalid("id: a, peers: [{id: a, addres: 'h:1'}]", "addres");
        assertInvalid("id: a, peers: [{id: a, address: 'h:1'}], timeout: 1 ms", "timeout");
        assertInvalid("id: a, peers: [{id: a, address: 'h:1'}], electionTimeout: 2 h", "electionTimeout");
        assertInvalid("id: a, peers: [{id: a, address: 'h:1'}], tls: {key: k}", "all three files");
        assertInvalid("id: a, peers: [{id: a, address: 'h:1'}], bootstrap: true", "bootstrap");
    }

    private void assertInvalid(String store, String mentioned) throws IOException {
        Path file = Files.writeString(
                directory.resolve("config.yml"), "oracle: {store: {type: raft, directory: d, " + store + "}}");
        assertThatThrownBy(() -> TimestampServer.readConfiguration(file))
                .as(store)
                .isInstanceOfSatisfying(TimestampException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e.getMessage()).contains(mentioned);
                });
    }

    /** Asks all servers until one answers. */
    private long awaitTimestamp() {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            long found = 0;
                            for (TimestampServer server : servers) {
                                URI uri =
                                        URI.create(server.endpoint().resolve("/") + "orders/timestamp/fresh-timestamp");
                                var answer = http.send(
                                        HttpRequest.newBuilder(uri)
                                                .POST(BodyPublishers.noBody())
                                                .build(),
                                        BodyHandlers.ofString());
                                found = answer.statusCode() == 200 ? Long.parseLong(answer.body()) : found;
                            }
                            return found;
                        },
                        found -> found > 0);
    }

    private Path configuration(int server, List<Integer> ports, String tls) throws IOException {
        String id = List.of("a", "b", "c").get(server);
        String peers = "[{id: a, address: '127.0.0.1:" + ports.get(0) + "'}, {id: b, address: '127.0.0.1:"
                + ports.get(1) + "'}, {id: c, address: '127.0.0.1:" + ports.get(2) + "'}]";
        return Files.writeString(
                directory.resolve(id + ".yml"),
                "oracle:\n  namespaces: [orders]\n  store: {type: raft, directory: '" + directory.resolve(id)
                        + "', id: "
                        + id + ", peers: " + peers + ", bindHost: 127.0.0.1, join: true, electionTimeout: 300 ms, "
                        + "startTimeout: " + (tls.contains("stranger") ? "2 s" : "40 s") + ", timeout: 10 s, tls: "
                        + tls + "}\n"
                        + "server:\n  applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]\n"
                        + "  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]\n"
                        + "logging: {level: WARN}\n");
    }

    private static List<Integer> ports() throws IOException {
        List<Integer> ports = new ArrayList<>();
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    /** Makes a key and a certificate for the loopback address, which trusts itself; returns the section of the configuration. */
    private String certificate(String name) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path key = pem(
                name + "-key.pem",
                "PRIVATE KEY",
                keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
        Path certificate =
                pem(name + ".pem", "CERTIFICATE", keys.getCertificate(name).getEncoded());
        return "{certificate: '" + certificate + "', key: '" + key + "', trusted: '" + certificate + "'}";
    }

    private Path pem(String file, String type, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return Files.writeString(
                directory.resolve(file), "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }
}
