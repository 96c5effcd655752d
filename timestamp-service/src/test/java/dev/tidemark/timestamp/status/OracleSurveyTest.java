package dev.tidemark.timestamp.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OracleSurveyTest {
    @Test
    void survey_oneLeadsAndOthersFollow_isFine() {
        OracleSurvey survey = survey(leading("a", 7), following("b", "a", 7), following("c", "a", 7));

        assertThat(survey.exitCode()).isZero();
        assertThat(survey.findings()).isEmpty();
        assertThat(survey.leader().orElseThrow().server()).isEqualTo("http://a");
    }

    @Test
    void survey_oneServerUnderTwoAddresses_isOneLeader() {
        ServerAnswer other = ServerAnswer.of("http://other", leading("a", 7).status());

        assertThat(survey(leading("a", 7), other).exitCode()).isZero();
    }

    @Test
    void survey_oneDoesNotAnswer_isNotedAndFine() {
        OracleSurvey survey = survey(leading("a", 7), silent("b"));

        assertThat(survey.exitCode()).isZero();
        assertThat(survey.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.isProblem()).isFalse();
            assertThat(finding.message()).contains("http://b");
        });
    }

    @Test
    void survey_nobodyLeads_isAProblem() {
        OracleSurvey survey = survey(following("b", "a", 7), silent("a"));

        assertThat(survey.exitCode()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE.exitCode());
        assertThat(survey.findings().get(0).message()).contains("nobody leads");
        assertThat(survey.leader()).isEmpty();
    }

    @Test
    void survey_nobodyAnswers_isAProblem() {
        assertThat(survey(silent("a"), silent("b")).exitCode()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE.exitCode());
    }

    @Test
    void survey_everybodyRefusesTheToken_saysSo() {
        ServerAnswer refused = ServerAnswer.failed(
                "http://a", new TimestampException(ErrorCode.UNAUTHORIZED, "refuses the token", "Set it."));

        assertThat(survey(refused).exitCode()).isEqualTo(ErrorCode.UNAUTHORIZED.exitCode());
    }

    @Test
    void survey_twoLead_isASplitWhateverTheirEpochs() {
        OracleSurvey survey = survey(leading("a", 7), leading("b", 8));

        assertThat(survey.isSplit()).isTrue();
        assertThat(survey.exitCode()).isEqualTo(ErrorCode.BOUND_STORE_IN_USE.exitCode());
        assertThat(survey.leader()).isEmpty();
        assertThat(survey.findings().get(0).message()).contains("http://a (epoch 7)", "http://b (epoch 8)");
        assertThat(survey(leading("a", 0), leading("b", 0)).isSplit()).isTrue();
    }

    @Test
    void survey_followerFollowsAnother_isNoted() {
        OracleSurvey survey = survey(leading("a", 8), following("b", "c", 7), following("d", null, 7));

        assertThat(survey.exitCode()).isZero();
        assertThat(survey.findings())
                .extracting(OracleSurvey.Finding::message)
                .anyMatch(message -> message.contains("http://b follows server 'c'"))
                .anyMatch(message -> message.contains("http://d knows of nobody who leads"));
    }

    @Test
    void survey_namespaceHasStopped_isAProblem() {
        OracleSurvey survey = survey(server(
                "a",
                new OracleStatus.Leadership("leading", true, 7, id("a"), 2000, 1000),
                List.of(new OracleStatus.Namespace("orders", 9, 9L, 9L, 0, null, null, "it has stopped")),
                null));

        assertThat(survey.exitCode()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE.exitCode());
        assertThat(survey.findings().get(0).message()).isEqualTo("it has stopped");
    }

    @Test
    void survey_leaderCannotReadItsStore_isAProblem() {
        OracleStatus.Leadership leadership = new OracleStatus.Leadership("leading", true, 7, id("a"), 2000, 1000);

        assertThat(survey(server("a", leadership, List.of(), "no answer from the store"))
                        .exitCode())
                .isEqualTo(ErrorCode.ORACLE_UNAVAILABLE.exitCode());
    }

    private static OracleSurvey survey(ServerAnswer... answers) {
        return new OracleSurvey(List.of(answers));
    }

    private static ServerAnswer leading(String id, long epoch) {
        return server(id, new OracleStatus.Leadership("leading", true, epoch, id(id), 2000, 1000), List.of(), null);
    }

    private static ServerAnswer following(String id, String leader, long epoch) {
        return server(
                id,
                new OracleStatus.Leadership("following", false, epoch, leader == null ? null : id(leader), 2000, 0),
                List.of(),
                null);
    }

    private static ServerAnswer silent(String id) {
        return ServerAnswer.failed(
                "http://" + id,
                new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "http://" + id + " does not answer", "Start it."));
    }

    private static ServerAnswer server(
            String id, OracleStatus.Leadership leadership, List<OracleStatus.Namespace> namespaces, String problem) {
        return ServerAnswer.of(
                "http://" + id,
                new OracleStatus(id(id), leadership, new OracleStatus.Store("file", "/x"), namespaces, problem));
    }

    private static OracleStatus.Server id(String id) {
        return new OracleStatus.Server(id, "");
    }
}
