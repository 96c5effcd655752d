package dev.tidemark.coordinator.service.problem;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.service.TestService;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import dev.tidemark.coordinator.service.access.limit.RateLimitConfiguration;
import dev.tidemark.kvs.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What the service answers when something is wrong. */
class ProblemHttpTest {
    private static TestService service;

    @BeforeAll
    static void start() throws Exception {
        NewToken token = NewToken.create("anna", Role.ADMIN, null, null, new Random(1));
        service = new TestService(
                new AccessConfiguration(
                        List.of(token.entry()), null, null, null, new RateLimitConfiguration(100_000, 100_000)),
                new FailingResource());
    }

    @AfterAll
    static void stop() throws Exception {
        service.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"INTERNAL"})
    void failure_ofEveryCode_isItsProblem(ErrorCode code) throws Exception {
        HttpResponse<String> response = service.send("GET", "/api/v1/codes/" + code);

        JsonNode problem = assertProblem(response, code.httpStatus(), code.name());
        assertThat(problem.path("retryable").booleanValue()).isEqualTo(code.isRetryable());
        assertThat(problem.path("type").textValue())
                .isEqualTo("urn:tidemark:problem:"
                        + problem.path("title").textValue().replace(' ', '-'));
        assertThat(problem.path("detail").textValue()).isEqualTo("it failed for tdm_[removed] and more");
        assertThat(problem.path("hint").textValue()).isEqualTo("Do not use tdm_[removed].");
        assertThat(problem.path("instance").textValue()).matches("urn:uuid:[0-9a-f-]{36}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"defect", "error", "codes/INTERNAL", "failing-web"})
    void failure_thatNobodyForesaw_saysNothingButItsInstance(String path) throws Exception {
        ListAppender<ILoggingEvent> log = listen();

        HttpResponse<String> response = service.send("GET", "/api/v1/" + path);

        if (path.equals("failing-web")) {
            assertThat(response.statusCode())
                    .as("an answer that a method has made")
                    .isEqualTo(503);
            return;
        }
        JsonNode problem = assertProblem(response, 500, "INTERNAL");
        String id = problem.path("instance").textValue().substring("urn:uuid:".length());
        assertThat(problem.path("detail").textValue()).isEqualTo("internal error");
        assertThat(problem.path("hint").textValue()).contains(id);
        assertThat(response.body()).doesNotContain("inside", "Exception", "failed for");
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage())
                    .contains(id, "FailingResource")
                    .doesNotContain("ssss", "abcdef");
            assertThat(event.getThrowableProxy())
                    .as("a trace that nobody redacts")
                    .isNull();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 404",
        "GET, /api/v1/none, 404",
        "GET, /api/v1/codes/NONE, 400",
        "GET, /api/v1/codes/INTERNAL/more, 404",
        "DELETE, /api/v1/defect, 405",
        "GET, /api/v1/numbers?limit=many, 400",
        "GET, /api/v1/numbers?limit=99999999999, 400"
    })
    void request_forNothing_isAProblem(String method, String path, int status) throws Exception {
        assertProblem(service.send(method, path), status, "INVALID_INPUT");
    }

    @Test
    void request_withAnotherMethod_isToldWhichThereAre() throws Exception {
        assertThat(service.send("DELETE", "/api/v1/defect").headers().firstValue("Allow"))
                .hasValueSatisfying(allow -> assertThat(allow).contains("GET"));
    }

    @Test
    void request_forAnotherType_isAProblemAllTheSame() throws Exception {
        assertProblem(service.send("GET", "/api/v1/numbers", "Accept", "image/png"), 406, "INVALID_INPUT");
        assertProblem(
                service.send(service.request("/api/v1/bodies", "Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("{}"))),
                415,
                "INVALID_INPUT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | not JSON",
                "nonsense | not JSON",
                "[] | the body is missing or not acceptable (expected: an object) at line 1, column 1",
                "'\"text\"' | expected: an object",
                "{} {} | the body",
                "{\"lable\":\"x\"} | unknown field 'lable' (did you mean 'label'?) at line 1, column ",
                "{\"parts\":[{\"nmae\":1}]} | unknown field 'parts.0.nmae'",
                "{\"label\":\"a\",\"label\":\"b\"} | twice",
                "{\"label\":7} | 'label' is missing or not acceptable (expected: text)",
                "{\"level\":\"1\"} | 'level' is missing or not acceptable (expected: a number within its range)",
                "{\"level\":1.5} | 'level'",
                "{\"level\":99999999999} | a number is out of its range",
                "{\"level\":3} | 'level' is 3 (expected: 1 or 2)",
                "{\"isForced\":1} | 'isForced' is missing or not acceptable (expected: true or false)",
                "{\"parts\":{}} | 'parts' is missing or not acceptable (expected: a list)"
            })
    void body_thatIsNotUnderstoodInFull_isRefusedWithItsPlace(String body, String detail) throws Exception {
        HttpResponse<String> response = service.post("/api/v1/bodies", body);

        JsonNode problem = assertProblem(response, 400, "INVALID_INPUT");
        assertThat(problem.path("detail").textValue()).contains(detail);
        assertThat(response.body()).doesNotContain("jackson", "java.", "dev.tidemark", "FailingResource");
    }

    @Test
    void body_withAToken_isRefusedWithoutRepeatingIt() throws Exception {
        for (String body : List.of(
                FailingResource.SECRET,
                "{\"" + FailingResource.SECRET + "\":1}",
                "{\"level\":\"" + FailingResource.SECRET + "\"}")) {
            assertThat(service.post("/api/v1/bodies", body).body()).doesNotContain("ssss");
        }
    }

    @Test
    void body_thatIsDeep_isRefused() throws Exception {
        String deep = "{\"parts\":[".repeat(5000);

        assertConstraint(service.post("/api/v1/bodies", deep));
        assertThat(service.post("/api/v1/bodies", "{\"parts\":[".repeat(10) + "]}".repeat(10))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void body_withAHugeNumberOrText_isRefused() throws Exception {
        assertConstraint(service.post("/api/v1/bodies", "{\"level\":" + "9".repeat(100_000) + "}"));
        assertConstraint(service.post("/api/v1/bodies", "{\"label\":\"" + "x".repeat(100_000) + "\"}"));
        assertThat(service.post("/api/v1/bodies", "{\"level\":1e1000000000}").statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "bodies", "ignored"})
    void body_longerThanTheLimit_isRefused(String path) throws Exception {
        int limit = BodyLimitFilter.DEFAULT_LIMIT_BYTES;

        assertProblem(service.post("/api/v1/" + path, " ".repeat(limit + 1)), 413, "INVALID_INPUT");
        InputStream chunked = new ByteArrayInputStream(new byte[limit + 1]);
        HttpResponse<String> response =
                service.send(service.request("/api/v1/" + path, "Content-Type", "application/json")
                        .POST(BodyPublishers.ofInputStream(() -> chunked)));
        assertProblem(response, 413, "INVALID_INPUT");
        assertThat(response.headers().firstValue("Connection")).contains("close");
    }

    @Test
    void body_ofTheLimit_isTaken() throws Exception {
        int limit = BodyLimitFilter.DEFAULT_LIMIT_BYTES;

        assertThat(service.post("/api/v1/raw", " ".repeat(limit)).body()).isEqualTo("{\"bytes\":" + limit + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/v1/../../etc/passwd",
                "GET /api/v1/%2e%2e/%2e%2e/etc/passwd",
                "GET /api/v1/codes/..%2fdefect",
                "GET /api/v1/codes/;/defect",
                "GET /api/v1/%00",
                "GET /api/v1/%zz",
                "GET //api/v1/numbers",
                "GET http://other.example/api/v1/none",
                "NONSENSE /api/v1/numbers",
                "TRACE /api/v1/numbers"
            })
    void path_withATrick_isRefusedWithoutAWordAboutTheProgram(String line) throws Exception {
        String answer = sendRaw(line + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        assertThat(answer).matches("(?s)HTTP/1.1 (400|404|405|501) .*");
        assertThat(answer).doesNotContain("Exception", "\tat ", "java.", "dev.tidemark", "root:");
    }

    @Test
    void problem_readByAClient_isTheSameAgain() throws Exception {
        Problem problem =
                Problem.of(ErrorCode.FORBIDDEN, "detail", "Hint.", "urn:uuid:x").withMembers(Map.of("approval", "a-1"));
        ObjectMapper mapper = new ObjectMapper();

        assertThat(mapper.readValue(mapper.writeValueAsString(problem), Problem.class))
                .isEqualTo(problem);
    }

    private static String sendRaw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static ListAppender<ILoggingEvent> listen() {
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(ProblemMapper.class);
        logger.detachAndStopAllAppenders();
        logger.addAppender(appender);
        appender.start();
        return appender;
    }

    private static void assertConstraint(HttpResponse<String> response) throws IOException {
        assertThat(assertProblem(response, 400, "INVALID_INPUT").path("detail").textValue())
                .contains("levels", "digits", "characters");
    }

    private static JsonNode assertProblem(HttpResponse<String> response, int status, String code) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = new ObjectMapper().readTree(response.body());
        assertThat(problem.path("status").intValue()).isEqualTo(status);
        assertThat(problem.path("code").textValue()).isEqualTo(code);
        assertThat(problem.path("detail").textValue()).isNotEmpty().doesNotContain("\n");
        assertThat(problem.path("hint").textValue()).endsWith(".");
        return problem;
    }
}
