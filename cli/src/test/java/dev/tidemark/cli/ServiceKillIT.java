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

/** A service that is killed in the middle of an operation: the next one finishes it, and the order with it. */
@Timeout(300)
class ServiceKillIT {
    private static final String BANK = "/api/v1/namespaces/bank";
    private static final NewToken ANN = NewToken.create("ann", Role.ADMIN, null, null, new SecureRandom());
    private static final Fault NEVER = after("nowhere", "Nothing.at");

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private Installation bank;
    private URI endpoint;

    @BeforeEach
    void prepare() throws IOException {
        CommandRun.configure(directory);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        int port = FreePorts.next("127.0.0.1");
        endpoint = URI.create("http://127.0.0.1:" + port);
        Files.writeString(
                directory.resolve("tidemark.yml"),
                """
                operations: {lockLease: PT2S}
                access:
                  tokens: [{name: ann, role: admin, sha256: %s}]
                server:
                  applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: %d}]
                  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: %d}]
                  requestLog: {appenders: []}
                logging:
                  appenders: [{type: console, target: stderr}]
                """
                        .formatted(ANN.entry().sha256(), port, FreePorts.next("127.0.0.1")),
                StandardOpenOption.APPEND);
    }

    @Test
    void backup_serviceIsKilledWhileItCopies_theNextOneFinishesIt() throws Exception {
        String location;
        try (TidemarkProcess first = serve(after("copy", "ObjectStore.create packs"))) {
            location = order("backup");
            awaitFault(first);
            first.kill();
        }

        JsonNode order = finish(location);

        assertThat(order.get("state").asText()).as(order.toString()).isEqualTo("SUCCEEDED");
        assertThat(order.get("report").get("isResumed").asBoolean()).isTrue();
        assertThat(bank.succeed("backups bank").get("backups")).hasSize(1);
        assertThat(bank.succeed("verify bank --level 2").get("damaged").asInt()).isZero();
    }

    @Test
    void restore_serviceIsKilledWhileItLoads_theNextOneFinishesIt() throws Exception {
        bank.succeed("backup bank");
        bank.loseStore();
        String location;
        try (TidemarkProcess first = serve(after("load", "StoreNode.load"))) {
            location = order("restore");
            awaitFault(first);
            first.kill();
        }

        JsonNode order = finish(location);

        assertThat(order.get("state").asText()).as(order.toString()).isEqualTo("SUCCEEDED");
        assertThat(order.get("operationId").asText()).startsWith("restore-");
        assertThat(bank.resolve("store")).isDirectory();
        assertThat(bank.succeed("operations bank").get("operations")).hasSize(2);
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

    private TidemarkProcess serve(Fault fault) throws IOException {
        TidemarkProcess process = TidemarkProcess.start(directory, fault, "server");
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> send("GET", BANK).statusCode() == 200);
        return process;
    }

    private String order(String type) throws IOException, InterruptedException {
        HttpResponse<String> accepted = send("POST", BANK + "/orders/" + type);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return URI.create(accepted.headers().firstValue("Location").orElseThrow())
                .getPath();
    }

    private JsonNode finish(String location) throws Exception {
        try (TidemarkProcess second = serve(NEVER)) {
            JsonNode order = ServiceSite.json(send("GET", location));
            while (order.get("endedAt").isNull()) {
                order = ServiceSite.json(send(
                        "GET",
                        location + "?waitMillis=5000&afterRevision="
                                + order.get("revision").asLong()));
            }
            second.kill();
            return order;
        }
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(endpoint.resolve(path))
                        .method(method, BodyPublishers.noBody())
                        .header("Authorization", "Bearer " + ANN.token())
                        .build(),
                BodyHandlers.ofString());
    }
}
