package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.config.Decoration;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the service tells of status, schedules, verification and annotations, over HTTP. */
@Timeout(120)
class ServiceViewsHttpTest {
    private static final String API = "/api/v1";
    private static final String BANK = API + "/namespaces/bank";
    private static final String SCHEDULES =
            """
                schedules:
                  nightly: {run: backup, cron: '0 2 1 1 *', zone: Europe/Berlin, window: PT2H}
                  weekly: {run: verify, cron: '0 3 1 1 *'}
            """;

    @TempDir
    private Path directory;

    private Installation bank;
    private ServiceSite service;

    @BeforeEach
    void start() throws IOException {
        CommandRun.configure(directory);
        Path configuration = directory.resolve("tidemark.yml");
        Files.writeString(configuration, Files.readString(configuration).replace("  bank:\n", "  bank:\n" + SCHEDULES));
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
    void status_beforeAndAfterABackup_isWhatTheCommandShows() {
        assertThat(service.get(API + "/status").get("state").asText()).isEqualTo("late");
        service.order("bank", "backup", "{\"nextDue\":\"2031-05-01T02:00:00Z\"}");

        JsonNode all = service.get(API + "/status");
        JsonNode one = service.get(BANK + "/status");

        JsonNode shown = bank.run("status --json").json().at("/namespaces/0");
        assertThat(all.get("namespaces")).hasSize(1);
        assertThat(one.get("state").asText())
                .isEqualTo("at-risk".equals(shown.get("state").asText()) ? "at-risk" : "ok");
        assertThat(names(one)).isEqualTo(names(shown));
        assertThat(names(one.get("newestGood"))).isEqualTo(names(shown.get("newestGood")));
        assertThat(one.at("/newestGood/backup")).isEqualTo(shown.at("/newestGood/backup"));
        assertThat(one.at("/newestGood/finishedAt")).isEqualTo(shown.at("/newestGood/finishedAt"));
        assertThat(service.send("GET", API + "/namespaces/bnak/status", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void schedules_thatHaveNotRun_sayWhenTheyWill() {
        JsonNode schedules = service.get(BANK + "/schedules").get("schedules");

        assertThat(schedules.findValuesAsText("name")).containsExactly("nightly", "weekly");
        JsonNode nightly = schedules.get(0);
        assertThat(nightly.get("run").asText()).isEqualTo("backup");
        assertThat(nightly.get("cron").asText()).isEqualTo("0 2 1 1 *");
        assertThat(nightly.get("zone").asText()).isEqualTo("Europe/Berlin");
        assertThat(nightly.get("window").asText()).isEqualTo("PT2H");
        assertThat(nightly.get("catchUp").asText()).isEqualTo("once");
        assertThat(nightly.get("nextTick").asText()).matches("20[0-9]{2}-01-01T01:00:00Z");
        assertThat(nightly.get("paused").isNull()).isTrue();
    }

    @Test
    void views_ofANamespaceNeverBackedUp_areEmpty() {
        assertThat(service.get(BANK + "/schedules").get("schedules")).hasSize(2);
        assertThat(service.get(BANK + "/pause").get("paused").isNull()).isTrue();
        assertThat(service.get(BANK + "/coverage").get("backups").asInt()).isZero();
        assertThat(service.get(BANK + "/status").get("backups").asInt()).isZero();
    }

    @Test
    void pause_andEnd_areSeenBySchedules() {
        HttpResponse<String> paused = service.send("POST", BANK + "/pause", "{\"reason\":\"migration\"}");

        assertThat(paused.statusCode()).as(paused.body()).isEqualTo(200);
        JsonNode pause = ServiceSite.json(paused).get("paused");
        assertThat(pause.get("by").asText()).isEqualTo("ann");
        assertThat(pause.get("reason").asText()).isEqualTo("migration");
        assertThat(pause.get("since").asText()).startsWith("20");
        assertThat(service.get(BANK + "/schedules").at("/schedules/1/paused")).isEqualTo(pause);
        assertThat(service.get(BANK + "/pause").get("paused")).isEqualTo(pause);

        HttpResponse<String> resumed = service.send("DELETE", BANK + "/pause", "");

        assertThat(resumed.statusCode()).as(resumed.body()).isEqualTo(200);
        assertThat(service.get(BANK + "/schedules").at("/schedules/0/paused").isNull())
                .isTrue();
    }

    @Test
    void pause_ofAll_hasAnOutcomeForEachNamespace() {
        JsonNode outcomes =
                ServiceSite.json(service.send("POST", API + "/pause", "")).get("namespaces");

        assertThat(outcomes).hasSize(1);
        assertThat(outcomes.get(0).get("done").asBoolean()).isTrue();
        assertThat(service.get(BANK + "/pause").at("/paused/by").asText()).isEqualTo("ann");
        assertThat(ServiceSite.json(service.send("DELETE", API + "/pause", ""))
                        .at("/namespaces/0/done")
                        .asBoolean())
                .isTrue();
        assertThat(service.get(BANK + "/pause").get("paused").isNull()).isTrue();
        assertThat(service.send("POST", BANK + "/pause", "{\"reason\":\"" + "x".repeat(1001) + "\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void ticks_ofAnUnknownSchedule_areNotThere() {
        assertThat(service.get(BANK + "/schedules/nightly/ticks").get("ticks")).isNotNull();
        HttpResponse<String> unknown = service.send("GET", BANK + "/schedules/nigthly/ticks", "");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(ServiceSite.json(unknown).get("hint").asText()).contains("nightly");
        assertThat(service.send("GET", BANK + "/schedules/nightly/ticks?limit=0", "")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void coverageAndCertificate_afterAVerification_sayThatEverythingWasRead() {
        service.order("bank", "backup", "");
        assertThat(service.get(BANK + "/coverage").get("percent").asDouble()).isZero();
        assertThat(service.send("GET", BANK + "/backups/latest/certificate", "").statusCode())
                .isEqualTo(404);

        service.order("bank", "verify", "");

        JsonNode coverage = service.get(BANK + "/coverage");
        assertThat(coverage.get("percent").asDouble()).isEqualTo(100.0);
        assertThat(coverage.get("certified").asInt()).isEqualTo(1);
        assertThat(names(coverage))
                .isEqualTo(names(bank.succeed("verify --coverage").at("/namespaces/0")));
        JsonNode certificate = service.get(BANK + "/backups/latest/certificate");
        assertThat(certificate.get("state").asText()).isEqualTo("valid");
        assertThat(certificate).isEqualTo(bank.succeed("certificate bank latest"));
    }

    @Test
    void annotations_replaced_areThoseAndNoOthers() {
        service.order("bank", "backup", "");
        String path = BANK + "/backups/latest/annotations";
        assertThat(service.get(path).get("annotations")).isEmpty();

        put(path, "{\"annotations\":{\"ticket\":\"17\",\"note\":\"before the migration\"}}");
        HttpResponse<String> second = put(path, "{\"annotations\":{\"ticket\":\"18\"}}");

        assertThat(second.statusCode()).as(second.body()).isEqualTo(200);
        assertThat(service.get(path).get("annotations").toString()).isEqualTo("{\"ticket\":\"18\"}");
        assertThat(bank.succeed("show bank latest").get("annotations").toString())
                .isEqualTo("{\"ticket\":\"18\"}");
        for (String wrong : new String[] {"", "{}", "{\"annotations\":null}", "{\"annotations\":{\"a\":null}}"}) {
            assertThat(put(path, wrong).statusCode()).as(wrong).isEqualTo(400);
        }
        assertThat(put(BANK + "/backups/none/annotations", "{\"annotations\":{}}")
                        .statusCode())
                .isEqualTo(404);
    }

    private HttpResponse<String> put(String path, String body) {
        return service.send("PUT", path, body);
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
