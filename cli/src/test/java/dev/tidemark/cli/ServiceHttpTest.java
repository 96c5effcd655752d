package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.config.Decoration;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServiceHttpTest {
    private static final String BANK = "/api/v1/namespaces/bank";

    @TempDir
    private Path directory;

    private Installation bank;
    private ServiceSite service;

    @BeforeEach
    void start() {
        CommandRun.configure(directory);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        service = new ServiceSite(bank, Decoration.NONE);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void namespaces_neverBackedUp_areListedWithoutBackups() {
        JsonNode namespaces = service.get("/api/v1/namespaces").get("namespaces");

        assertThat(namespaces).hasSize(1);
        assertThat(namespaces.get(0).get("namespace").asText()).isEqualTo("bank");
        assertThat(namespaces.get(0).get("backups").asInt()).isZero();
        assertThat(namespaces.get(0).get("newest").isNull()).isTrue();
        assertThat(service.get(BANK + "/backups").get("backups")).isEmpty();
        assertThat(service.get(BANK + "/operations").get("operations")).isEmpty();
        assertThat(service.get(BANK + "/holds").get("holds")).isEmpty();
        assertThat(service.send("GET", BANK + "/backups/latest", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void backupAndRestore_overHttp_bringTheStoreBack() {
        JsonNode backup = service.order("bank", "backup", "{\"labels\":{\"ticket\":\"17\"}}");

        assertThat(backup.get("state").asText()).as(backup.toString()).isEqualTo("SUCCEEDED");
        String id = backup.get("operationId").asText();
        assertThat(backup.get("report").get("backupId").asText()).isEqualTo(id);
        JsonNode detail = service.get(BANK + "/backups/latest");
        assertThat(detail.get("summary").get("backup").asText()).isEqualTo(id);
        assertThat(detail.get("summary").get("labels").get("ticket").asText()).isEqualTo("17");
        assertThat(detail.get("summary").get("finishedAt").asText()).matches("20[0-9-]+T[0-9:.]+Z");

        bank.loseStore();
        HttpResponse<String> plan = service.send("POST", BANK + "/plans/restore", "{\"backup\":\"" + id + "\"}");
        assertThat(plan.statusCode()).as(plan.body()).isEqualTo(200);
        assertThat(ServiceSite.json(plan).get("backupId").asText()).isEqualTo(id);
        assertThat(bank.resolve("store")).doesNotExist();
        JsonNode restore = service.order("bank", "restore", "{\"backup\":\"" + id + "\"}");

        assertThat(restore.get("state").asText()).as(restore.toString()).isEqualTo("SUCCEEDED");
        assertThat(bank.resolve("store")).isDirectory();
        assertThat(service.get(BANK + "/operations").get("operations").findValuesAsText("type"))
                .containsExactly("restore", "backup");
        assertThat(service.get("/api/v1/namespaces/bank")
                        .get("newest")
                        .get("backup")
                        .asText())
                .isEqualTo(id);
    }

    /** The second one has a configuration of its own, and so its own address and token. */
    @Test
    void instances_two_oneLeadsAndTheOtherTakesNoOrdersUntilItDoes() {
        try (ServiceSite second = new ServiceSite(bank, "second.yml", Decoration.NONE)) {
            JsonNode leader = service.get("/api/v1/instance");
            JsonNode follower = second.get("/api/v1/instance");
            assertThat(leader.get("leads").asBoolean()).isTrue();
            assertThat(follower.get("leads").asBoolean()).isFalse();
            assertThat(follower.get("leader").get("instance")).isEqualTo(leader.get("instance"));
            assertThat(service.send("GET", "/api/v1/instance/leads", "").statusCode())
                    .isEqualTo(200);
            assertThat(second.send("GET", "/api/v1/instance/leads", "").statusCode())
                    .isEqualTo(503);
            assertThat(service.order("bank", "backup", "").get("state").asText())
                    .isEqualTo("SUCCEEDED");
            assertThat(second.get(BANK + "/backups").get("backups")).hasSize(1);
            for (HttpResponse<String> refused : List.of(
                    second.send("POST", BANK + "/orders/backup", ""), second.send("GET", BANK + "/orders", ""))) {
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                assertThat(ServiceSite.json(refused).get("code").asText()).isEqualTo("NOT_LEADER");
                assertThat(ServiceSite.json(refused).get("retryable").asBoolean())
                        .isTrue();
            }

            service.close();
            second.awaitLead();
            assertThat(second.order("bank", "backup", "").get("state").asText()).isEqualTo("SUCCEEDED");
        }
    }

    @Test
    void orders_sameIdempotencyKey_areOneBackup() {
        HttpResponse<String> first = service.send("POST", BANK + "/orders/backup", "", "Idempotency-Key", "deploy-7");
        HttpResponse<String> second = service.send("POST", BANK + "/orders/backup", "", "Idempotency-Key", "deploy-7");

        assertThat(second.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"));
        service.awaitEnd(first.headers().firstValue("Location").orElseThrow());
        assertThat(service.get(BANK + "/backups").get("total").asInt()).isEqualTo(1);
        assertThat(service.send("POST", BANK + "/orders/undo", "", "Idempotency-Key", "deploy-7")
                        .statusCode())
                .isEqualTo(409);
    }

    @Test
    void events_ofAnOrder_endWithItsEnd() {
        HttpResponse<String> accepted = service.send("POST", BANK + "/orders/backup", "");
        String location = accepted.headers().firstValue("Location").orElseThrow();

        HttpResponse<String> events = service.send("GET", URI.create(location).getPath() + "/events", "");

        assertThat(events.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        List<String> blocks = Arrays.stream(events.body().strip().split("\n\n"))
                .filter(block -> !block.startsWith(":"))
                .toList();
        assertThat(blocks).allSatisfy(block -> assertThat(block).matches("(?s)id: \\d+\nevent: order\ndata: \\{.*\\}"));
        assertThat(blocks.get(blocks.size() - 1)).contains("\"state\":\"SUCCEEDED\"");
    }

    @Test
    void holds_placedAndReleased_keepTheBackupMeanwhile() {
        String id = service.order("bank", "backup", "").get("operationId").asText();

        HttpResponse<String> placed =
                service.send("POST", BANK + "/holds", "{\"backup\":\"latest\",\"reason\":\"audit\"}");

        assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
        String hold = ServiceSite.json(placed).get("hold").asText();
        assertThat(service.get(BANK + "/backups/" + id).get("holds").findValuesAsText("hold"))
                .containsExactly(hold);
        assertThat(service.send("DELETE", BANK + "/holds/" + hold, "").statusCode())
                .isEqualTo(200);
        assertThat(service.get(BANK + "/holds").get("holds")).isEmpty();
    }

    @Test
    void scheduledWork_orderedOverHttp_verifiesAndRetains() {
        service.order("bank", "backup", "{\"nextDue\":\"2031-05-01T02:00:00Z\"}");

        JsonNode verified = service.order("bank", "verify", "");
        JsonNode retained = service.order("bank", "retention", "");

        assertThat(verified.get("report").get("backups").asInt())
                .as(verified.toString())
                .isEqualTo(1);
        assertThat(verified.get("report").get("packs").asInt()).isPositive();
        assertThat(retained.get("state").asText()).as(retained.toString()).isEqualTo("SUCCEEDED");
        assertThat(bank.succeed("show bank latest").get("nextBackupDue").asText())
                .isEqualTo("2031-05-01T02:00:00Z");
    }

    @Test
    void order_withAFieldTooMany_isRefusedWithoutAnOrder() {
        HttpResponse<String> response = service.send("POST", BANK + "/orders/backup", "{\"lables\":{}}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(ServiceSite.json(response).get("detail").asText()).contains("'lables'", "'labels'");
        assertThat(service.get(BANK + "/orders").get("orders")).isEmpty();
    }

    @Test
    void failure_ofAnOrder_saysWhatToDo() {
        service.order("bank", "backup", "");

        JsonNode restore = service.order("bank", "restore", "{}");

        assertThat(restore.get("state").asText()).isEqualTo("FAILED");
        assertThat(restore.get("problem").get("code").asText()).isEqualTo("STORE_NOT_EMPTY");
        assertThat(restore.get("problem").get("hint").asText()).isNotEmpty();
    }
}
