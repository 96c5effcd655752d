package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log of a service as JSON, in a process of its own: configuring it changes the log of the whole process. */
@Timeout(200)
class ServiceLogIT {
    private static final NewToken ANN = NewToken.create("ann", Role.ADMIN, null, null, new SecureRandom());
    private static final Fault NEVER = new Fault(Fault.Kind.PAUSE_AFTER, "nowhere", "Nothing.at");

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private URI endpoint;

    @Test
    void log_asJson_namesOrderAndOperationInEveryLineAboutThem() throws Exception {
        CommandRun.configure(directory);
        Installation bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        int port = FreePorts.next("127.0.0.1");
        endpoint = URI.create("http://127.0.0.1:" + port);
        Path log = directory.resolve("service.log");
        Files.writeString(
                directory.resolve("tidemark.yml"),
                """
                access:
                  tokens: [{name: ann, role: admin, sha256: %s}]
                server:
                  applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: %d}]
                  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: %d}]
                  requestLog: {appenders: []}
                logging:
                  appenders:
                    - type: file
                      currentLogFilename: %s
                      archive: false
                      layout: {type: json, flattenMdc: true}
                """
                        .formatted(ANN.entry().sha256(), port, FreePorts.next("127.0.0.1"), log),
                StandardOpenOption.APPEND);

        JsonNode first;
        JsonNode second;
        try (TidemarkProcess service = TidemarkProcess.start(directory, NEVER, "server")) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> send("GET", "/api/v1/namespaces/bank").statusCode() == 200);
            first = backup();
            second = backup();
            service.kill();
        }

        List<JsonNode> lines = lines(log);
        for (JsonNode order : List.of(first, second)) {
            String operation = order.get("operationId").asText();
            List<JsonNode> about = lines.stream()
                    .filter(line -> line.get("message").asText().contains(operation)
                            || line.get("message")
                                    .asText()
                                    .contains(order.get("id").asText()))
                    .toList();
            assertThat(about).hasSizeGreaterThanOrEqualTo(2).allSatisfy(line -> {
                assertThat(line.get("namespace").asText()).isEqualTo("bank");
                assertThat(line.get("order").asText()).isEqualTo(order.get("id").asText());
                assertThat(line.get("operation").asText()).isEqualTo(operation);
                assertThat(line.get("level").asText()).isEqualTo("INFO");
                assertThat(line.get("timestamp")).isNotNull();
            });
        }
    }

    private JsonNode backup() throws IOException, InterruptedException {
        HttpResponse<String> accepted = send("POST", "/api/v1/namespaces/bank/orders/backup");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String path = URI.create(accepted.headers().firstValue("Location").orElseThrow())
                .getPath();
        JsonNode order = ServiceSite.json(send("GET", path));
        while (order.get("endedAt").isNull()) {
            order = ServiceSite.json(send(
                    "GET",
                    path + "?waitMillis=5000&afterRevision="
                            + order.get("revision").asLong()));
        }
        assertThat(order.get("state").asText()).as(order.toString()).isEqualTo("SUCCEEDED");
        return order;
    }

    /** The file is written by a thread of its own, which may not have come to the end of the last line. */
    private static List<JsonNode> lines(Path log) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readString(log).split("\n", -1)) {
            if (line.endsWith("}")) {
                lines.add(new ObjectMapper().readTree(line));
            }
        }
        return lines;
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
