package dev.tidemark.coordinator.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.service.TestService;
import dev.tidemark.coordinator.service.access.approval.Approval.Verdict;
import dev.tidemark.coordinator.service.access.approval.Approvals;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import dev.tidemark.coordinator.service.access.limit.RateLimitConfiguration;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets where, over HTTP. */
class AccessHttpTest {
    private static final Random RANDOM = new Random(21);
    private static final String WRONG = "Bearer tdm_" + "w".repeat(43);
    private static final Map<String, NewToken> TOKENS = new LinkedHashMap<>();

    static {
        for (Role role : Role.values()) {
            TOKENS.put(role.word(), NewToken.create(role.word(), role, null, null, RANDOM));
        }
        TOKENS.put("limited", NewToken.create("limited", Role.ADMIN, List.of("orders"), null, RANDOM));
        TOKENS.put("second", NewToken.create("second", Role.RESTORER, null, null, RANDOM));
    }

    private static TestService service;

    @BeforeAll
    static void start() throws Exception {
        service = new TestService(
                new AccessConfiguration(
                        TOKENS.values().stream().map(NewToken::entry).toList(),
                        null,
                        null,
                        new ApprovalConfiguration(List.of(SensitiveOperation.RESTORE), null),
                        new RateLimitConfiguration(10, 20)),
                new GuardedResource());
    }

    @AfterAll
    static void stop() throws Exception {
        service.close();
    }

