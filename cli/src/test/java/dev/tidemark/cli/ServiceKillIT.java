package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import dev.tidemark.kvs.cassandra.server.cluster.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of the service, of which the leading one is killed in the middle of an operation: the other one finishes it. */
@Timeout(300)
class ServiceKillIT {
    private static final String BANK = "/api/v1/namespaces/bank";
    private static final NewToken ANN = NewToken.create("ann", Role.ADMIN, null, null, new SecureRandom());
    private static final Fault NEVER = after("nowhere", "Nothing.at");

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private Installation bank;
    private URI leader;
    private URI standby;

    @BeforeEach
    void prepare() throws IOException {
        CommandRun.configure(directory);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        Files.copy(directory.resolve("tidemark.yml"), directory.resolve("plain.yml"));
        leader = configure("tidemark.yml");
        standby = configure("standby.yml");
    }

    private URI configure(String file) throws IOException {
        Path configuration = directory.resolve(file);
        if (!Files.exists(configuration)) {
            Files.copy(directory.resolve("plain.yml"), configuration);
        }
        int port = FreePorts.next("127.0.0.1");
        Files.writeString(
                configuration,
                """
                operations: {lockLease: PT2S}
                service: {leaderLease: PT2S, address: "http://127.0.0.1:%2$d"}
                access:
                  tokens: [{name: ann, role: admin, sha256: %1$s}]
                server:
                  applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: %2$d}]
                  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: %3$d}]
                  requestLog: {appenders: []}
                logging:
                  appenders: [{type: console, target: stderr}]
                """
                        .formatted(ANN.entry().sha256(), port, FreePorts.next("127.0.0.1")),
                StandardOpenOption.APPEND);
        return URI.create("http://127.0.0.1:" + port);
    }

    @Test
    void backup_leaderIsKilledWhileItCopies_theOtherInstanceFinishesIt() throws Exception {
        JsonNode order = takenOver(after("copy", "ObjectStore.create packs"), "backup");

        assertThat(order.get("state").asText()).as(order.toString()).isEqualTo("SUCCEEDED");
        assertThat(order.get("report").get("isResumed").asBoolean()).isTrue();
        assertThat(bank.succeed("backups bank").get("backups")).hasSize(1);
        assertThat(bank.succeed("verify bank --level 2").get("damaged").asInt()).isZero();
    }

    @Test
    void restore_leaderIsKilledWhileItLoads_theOtherInstanceFinishesIt() throws Exception {
        bank.succeed("backup bank");
        bank.loseStore();

        JsonNode order = takenOver(after("load", "StoreNode.load"), "restore");

        assertThat(order.get("state").asText()).as(order.toString()).isEqualTo("SUCCEEDED");
        assertThat(order.get("operationId").asText()).startsWith("restore-");
        assertThat(bank.resolve("store")).isDirectory();
        assertThat(bank.succeed("operations bank").get("operations")).hasSize(2);
    }

    /** Orders something of the leader, kills it where its fault is, and returns what the other instance says in the end. */
    private JsonNode takenOver(Fault fault, String type) throws Exception {
        try (TidemarkProcess first = serve(leader, fault, "tidemark.yml");
                TidemarkProcess second = serve(standby, NEVER, "standby.yml")) {
            assertThat(send("GET", standby, "/api/v1/instance/leads").statusCode())
                    .isEqualTo(503);
            HttpResponse<String> refused = send("POST", standby, BANK + "/orders/" + type);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(ServiceSite.json(refused).get("code").asText()).isEqualTo("NOT_LEADER");
            assertThat(ServiceSite.json(refused).get("leader").asText()).isEqualTo(leader.toString());
            String location = order(type);
            awaitFault(first);
            first.kill();

            awaitAnswer(standby, location);
            JsonNode order = ServiceSite.json(send("GET", standby, location));
            while (order.get("endedAt").isNull()) {
                order = ServiceSite.json(send(
                        "GET",
                        standby,
                        location + "?waitMillis=5000&afterRevision="
                                + order.get("revision").asLong()));
            }
            second.kill();
            return order;
        }
    }

    private static Fault after(String step, String call) {
        return new Fault(Fault.Kind.PAUSE_AFTER, step, call);
    }

    /** What the server says while it starts is passed over. */
    private static void awaitFault(TidemarkProcess process) throws IOException {
        boolean isReached = false;
        while (!isReached) {
            isReached = process.isFaultReachedBeforeTheEnd();
        }
    }

    private TidemarkProcess serve(URI endpoint, Fault fault, String configuration) throws IOException {
        TidemarkProcess process = TidemarkProcess.start(
                directory,
                fault,
                "server",
                "--config",
                directory.resolve(configuration).toString());
        awaitAnswer(endpoint, BANK);
        return process;
    }

    private void awaitAnswer(URI endpoint, String path) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> send("GET", endpoint, path).statusCode() == 200);
    }

    private String order(String type) throws IOException, InterruptedException {
        HttpResponse<String> accepted = send("POST", leader, BANK + "/orders/" + type);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return URI.create(accepted.headers().firstValue("Location").orElseThrow())
                .getPath();
    }

    private HttpResponse<String> send(String method, URI endpoint, String path)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(endpoint.resolve(path))
                        .method(method, BodyPublishers.noBody())
                        .header("Authorization", "Bearer " + ANN.token())
                        .build(),
                BodyHandlers.ofString());
    }
}
