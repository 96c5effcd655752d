package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class AdminTasksTest {
    @TempDir
    private Path directory;

    private final NewToken operator = token("olga", Role.OPERATOR, null);
    private final NewToken restorer = token("rita", Role.RESTORER, null);
    private final NewToken second = token("sven", Role.RESTORER, null);
    private final NewToken elsewhere = token("emil", Role.ADMIN, List.of("other"));
    private Installation bank;
    private ServiceSite service;

    @BeforeEach
    void start() throws IOException {
        CommandRun.configure(directory);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        String access =
                "  tokenFile: tokens.yml\n  approval: {operations: [restore]}\n  rateLimit: {requestsPerSecond: 1000, burst: 1000}\n";
        Path tokens = Files.writeString(directory.resolve("tokens.yml"), tokens(operator, restorer, second, elsewhere));
        Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString("rw-------"));
        service = new ServiceSite(bank, Decoration.NONE, access);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void backup_byTask_isAnOrderWhoseStepsAreTold() {
        HttpResponse<String> answer =
                service.task(operator.token(), "backup?namespace=bank&label=ticket%3D17", "Idempotency-Key", "k1");

        String id = bank.backups().get(0);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(lines(answer)).contains("  copy: done", "  commit: done", "  runbook: done");
        assertThat(last(answer)).isEqualTo("ok " + id);
        assertThat(service.get("/api/v1/namespaces/bank/backups/latest")
                        .get("summary")
                        .get("labels")
                        .get("ticket")
                        .asText())
                .isEqualTo("17");
        assertThat(service.get("/api/v1/namespaces/bank/orders").get("orders").findValuesAsText("by"))
                .containsExactly("olga");
        HttpResponse<String> again =
                service.task(operator.token(), "backup?namespace=bank&label=ticket%3D17", "Idempotency-Key", "k1");
        assertThat(last(again)).isEqualTo("ok " + id);
        assertThat(bank.backups()).hasSize(1);
    }

    @Test
    void restore_byTask_needsTheApprovalOfSomebodyElse() {
        service.task(operator.token(), "backup?namespace=bank");
        bank.loseStore();
        String task = "restore?namespace=bank&backup=latest";

        HttpResponse<String> first = service.task(restorer.token(), task);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(409);
        assertThat(last(first)).startsWith("error APPROVAL_REQUIRED");
        String approval = lines(first).get(0).replace("approval ", "");
        assertThat(bank.resolve("store")).doesNotExist();
        HttpRequest decision = HttpRequest.newBuilder(service.uri("/api/v1/approvals/" + approval + "/approve"))
                .header("Authorization", "Bearer " + second.token())
                .POST(BodyPublishers.noBody())
                .build();
        assertThat(service.send(decision).statusCode()).isEqualTo(200);

        assertThat(service.task(restorer.token(), task + "&at=1", "Tidemark-Approval", approval)
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> approved = service.task(restorer.token(), task, "Tidemark-Approval", approval);

        assertThat(last(approved)).startsWith("ok restore-");
        assertThat(bank.resolve("store")).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backup",
                "restore",
                "rewind",
                "verify",
                "expire",
                "timestamp-fetch",
                "fast-forward",
                "clean-transactions",
                "pause-schedules",
                "rebuild-catalog"
            })
    void everyTask_callerWithoutTheRight_isRefused(String task) {
        String path = task + "?namespace=bank";

        assertRefused(service.task("", path), 401, "UNAUTHORIZED");
        assertRefused(service.task("tdm_wrong", path), 401, "UNAUTHORIZED");
        assertRefused(service.task(token("x", Role.ADMIN, null).token(), path), 401, "UNAUTHORIZED");
        assertRefused(service.task(elsewhere.token(), path), 403, "FORBIDDEN");
        assertRefused(service.task(service.adminToken(), task + "?namespace=nobody"), 404, "UNKNOWN_NAMESPACE");
        assertRefused(service.task(service.adminToken(), task), 400, "INVALID_INPUT");
        assertRefused(service.task(service.adminToken(), path + "&shell=true"), 400, "INVALID_INPUT");
        assertRefused(service.task(service.adminToken(), path, "Origin", "http://evil.example"), 403, "FORBIDDEN");
        assertThat(service.get("/api/v1/namespaces/bank/orders").get("orders")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "restore, RESTORER",
        "rewind, RESTORER",
        "expire, ADMIN",
        "fast-forward, ADMIN",
        "clean-transactions, ADMIN",
        "pause-schedules, ADMIN",
        "rebuild-catalog, ADMIN"
    })
    void task_callerWithALesserRole_isRefused(String task, Role needed) {
        String token = needed == Role.ADMIN ? restorer.token() : operator.token();

        assertRefused(service.task(token, task + "?namespace=bank"), 403, "FORBIDDEN");
    }

    @ParameterizedTest
    @CsvSource({
        "backup?namespace=bank&namespace=bank, INVALID_INPUT",
        "backup?namespace=bank&label=x, INVALID_INPUT",
        "backup?namespace=bank&allowDegraded=perhaps, INVALID_INPUT",
        "backup?namespace=bank&ifBusy=maybe, INVALID_INPUT",
        "restore?namespace=bank&at=never, INVALID_INPUT",
        "rewind?namespace=bank, INVALID_INPUT",
        "fast-forward?namespace=bank&timestamp=-1, TIMESTAMP_OUT_OF_RANGE",
        "fast-forward?namespace=bank&timestamp=9223372036854775807, TIMESTAMP_OUT_OF_RANGE",
        "clean-transactions?namespace=bank&timestamp=5, INVALID_INPUT",
        "backup?namespace=..%2F..%2Fetc, UNKNOWN_NAMESPACE"
    })
    void task_badInput_isRefusedBeforeAnythingIsDone(String path, String code) {
        HttpResponse<String> answer = service.task(service.adminToken(), path);

        assertThat(answer.statusCode()).isBetween(400, 499);
        assertThat(last(answer)).startsWith("error " + code).contains("HINT: ");
    }

    @Test
    void task_body_isRefusedUnread() {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.adminPort() + "/tasks/backup?namespace=bank"))
                .header("Authorization", "Bearer " + operator.token())
                .POST(BodyPublishers.ofString("namespace=bank"))
                .build();

        assertRefused(service.send(request), 400, "INVALID_INPUT");
    }

    @Test
    void wrongTokens_many_lockOutOfTheApiToo() {
        for (int i = 0; i < 10; i++) {
            assertRefused(service.task("tdm_wrong" + i, "backup?namespace=bank"), 401, "UNAUTHORIZED");
        }

        HttpResponse<String> locked = service.task(service.adminToken(), "backup?namespace=bank");
        assertRefused(locked, 429, "TOO_MANY_REQUESTS");
        assertThat(locked.headers().firstValue("Retry-After")).isPresent();
        assertThat(service.send("GET", "/api/v1/namespaces", "").statusCode()).isEqualTo(429);
    }

    @Test
    void timestamps_byTask_areThoseOfTheOracle() {
        long first = timestamp("timestamp-fetch?namespace=bank");
        service.task(service.adminToken(), "fast-forward?namespace=bank&timestamp=" + (first + 1000));

        assertThat(timestamp("timestamp-fetch?namespace=bank")).isGreaterThan(first + 1000);
        assertThat(timestamp("timestamp-fetch?namespace=bank&immutable=true")).isGreaterThan(first);
    }

    @Test
    void cleanTransactions_byTask_abortsCommitsAbove() {
        HttpResponse<String> dry =
                service.task(service.adminToken(), "clean-transactions?namespace=bank&timestamp=1&dryRun=true");
        assertThat(last(dry)).matches("ok would abort [1-9][0-9]* transactions");

        HttpResponse<String> cleaned =
                service.task(service.adminToken(), "clean-transactions?namespace=bank&timestamp=1&offline=true");
        assertThat(last(cleaned)).isEqualTo(last(dry).replace("would abort", "aborted"));
        assertThat(last(service.task(
                        service.adminToken(), "clean-transactions?namespace=bank&timestamp=1&dryRun=true")))
                .isEqualTo("ok would abort 0 transactions");
    }

    @Test
    void pauseVerifyExpireAndCatalog_byTask_doWhatTheySay() {
        service.task(operator.token(), "backup?namespace=bank");
        service.task(operator.token(), "backup?namespace=bank");
        String oldest = bank.backups().get(0);

        assertThat(last(service.task(operator.token(), "verify?namespace=bank")))
                .startsWith("ok ");
        assertThat(last(service.task(service.adminToken(), "expire?namespace=bank&backup=" + oldest)))
                .startsWith("ok expire-");
        assertThat(bank.backups()).hasSize(1).doesNotContain(oldest);
        assertThat(last(service.task(service.adminToken(), "rebuild-catalog?namespace=bank")))
                .isEqualTo("ok 1 backups are known");
        assertThat(last(service.task(service.adminToken(), "pause-schedules?namespace=bank&reason=move")))
                .isEqualTo("ok the schedules of 'bank' are paused");
        assertThat(bank.objects("ns/bank/pauses/")).hasSize(1);
        assertThat(last(service.task(service.adminToken(), "pause-schedules?namespace=bank&resume=true")))
                .isEqualTo("ok the schedules of 'bank' are resumed");
    }

    @Test
    void rewind_fails_saysWhyInTheLastLine() {
        service.task(operator.token(), "backup?namespace=bank");

        HttpResponse<String> answer = service.task(service.adminToken(), "rewind?namespace=bank&to=99999999999");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(last(answer)).startsWith("error ").contains("HINT: ");
    }

    private long timestamp(String task) {
        return Long.parseLong(last(service.task(operator.token(), task)).replace("ok ", ""));
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(last(answer)).startsWith("error " + code + " ");
    }

    private static List<String> lines(HttpResponse<String> answer) {
        return answer.body().lines().toList();
    }

    private static String last(HttpResponse<String> answer) {
        List<String> lines = lines(answer);
        return lines.get(lines.size() - 1);
    }

    private static NewToken token(String name, Role role, List<String> namespaces) {
        return NewToken.create(name, role, namespaces, null, new SecureRandom());
    }

    private static String tokens(NewToken... tokens) {
        StringBuilder text = new StringBuilder("tokens:\n");
        for (NewToken token : tokens) {
            text.append("- {name: " + token.entry().name() + ", role: "
                    + token.entry().role().word() + ", sha256: " + token.entry().sha256()
                    + (token.entry().namespaces() == null
                            ? ""
                            : ", namespaces: " + token.entry().namespaces()) + "}\n");
        }
        return text.toString();
    }
}