    /** Fills all buckets, lets locks be forgotten and approvals expire. */
    @BeforeEach
    void letTimePass() {
        service.time().advance(Duration.ofHours(2));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/namespaces/orders, viewer operator restorer admin limited",
        "GET, /api/v1/namespaces/billing, viewer operator restorer admin",
        "POST, /api/v1/namespaces/orders/backups, operator restorer admin limited",
        "POST, /api/v1/namespaces/billing/backups, operator restorer admin",
        "DELETE, /api/v1/namespaces/orders, admin limited",
        "DELETE, /api/v1/namespaces/billing, admin",
        "DELETE, /api/v1/namespaces/bill%69ng, admin",
        "POST, /api/v1/gc, admin",
        "GET, /api/v1/whoami, viewer operator restorer admin limited",
        "GET, /api/v1/forgotten, ''",
        "OPTIONS, /api/v1/gc, ''"
    })
    void path_withEachRole_letsInWhomItIsFor(String method, String path, String let) throws Exception {
        Set<String> expected = Set.of(let.split(" "));

        assertProblem(service.send(method, path), 401, "UNAUTHORIZED");
        for (String name : List.of("viewer", "operator", "restorer", "admin", "limited")) {
            HttpResponse<String> response = service.send(method, path, "Authorization", bearer(name));
            if (expected.contains(name)) {
                assertThat(response.statusCode()).as(name).isEqualTo(200);
            } else {
                assertProblem(response, 403, "FORBIDDEN");
            }
        }
    }

    @Test
    void path_thatIsOpen_letsInEverybodyButAWrongToken() throws Exception {
        assertThat(service.send("GET", "/api/v1/open").statusCode()).isEqualTo(200);
        assertProblem(service.send("GET", "/api/v1/open", "Authorization", WRONG), 401, "UNAUTHORIZED");
    }

    @Test
    void caller_ofAToken_isKnownToTheResource() throws Exception {
        JsonNode limited = json(service.send("GET", "/api/v1/whoami", "Authorization", bearer("limited")));

        assertThat(limited.path("name").textValue()).isEqualTo("limited");
        assertThat(limited.path("role").textValue()).isEqualTo("admin");
        assertThat(limited.path("sees").textValue()).isEqualTo("orders");
        assertThat(json(service.send("GET", "/api/v1/whoami", "Authorization", bearer("viewer")))
                        .path("sees")
                        .textValue())
                .isEqualTo("orders billing");
    }

    @Test
    void refusal_ofAToken_saysHowToShowOneAndNeverShowsIt() throws Exception {
        HttpResponse<String> response = service.send("GET", "/api/v1/whoami", "Authorization", WRONG);

        assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"tidemark\"");
        assertThat(response.body()).doesNotContain("wwww");
    }

    @Test
    void wrongTokens_tenWithinAMinute_lockTheAddressOutOfEveryPath() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertProblem(service.send("GET", "/no-such-path", "Authorization", WRONG), 401, "UNAUTHORIZED");
        }

        HttpResponse<String> response = service.send("GET", "/api/v1/whoami", "Authorization", bearer("admin"));
        assertProblem(response, 429, "TOO_MANY_REQUESTS");
        assertThat(response.headers().firstValue("Retry-After")).contains("30");
        assertThat(json(response).path("retryable").booleanValue()).isTrue();
        service.time().advance(Duration.ofSeconds(30));
        assertThat(service.send("GET", "/api/v1/whoami", "Authorization", bearer("admin"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void requests_moreThanOneCallerMaySend_areRefusedToThatCaller() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(service.send("GET", "/api/v1/whoami", "Authorization", bearer("viewer"))
                            .statusCode())
                    .isEqualTo(200);
        }

        HttpResponse<String> response = service.send("GET", "/api/v1/whoami", "Authorization", bearer("viewer"));
        assertProblem(response, 429, "TOO_MANY_REQUESTS");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        assertThat(service.send("GET", "/api/v1/whoami", "Authorization", bearer("admin"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void requests_withoutAToken_areCountedByTheirAddress() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(service.send("GET", "/api/v1/open").statusCode()).isEqualTo(200);
        }

        assertProblem(service.send("GET", "/api/v1/open"), 429, "TOO_MANY_REQUESTS");
    }

    @Test
    void approval_bySomebodyElse_letsTheSameRequestThroughOnce() throws Exception {
        String path = "/api/v1/namespaces/orders/restores";
        String body = "{\"backup\":\"b-1\"}";

        HttpResponse<String> asked = service.post(path, body, "Authorization", bearer("restorer"));
        assertProblem(asked, 409, "APPROVAL_REQUIRED");
        String id = json(asked).path("approval").textValue();
        assertProblem(restore(path, body, id), 409, "APPROVAL_REQUIRED");
        service.approvals().decide(new Caller("second", Role.RESTORER, Set.of()), id, Verdict.APPROVED);

        assertProblem(restore(path, "{\"backup\":\"b-2\"}", id), 403, "FORBIDDEN");
        assertProblem(restore(path + "?more", body, id), 403, "FORBIDDEN");
        assertProblem(restore("/api/v1/namespaces/billing/restores", body, id), 403, "FORBIDDEN");
        HttpResponse<String> restored = restore(path, body, id);
        assertThat(restored.statusCode()).as(restored.body()).isEqualTo(200);
        assertThat(json(restored).path("backup").textValue()).isEqualTo("b-1");
        assertProblem(restore(path, body, id), 403, "FORBIDDEN");
    }

    @Test
    void approval_askedForByWhoeverHasNotTheRole_isNotMade() throws Exception {
        HttpResponse<String> response =
                service.post("/api/v1/namespaces/orders/restores", "{}", "Authorization", bearer("operator"));

        assertProblem(response, 403, "FORBIDDEN");
        assertThat(service.approvals().list(new Caller("admin", Role.ADMIN, Set.of())))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site",
        "Origin, https://evil.example",
        "Origin, 'null'",
        "Origin, http://127.0.0.1:1"
    })
    void change_fromAPageOfAnotherOrigin_isRefused(String header, String value) throws Exception {
        assertProblem(
                service.send(
                        "POST", "/api/v1/namespaces/orders/backups", "Authorization", bearer("admin"), header, value),
                403,
                "FORBIDDEN");
        assertThat(service.send("GET", "/api/v1/whoami", "Authorization", bearer("admin"), header, value)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void change_fromTheOwnDashboard_isLetThrough() throws Exception {
        assertThat(service.send(
                                "POST",
                                "/api/v1/namespaces/orders/backups",
                                "Authorization",
                                bearer("admin"),
                                "Sec-Fetch-Site",
                                "same-origin",
                                "Origin",
                                "http://127.0.0.1:" + service.port())
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"/api/v1/open, 200", "/api/v1/whoami, 401", "/api/v1/none, 404", "/api/v1/gc, 405"})
    void answer_ofEveryKind_tellsBrowsersWhatNotToDo(String path, int status) throws Exception {
        HttpResponse<String> response = service.send("GET", path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'self'", "frame-ancestors 'none'")
                        .doesNotContain("unsafe"));
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(response.headers().firstValue("Strict-Transport-Security")).isEmpty();
    }

    @Test
    void answer_outsideOfTheApi_mayBeKept() throws Exception {
        assertThat(service.send("GET", "/dashboard.css").headers().firstValue("Cache-Control"))
                .isEmpty();
    }

    private static HttpResponse<String> restore(String path, String body, String approval) throws Exception {
        return service.post(path, body, "Authorization", bearer("restorer"), Approvals.HEADER, approval);
    }

    private static String bearer(String name) {
        return "Bearer " + TOKENS.get(name).token();
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }

    private static void assertProblem(HttpResponse<String> response, int status, String code) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = json(response);
        assertThat(problem.path("code").textValue()).isEqualTo(code);
        assertThat(problem.path("status").intValue()).isEqualTo(status);
        assertThat(problem.path("hint").textValue()).endsWith(".");
    }
}
