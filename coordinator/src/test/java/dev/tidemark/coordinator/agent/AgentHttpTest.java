package dev.tidemark.coordinator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.service.AgentServer;
import dev.tidemark.coordinator.engine.SyntheticStore;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent answers to requests that its client never sends, and the form of its answers. */
class AgentHttpTest {
    private static final String JSON = "application/json";

    @TempDir
    private static Path directory;

    private static final StoreNode NODE =
            new SyntheticStore(3, 10).targetNodes().get(0);
    private static TestAgents agents;
    private static AgentServer agent;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        agents = new TestAgents(directory);
        agent = agents.start(agents.configuration(), NODE);
        http = HttpClient.newHttpClient();
        NODE.snapshot(new SnapshotTag("taken"));
    }

    @AfterAll
    static void stop() {
        agents.close();
    }

    @Test
    void status_always_saysWhoseItIs() throws Exception {
        HttpResponse<String> response = send("GET", "/v1/status", "", "");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue(AgentProtocol.AGENT_HEADER)).contains("1");
        JsonNode status = new ObjectMapper().readTree(response.body());
        assertThat(status.path("protocol").intValue()).isEqualTo(1);
        assertThat(status.path("node").textValue()).isEqualTo("node-0");
        assertThat(status.path("storeType").textValue()).isEqualTo("test");
        assertThat(status.path("isPaused").isBoolean()).isTrue();
        assertThat(status.path("tasks").path("running").isInt()).isTrue();
    }

    @Test
    void task_begunWithAWait_hasEndedInTheAnswer() throws Exception {
        HttpResponse<String> response =
                send("POST", "/v1/tasks/m-1?waitMillis=60000", JSON, "{\"kind\":\"measure\",\"tag\":\"taken\"}");

        assertThat(response.statusCode()).isEqualTo(202);
        JsonNode task = new ObjectMapper().readTree(response.body());
        assertThat(task.path("state").textValue()).isEqualTo("succeeded");
        assertThat(task.path("progress").path("totalFiles").intValue()).isEqualTo(3);
        assertThat(send("GET", "/v1/tasks/m-1", "", "").body()).isEqualTo(response.body());
        assertThat(send("POST", "/v1/tasks/m-1", JSON, "{\"kind\":\"cleanup\"}").statusCode())
                .isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"measure\"",
                "{}",
                "{\"kind\":\"measure\"}",
                "{\"kind\":\"measure\",\"tag\":null}",
                "{\"kind\":\"measure\",\"tag\":7}",
                "{\"kind\":\"measure\",\"tag\":\"../taken\"}",
                "{\"kind\":\"measure\",\"tag\":\"taken\",\"more\":1}",
                "{\"kind\":\"measure\",\"tag\":\"taken\"} {}",
                "{\"kind\":\"remove-everything\"}",
                "{\"kind\":\"java.lang.Runtime\"}",
                "{\"kind\":\"change\",\"change\":\"load\",\"restore\":{\"id\":\"../r\",\"epoch\":1},\"safetyCopy\":\"\"}",
                "{\"kind\":\"change\",\"change\":\"load\",\"restore\":{\"id\":\"r\",\"epoch\":0},\"safetyCopy\":\"\"}",
                "{\"kind\":\"change\",\"change\":\"load\",\"restore\":{\"id\":\"r\",\"epoch\":\"1\"},\"safetyCopy\":\"\"}",
                "{\"kind\":\"change\",\"change\":\"unload\",\"restore\":{\"id\":\"r\",\"epoch\":1},\"safetyCopy\":\"\"}",
                "{\"kind\":\"change\",\"change\":\"load\",\"restore\":{\"id\":\"r\",\"epoch\":1}}",
                "{\"kind\":\"copy\",\"operation\":null,\"tag\":\"taken\",\"from\":null,\"previous\":null}",
                "{\"kind\":\"repair\",\"tables\":[\"a b\"]}",
                "{\"kind\":\"snapshot\",\"operation\":{\"epoch\":0},\"tag\":\"taken\"}",
            })
    void task_bodyThatIsNotUnderstoodInFull_isRefusedAndNothingBegins(String body) throws Exception {
        HttpResponse<String> response = send("POST", "/v1/tasks/refused", JSON, body);

        assertRefused(response, 400, "INVALID_INPUT");
        assertThat(send("GET", "/v1/tasks/refused", "", "").statusCode()).isEqualTo(404);
    }

    @Test
    void abort_moreEntriesThanAllowed_isRefused() throws Exception {
        StringBuilder entries = new StringBuilder("{\"start\":1,\"state\":\"committed\",\"commit\":2}");
        for (int i = 0; i < 10_000; i++) {
            entries.append(",{\"start\":1,\"state\":\"committed\",\"commit\":2}");
        }

        HttpResponse<String> response = send(
                "POST",
                "/v1/abort",
                JSON,
                "{\"restore\":{\"id\":\"r\",\"epoch\":1},\"schemas\":{\"1\":3},\"entries\":[" + entries + "]}");

        assertRefused(response, 400, "INVALID_INPUT");
        assertThat(response.body()).contains("10001");
    }

    @Test
    void abort_nodeThatIsNotOfCassandra_isRefused() throws Exception {
        HttpResponse<String> response = send(
                "POST",
                "/v1/abort",
                JSON,
                "{\"restore\":{\"id\":\"r\",\"epoch\":1},\"schemas\":{\"1\":3},\"entries\":[]}");

        assertRefused(response, 400, "STORE_UNSUPPORTED");
    }

    @Test
    void anyBody_longerThanTheLimit_isRefused() throws Exception {
        String body = " ".repeat(AgentProtocol.MAX_JSON_BYTES + 1);

        assertRefused(send("POST", "/v1/tasks/long", JSON, body), 413, "INVALID_INPUT");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/tasks/no-such-task, 404, UNKNOWN_OPERATION",
        "DELETE, /v1/tasks/no-such-task, 404, UNKNOWN_OPERATION",
        "GET, /v1/tasks/m?waitMillis=soon, 400, INVALID_INPUT",
        "GET, /v1/snapshots/no-such-tag%20/files, 400, INVALID_INPUT",
        "GET, /v1/snapshots/-tag/files, 400, INVALID_INPUT",
        "GET, /v1/restores/r/empty, 400, INVALID_INPUT",
        "GET, /v1/restores/r/empty?epoch=0, 400, INVALID_INPUT",
        "GET, /v1/restores/r/empty?epoch=1e3, 400, INVALID_INPUT",
        "GET, /v1/restores/-r/empty?epoch=1, 400, INVALID_INPUT",
        "PUT, /v1/restores/-r/staging?epoch=1, 400, INVALID_INPUT",
        "POST, /v1/uploads/no-such-file/commit, 503, STORE_UNAVAILABLE"
    })
    void request_thatCanNotBeAnswered_saysWhy(String method, String path, int status, String code) throws Exception {
        assertRefused(send(method, path, "", ""), status, code);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, '', 404",
        "GET, /v2/status, '', 404",
        "GET, /v1/tasks/a/b, '', 404",
        "POST, /v1/status, '', 405",
        "POST, /v1/tasks/m, text/plain, 415"
    })
    void request_forNoPath_isAnsweredByAnAgentWithoutATrace(String method, String path, String type, int status)
            throws Exception {
        HttpResponse<String> response = send(method, path, type, type.isEmpty() ? "" : "{}");

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue(AgentProtocol.AGENT_HEADER)).contains("1");
        assertThat(response.body()).doesNotContain("Exception:").doesNotContain("\tat ");
    }

    @Test
    void delete_unknownUpload_doesNothing() throws Exception {
        assertThat(send("DELETE", "/v1/uploads/no-such-file", "", "").statusCode())
                .isEqualTo(204);
    }

    private static void assertRefused(HttpResponse<String> response, int status, String code) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode parameters = new ObjectMapper().readTree(response.body()).path("parameters");
        assertThat(parameters.path("code").textValue()).isEqualTo(code);
        assertThat(parameters.path("message").textValue()).isNotEmpty().doesNotEndWith(".");
        assertThat(parameters.path("hint").textValue()).endsWith(".");
        assertThat(response.body()).doesNotContain("dev.tidemark").doesNotContain("\\tat ");
    }

    private static HttpResponse<String> send(String method, String path, String contentType, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(agent.endpoint() + path))
                .method(method, contentType.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
