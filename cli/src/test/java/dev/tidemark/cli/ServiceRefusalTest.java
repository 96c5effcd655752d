package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every path of the service refuses, as its OpenAPI document names the paths. */
@Timeout(300)
class ServiceRefusalTest {
    private static final Random RANDOM = new Random(31);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String OPEN_API = "/api/v1/openapi.json";
    private static final long HUNDRED_MEGABYTES = 100L << 20;
    private static final int CLIENTS = 1000;
    private static final Map<Role, NewToken> TOKENS = new EnumMap<>(Role.class);
    private static final NewToken STRANGER =
            NewToken.create("stranger", Role.ADMIN, List.of("elsewhere"), null, RANDOM);

    /** What each parameter is when nothing is wrong with it. */
    private static final Map<String, String> GOOD = Map.of(
            "namespace", "bank",
            "backup", "latest",
            "order", "202611-" + "0".repeat(32),
            "hold", "0".repeat(32),
            "schedule", "nightly",
            "approval", "none");

    @TempDir
    private static Path directory;

    private static ServiceSite service;
    private static List<OpenApiOperation> operations;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        CommandRun.configure(directory);
        Installation bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        bank.succeed("backup bank");
        for (Role role : Role.values()) {
            TOKENS.put(role, NewToken.create("a-" + role.word(), role, null, null, RANDOM));
        }
        service = new ServiceSite(
                bank,
                Decoration.NONE,
                Stream.concat(TOKENS.values().stream(), Stream.of(STRANGER)).toList());
        operations = OpenApiOperation.all(service.get(OPEN_API));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void document_ofTheService_namesPaths() {
        assertThat(operations).hasSizeGreaterThan(40);
    }

    @Test
    void everyPath_withoutAToken_isClosed() throws Exception {
        for (OpenApiOperation operation : operations) {
            HttpResponse<String> response = send(operation, operation.at(GOOD), null, null);

            if (operation.isOpen()) {
                assertThat(response.statusCode()).as(operation.toString()).isEqualTo(200);
            } else {
                assertProblem(operation, response, 401);
            }
        }
    }

    @Test
    void everyPath_forARoleThatIsTooLow_isClosed() throws Exception {
        for (OpenApiOperation operation : operations) {
            for (Role role : Role.values()) {
                if (!operation.isOpen() && !role.includes(Role.parse(operation.role()))) {
                    assertProblem(
                            operation,
                            send(operation, operation.at(GOOD), TOKENS.get(role).token(), null),
                            403);
                }
            }
        }
    }

    @Test
    void everyPath_forACallerOfAnotherNamespace_isClosed() throws Exception {
        for (OpenApiOperation operation : operations) {
            if (operation.hasParameter("namespace")) {
                assertProblem(operation, send(operation, operation.at(GOOD), STRANGER.token(), null), 403);
            }
        }
    }

    /** Paths that are about all namespaces show each caller its own. */
    @Test
    void paths_aboutAllNamespaces_showACallerOfOthersNothing() throws Exception {
        int shown = 0;
        for (OpenApiOperation operation : operations) {
            if (!operation.isOpen()
                    && operation.method().equals("GET")
                    && !operation.path().contains("{")) {
                HttpResponse<String> response = send(operation, operation.path(), STRANGER.token(), null);

                assertThat(response.statusCode()).as(operation.toString()).isEqualTo(200);
                assertThat(response.body()).as(operation.toString()).doesNotContain("bank");
                shown++;
            }
        }
        assertThat(shown).isGreaterThanOrEqualTo(3);
        assertThat(service.get("/api/v1/status").toString()).contains("bank");
    }

    @Test
    void everyBody_thatIsMalformed_isRefused() throws Exception {
        for (OpenApiOperation operation : operations) {
            if (operation.hasBody()) {
                for (String body : List.of("{", "[]", "\"x\"", "{\"noSuchField\":1}", "{}{}", "{\"a\":1,\"a\":1}")) {
                    assertProblem(operation, send(operation, operation.at(GOOD), admin(), body), 400);
                }
            }
        }
    }

