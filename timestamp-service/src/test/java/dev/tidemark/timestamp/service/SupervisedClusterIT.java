package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.InMemorySharedStore;
import dev.tidemark.timestamp.http.OracleStatusClient;
import dev.tidemark.timestamp.http.OracleTls;
import dev.tidemark.timestamp.service.store.BoundStoreSettings;
import dev.tidemark.timestamp.status.OracleStatus;
import dev.tidemark.timestamp.status.OracleSurvey;
import dev.tidemark.timestamp.status.ServerAnswer;
import io.dropwizard.util.Duration;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators see of two servers over one store, over HTTP. */
class SupervisedClusterIT {
    private static final java.time.Duration LEASE = java.time.Duration.ofSeconds(2);

    private final ManualTime time = new ManualTime();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<TimestampServer> servers = new ArrayList<>();

    @BeforeEach
    void start() {
        InMemorySharedStore.Database database = new InMemorySharedStore.Database();
        for (String name : List.of("a", "b")) {
            servers.add(TimestampServer.start(
                    TimestampServer.embedded(
                            new TimestampServiceSettings(
                                    null,
                                    new SharedStoreSettings(database),
                                    new LeadershipSettings(URI.create("http://" + name + ".example:8421"), null, null),
                                    null,
                                    Duration.hours(1),
                                    null,
                                    List.of("orders"),
                                    null,
                                    null,
                                    null),
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                    time.seams(),
                    UUID::randomUUID));
        }
        time.advance(LEASE);
    }

    @AfterEach
    void stop() {
        servers.forEach(TimestampServer::close);
    }

    @Test
    void survey_leaderAndFollower_agree() {
        OracleSurvey survey = survey();

        assertThat(survey.exitCode()).isZero();
        assertThat(survey.findings()).isEmpty();
        assertThat(survey.leader().orElseThrow().server()).isEqualTo(endpoint(0));
        OracleStatus leading = survey.answers().get(0).status();
        OracleStatus following = survey.answers().get(1).status();
        assertThat(leading.leadership().state()).isEqualTo("leading");
        assertThat(leading.leadership().leaseLeftMillis()).isBetween(1L, 2000L);
        assertThat(leading.namespaces()).hasSize(1);
        assertThat(following.leadership().state()).isEqualTo("following");
        assertThat(following.leadership().leader()).isEqualTo(leading.server());
        assertThat(following.leadership().leader().address()).isEqualTo("http://a.example:8421");
        assertThat(following.namespaces()).isEmpty();
    }

    @Test
    void metrics_ofBoth_sayWhoLeads() throws Exception {
        assertThat(fresh(0)).isEqualTo(200);

        assertThat(scrape(0))
                .contains("tidemark_oracle_leading 1.0")
                .contains("tidemark_oracle_epoch 1.0")
                .contains("tidemark_oracle_elections_total 1.0")
                .containsPattern("tidemark_oracle_lease_left_seconds [01]\\.[1-9]")
                .containsPattern("tidemark_oracle_lease_renewals_total [1-9]")
                .containsPattern("tidemark_oracle_store_seconds_count\\{call=\"write-leader\",outcome=\"ok\"} [1-9]")
                .contains("tidemark_oracle_timestamps_issued_total{namespace=\"orders\"} 1.0");
        assertThat(scrape(1))
                .contains("tidemark_oracle_leading 0.0")
                .contains("tidemark_oracle_leader_known 1.0")
                .contains("tidemark_oracle_epoch 1.0")
                .contains("tidemark_oracle_lease_left_seconds 0.0")
                .doesNotContain("namespace=\"orders\"");
    }

    @Test
    void leaderRelease_ofTheLeader_handsOverAndTheSurveySaysSo() throws Exception {
        assertThat(fresh(0)).isEqualTo(200);

        assertThat(task(0, "leader-release").statusCode()).isEqualTo(200);

        assertThat(fresh(0)).isNotEqualTo(200);
        assertThat(survey().exitCode()).isEqualTo(20);
        time.advance(LEASE.dividedBy(10));
        assertThat(fresh(1)).isEqualTo(200);
        assertThat(survey().leader().orElseThrow().server()).isEqualTo(endpoint(1));
        time.advance(LEASE);
        assertThat(survey().findings()).isEmpty();
        assertThat(survey().exitCode()).isZero();
        assertThat(task(0, "leader-release").statusCode()).isEqualTo(409);
        assertThat(task(0, "leases").statusCode()).isEqualTo(503);
        assertThat(task(0, "namespaces").body()).contains("NOT_LEADER", "HINT");
    }

    @Test
    void survey_followerHasStopped_isStillFineAndNotesIt() {
        String gone = endpoint(1);
        servers.get(1).close();
        List<ServerAnswer> answers = new ArrayList<>(List.of(ask(endpoint(0))));
        answers.add(ask(gone));

        OracleSurvey survey = new OracleSurvey(answers);

        assertThat(survey.exitCode()).isZero();
        assertThat(survey.findings()).singleElement().satisfies(finding -> assertThat(finding.message())
                .contains(gone, "does not answer"));
    }

    @Test
    void ask_somethingElseThanAService_isRefusedWithAHint() {
        ServerAnswer answer = ask("http://127.0.0.1:" + servers.get(0).adminPort());

        assertThat(answer.failure()).contains("has no status to show");
        assertThat(answer.hint()).contains("base path");
    }

    private OracleSurvey survey() {
        return new OracleSurvey(List.of(ask(endpoint(0)), ask(endpoint(1))));
    }

    private static ServerAnswer ask(String endpoint) {
        try {
            return ServerAnswer.of(
                    endpoint,
                    new OracleStatusClient(java.time.Duration.ofSeconds(10), "", OracleTls.DEFAULT)
                            .ask(URI.create(endpoint)));
        } catch (TimestampException e) {
            return ServerAnswer.failed(endpoint, e);
        }
    }

    private String endpoint(int server) {
        return servers.get(server).endpoint().toString();
    }

    private int fresh(int server) throws Exception {
        return send(endpoint(server) + "/orders/timestamp/fresh-timestamp", "POST")
                .statusCode();
    }

    private HttpResponse<String> task(int server, String task) throws Exception {
        return send("http://127.0.0.1:" + servers.get(server).adminPort() + "/tasks/" + task, "POST");
    }

    private String scrape(int server) throws Exception {
        return send("http://127.0.0.1:" + servers.get(server).adminPort() + "/prometheus", "GET")
                .body();
    }

    private HttpResponse<String> send(String uri, String method) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(uri))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    /** A store of an embedding program. */
    private record SharedStoreSettings(InMemorySharedStore.Database database) implements BoundStoreSettings {
        @Override
        public BoundStore open() {
            return database.open();
        }
    }
}
