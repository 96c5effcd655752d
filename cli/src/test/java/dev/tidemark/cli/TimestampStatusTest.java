package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark timestamp status}, with an oracle in a directory and with servers. */
class TimestampStatusTest {
    @TempDir
    private Path directory;

    private final List<TimestampServer> servers = new ArrayList<>();

    @BeforeEach
    void configure() {
        CommandRun.configure(directory);
    }

    @AfterEach
    void stop() {
        servers.forEach(TimestampServer::close);
    }

    @Test
    void status_oracleInADirectory_showsItsNamespacesAndIssuesNothing() {
        try (TimestampOracles oracles = oracles("oracle")) {
            oracles.create("bank").fastForward(5_000_000);
        }

        CommandRun run = status();

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("oracle +sole +- +- +this-command +file ");
        assertThat(run.out()).containsPattern("(?m)^bank +- +6000000 +- +- +- +- +- +unused$");
        assertThat(run.out()).doesNotContain("PROBLEM", "NOTE");
        try (TimestampOracles oracles = oracles("oracle")) {
            assertThat(oracles.state("bank").bound()).isEqualTo(6_000_000);
        }
    }

    @Test
    void status_noOracleThere_isAProblemAndCreatesNone() {
        CommandRun run = status();

        assertThat(run.exitCode()).isEqualTo(20);
        assertThat(run.out()).contains("no answer", "there is no oracle in", "HINT: ");
        assertThat(directory.resolve("oracle")).doesNotExist();
    }

    @Test
    void status_oracleInUse_saysByWhom() {
        try (TimestampOracles oracles = oracles("oracle")) {
            oracles.create("bank");
            CommandRun run = status();

            assertThat(run.exitCode()).isEqualTo(20);
            assertThat(run.out()).contains("process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void status_serverAndOneThatIsDown_showsWhoHoldsTheImmutableTimestamp() throws IOException {
        String url = serve("a");
        useServers(url, "http://127.0.0.1:1");
        UUID holder = new UUID(3, 4);
        try (TimestampClient client = HttpTimestampClient.create(
                HttpTimestampClientSettings.of(servers.get(0).endpoint()))) {
            client.namespace("bank").freshTimestamps(10);
            client.namespace("bank").lockImmutableTimestamp(new LeaseToken(holder));
        }

        CommandRun run = status();

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("(?m)^" + url + " +sole ")
                .containsPattern("(?m)^http://127.0.0.1:1 +no answer")
                .containsPattern("(?m)^bank +11 +1000000 +11 +1 +[0-9.]+ m?s +" + holder + " +- +issues$")
                .contains("NOTE: http://127.0.0.1:1 does not answer");
        JsonNode json =
                CommandRun.in(directory, "timestamp", "status", "--json").json();
        assertThat(json.get("leader").asText()).isEqualTo(url);
        assertThat(json.get("servers")).hasSize(2);
        assertThat(json.get("servers").get(1).get("failure").asText()).contains("does not answer");
        assertThat(json.at("/servers/0/status/namespaces/0/oldestLease/id").asText())
                .isEqualTo(holder.toString());
        assertThat(json.at("/findings/0/severity").asText()).isEqualTo("note");
        assertThat(json.at("/findings/0/code").asText()).isEqualTo("ORACLE_UNAVAILABLE");
    }

    @Test
    void status_twoServersWithStoresOfTheirOwn_isASplit() throws IOException {
        useServers(serve("a"), serve("b"));

        CommandRun run = status();

        assertThat(run.exitCode()).isEqualTo(25);
        assertThat(run.out()).contains("PROBLEM: 2 servers say that they lead", "oracle-split");
    }

    @Test
    void status_leaderChangesWhileServersAreAsked_isAskedAgain() throws IOException {
        HttpServer first = answering("leading", "following");
        HttpServer second = answering("leading", "leading");
        try {
            useServers(address(first), address(second));

            CommandRun run = status();

            assertThat(run.exitCode()).as(run.out()).isZero();
            assertThat(run.out()).doesNotContain("PROBLEM");
        } finally {
            first.stop(0);
            second.stop(0);
        }
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A server that gives these answers one after the other. */
    private static HttpServer answering(String... states) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger asked = new AtomicInteger();
        server.createContext("/tidemark/v1/status", exchange -> {
            String state = states[asked.getAndIncrement()];
            String body = "{\"server\": {\"id\": \"" + server.getAddress().getPort() + "\", \"address\": \"\"},"
                    + "\"leadership\": {\"state\": \"" + state + "\", \"leading\": " + state.equals("leading")
                    + ", \"epoch\": 7, \"leaseMillis\": 2000, \"leaseLeftMillis\": 5},"
                    + "\"store\": {\"type\": \"x\", \"description\": \"y\"}, \"fromALaterVersion\": 1}";
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void status_everyServerIsDown_isAProblem() throws IOException {
        useServers("http://127.0.0.1:1");

        CommandRun run = status();

        assertThat(run.exitCode()).isEqualTo(20);
        assertThat(run.out()).contains("PROBLEM: none of 1 servers has answered");
    }

    private CommandRun status() {
        return CommandRun.in(directory, "timestamp", "status");
    }

    private String serve(String name) {
        TimestampServer server = TimestampServer.start(TimestampServer.embedded(
                TimestampServiceSettings.of(directory.resolve(name)).withNamespaces("bank"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        servers.add(server);
        return server.endpoint().toString();
    }

    private void useServers(String... urls) throws IOException {
        Path file = directory.resolve("tidemark.yml");
        String text = Files.readString(file);
        String http = "oracle:\n  type: http\n  urls: [" + String.join(", ", urls) + "]\n";
        String changed = text.replaceFirst("(?m)^oracle:\n(?:  .*\n)+", http);
        assertThat(changed).isNotEqualTo(text);
        Files.writeString(file, changed);
    }

    private TimestampOracles oracles(String name) {
        return new TimestampOracles(
                FileBoundStore.open(directory.resolve(name)), OracleSettings.defaults(), MonotonicClock.system());
    }
}