    @Test
    void everyBody_ofAnotherType_isRefused() throws Exception {
        for (OpenApiOperation operation : operations) {
            if (operation.hasBody()) {
                HttpRequest request = request(operation, operation.at(GOOD), admin())
                        .method(operation.method(), BodyPublishers.ofString("a=b"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .build();

                assertProblem(operation, http.send(request, BodyHandlers.ofString()), 415);
            }
        }
    }

    @Test
    void everyPath_withAnUnknownId_saysSo() throws Exception {
        for (OpenApiOperation operation : operations) {
            if (operation.hasParameter("namespace")) {
                String path = operation.path().replace("{namespace}", "nowhere");
                String rest = new OpenApiOperation(operation.method(), path, operation.document()).at(GOOD);
                assertProblem(operation, send(operation, rest, admin(), validBody(operation)), 404);
            }
            for (String parameter : List.of("order", "hold", "schedule", "approval")) {
                if (operation.hasParameter(parameter)) {
                    assertProblem(operation, send(operation, operation.at(GOOD), admin(), null), 404);
                }
            }
            if (operation.hasParameter("backup")) {
                String path = operation.path().replace("{backup}", "no-such-backup");
                String rest = new OpenApiOperation(operation.method(), path, operation.document()).at(GOOD);
                assertProblem(operation, send(operation, rest, admin(), validBody(operation)), 404);
            }
        }
    }

    /** Good answers and refusals alike have the statuses, the types and the fields that the document says, and no others. */
    @Test
    void everyAnswer_toARead_isAsTheDocumentSays() throws Exception {
        JsonNode document = service.get(OPEN_API);
        int good = 0;
        for (OpenApiOperation operation : operations) {
            if (!operation.method().equals("GET") || operation.path().endsWith("/events")) {
                continue;
            }
            HttpResponse<String> response = send(operation, operation.at(GOOD), admin(), null);

            String status = Integer.toString(response.statusCode());
            JsonNode described = operation.document().get("responses").path(status);
            JsonNode resolved = described.has("$ref")
                    ? document.at(described.get("$ref").asText().substring(1))
                    : described;
            String type = response.headers().firstValue("Content-Type").orElse("");
            JsonNode content = resolved.path("content").path(type);
            assertThat(content.isMissingNode())
                    .as(operation + ": " + status + " " + type)
                    .isFalse();
            if (type.endsWith("json")) {
                JsonNode body = MAPPER.readTree(response.body());
                SchemaCheck.check(document, content.get("schema"), body, operation.toString());
            }
            good += response.statusCode() == 200 ? 1 : 0;
        }
        assertThat(good).isGreaterThan(14);
        assertServes();
    }

    /** Whoever is limited to another namespace gets nowhere, however the path is written; and nothing of it is a failure. */
    @Test
    void everyPath_writtenInATrickyWay_letsNobodyIn() throws Exception {
        RawHttp raw = new RawHttp(service.uri(""));
        for (OpenApiOperation operation : operations) {
            if (!operation.hasParameter("namespace")) {
                continue;
            }
            for (String trick : List.of(
                    "elsewhere%2f..%2fbank",
                    "elsewhere/../bank",
                    "%2e%2e/namespaces/bank",
                    "elsewhere/%2e%2e/bank",
                    "/bank",
                    "bank;a=b",
                    "elsewhere;/../bank",
                    "bank%00",
                    "ban%6b",
                    "BANK",
                    "bank%20",
                    "%c0%ae%c0%ae/bank",
                    "..\\bank")) {
                String path = operation.path().replace("{namespace}", trick);
                String target = new OpenApiOperation(operation.method(), path, operation.document()).at(GOOD);

                int status = raw.status(operation.method(), target, STRANGER.token());

                assertThat(status).as("%s %s", operation.method(), target).isBetween(400, 415);
            }
        }
        assertServes();
    }

    @Test
    void everyChange_withABodyOfHundredMegabytes_isRefusedAfterSomeOfIt() throws Exception {
        RawHttp raw = new RawHttp(service.uri(""));
        for (OpenApiOperation operation : operations) {
            if (!operation.method().equals("GET")) {
                RawHttp.Answer answer =
                        raw.send(operation.method(), operation.at(GOOD), admin(), HUNDRED_MEGABYTES, HUNDRED_MEGABYTES);

                assertThat(answer.status()).as(operation.toString()).isEqualTo(413);
                assertThat(answer.sent()).as(operation.toString()).isLessThan(HUNDRED_MEGABYTES / 2);
            }
        }
        assertServes();
    }

    @Test
    void thousandClients_atOnce_areAllAnswered() throws Exception {
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String path = i % 2 == 0 ? "/api/v1/namespaces/bank/backups" : OPEN_API;
            HttpRequest request = HttpRequest.newBuilder(service.uri(path))
                    .version(HttpClient.Version.HTTP_1_1)
                    .timeout(Duration.ofMinutes(2))
                    .header("Authorization", "Bearer " + admin())
                    .build();
            answers.add(http.sendAsync(request, BodyHandlers.discarding()).thenApply(HttpResponse::statusCode));
        }

        for (CompletableFuture<Integer> answer : answers) {
            assertThat(answer.get(150, TimeUnit.SECONDS)).isIn(200, 429, 503);
        }
        assertServes();
    }

    private static void assertServes() {
        assertThat(service.get("/api/v1/namespaces/bank").get("backups").asInt())
                .isEqualTo(1);
    }

    /** Returns a body that is in order where one is needed. */
    private static String validBody(OpenApiOperation operation) {
        return switch (operation.document().get("operationId").asText()) {
            case "orderRewind", "planRewind" -> "{\"to\":\"1\"}";
            case "holdPlace" -> "{\"backup\":\"latest\",\"reason\":\"audit\"}";
            case "annotationReplace" -> "{\"annotations\":{}}";
            default -> operation.hasBody() ? "{}" : null;
        };
    }

    private static String admin() {
        return TOKENS.get(Role.ADMIN).token();
    }

    private HttpResponse<String> send(OpenApiOperation operation, String path, String token, String bodyOrNull)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(operation, path, token)
                .method(
                        operation.method(),
                        bodyOrNull == null ? BodyPublishers.noBody() : BodyPublishers.ofString(bodyOrNull));
        if (bodyOrNull != null) {
            request.header("Content-Type", "application/json");
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(OpenApiOperation operation, String path, String tokenOrNull) {
        assertThat(path).as(operation.toString()).doesNotContain("{");
        HttpRequest.Builder request = HttpRequest.newBuilder(service.uri(path)).timeout(Duration.ofMinutes(1));
        return tokenOrNull == null ? request : request.header("Authorization", "Bearer " + tokenOrNull);
    }

    private static void assertProblem(OpenApiOperation operation, HttpResponse<String> response, int status)
            throws IOException {
        assertThat(response.statusCode()).as(operation + ": " + response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse(""))
                .as(operation.toString())
                .startsWith("application/problem+json");
        JsonNode problem = MAPPER.readTree(response.body());
        assertThat(problem.get("code").asText()).as(operation.toString()).isNotEmpty();
        assertThat(problem.get("detail").asText()).as(operation.toString()).isNotEmpty();
        assertThat(problem.get("hint").asText()).as(operation.toString()).isNotEmpty();
        assertThat(problem.has("retryable")).as(operation.toString()).isTrue();
    }
}
