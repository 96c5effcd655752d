package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.coordinator.config.Decoration;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that knows an address, a token and names of operations and fields; everything else it reads in the OpenAPI document. */
@Timeout(180)
class ScriptedClientTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private Installation bank;
    private ServiceSite service;
    private JsonNode document;

    @BeforeEach
    void start() throws Exception {
        CommandRun.configure(directory);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        service = new ServiceSite(bank, Decoration.NONE);
        HttpRequest request =
                HttpRequest.newBuilder(service.uri("/api/v1/openapi.json")).build();
        document = MAPPER.readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void client_thatHasTheDocumentAlone_takesABackupAndRestoresIt() throws Exception {
        Map<String, String> bankOnly = Map.of("namespace", "bank");

        JsonNode backup = finish(call("orderBackup", bankOnly, Map.of("labels", Map.of("by", "script"))));
        String id = backup.get("operationId").asText();
        JsonNode list = call("namespaceBackups", bankOnly, null);
        assertThat(list.at("/backups/0/backup").asText()).isEqualTo(id);

        bank.loseStore();
        JsonNode plan = call("planRestore", bankOnly, Map.of("backup", id));
        assertThat(plan.get("backupId").asText()).isEqualTo(id);
        JsonNode restore = finish(call("orderRestore", bankOnly, Map.of("backup", id)));

        assertThat(restore.at("/report/backupId").asText()).isEqualTo(id);
        assertThat(bank.resolve("store")).isDirectory();
    }

    /** The same with the shell, as docs/examples has it. */
    @Test
    void script_ofTheExamples_takesABackupAndRestoresIt() throws Exception {
        Path script = Path.of("../docs/examples/backup-and-restore.sh").toAbsolutePath();
        assertThat(hasCurl()).as("this test needs curl").isTrue();
        Path store = bank.resolve("store");
        Path token = Files.writeString(directory.resolve("token"), service.token() + "\n");

        String output = run(List.of("sh", script.toString(), "backup"), token);
        Files.move(store, directory.resolve("lost"));
        output += run(List.of("sh", script.toString(), "restore"), token);

        assertThat(output).contains("backup: SUCCEEDED").contains("restore: SUCCEEDED");
        assertThat(store).isDirectory();
        assertThat(output).doesNotContain(service.token());
    }

    private String run(List<String> command, Path token) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("TIDEMARK_SERVER", service.uri("").toString());
        builder.environment().put("TIDEMARK_TOKEN_FILE", token.toString());
        builder.environment().put("NAMESPACE", "bank");
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    private static boolean hasCurl() throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v curl >/dev/null")
                        .start()
                        .waitFor()
                == 0;
    }

    /** Asks for the order until its schema says that it has ended. */
    private JsonNode finish(JsonNode accepted) throws Exception {
        JsonNode order = accepted;
        while (order.get("endedAt").isNull()) {
            order = call(
                    "orderFind",
                    Map.of(
                            "namespace", order.get("namespace").asText(),
                            "order", order.get("id").asText(),
                            "waitMillis", "20000",
                            "afterRevision", order.get("revision").asText()),
                    null);
        }
        assertThat(order.get("state").asText()).as(order.toString()).isEqualTo("SUCCEEDED");
        return order;
    }

    /** Sends what the document says of an operation, and checks the answer against it. */
    private JsonNode call(String operationId, Map<String, String> values, Map<String, Object> bodyOrNull)
            throws IOException, InterruptedException {
        OpenApiOperation operation = OpenApiOperation.all(document).stream()
                .filter(candidate ->
                        candidate.document().get("operationId").asText().equals(operationId))
                .findFirst()
                .orElseThrow();
        StringBuilder query = new StringBuilder();
        for (JsonNode parameter : operation.document().path("parameters")) {
            String value = values.get(parameter.get("name").asText());
            if (parameter.get("required").asBoolean()) {
                assertThat(value).isNotNull();
            }
            if (value != null && parameter.get("in").asText().equals("query")) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(parameter.get("name").asText())
                        .append('=')
                        .append(value);
            }
        }
        URI uri = service.uri(operation.at(values) + query);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + service.token());
        if (bodyOrNull == null) {
            request.method(operation.method(), BodyPublishers.noBody());
        } else {
            ObjectNode body = MAPPER.valueToTree(bodyOrNull);
            SchemaCheck.check(
                    document, operation.document().at("/requestBody/content/application~1json/schema"), body, "body");
            request.header("Content-Type", "application/json")
                    .method(operation.method(), BodyPublishers.ofString(body.toString()));
        }
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        JsonNode described = operation.document().get("responses").path(Integer.toString(response.statusCode()));
        assertThat(response.statusCode()).as(response.body()).isLessThan(300);
        assertThat(described.isMissingNode())
                .as("%s of %s", response.statusCode(), operationId)
                .isFalse();
        JsonNode answer = MAPPER.readTree(response.body());
        SchemaCheck.check(document, described.at("/content/application~1json/schema"), answer, operationId);
        return answer;
    }
}
