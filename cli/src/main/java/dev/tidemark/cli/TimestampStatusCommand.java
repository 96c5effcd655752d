package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.timestamp.status.OracleStatus;
import dev.tidemark.timestamp.status.OracleSurvey;
import dev.tidemark.timestamp.status.ServerAnswer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Asks every server of the oracle how it is. */
@Command(
        name = "status",
        description = {
            "Ask every server of the oracle how it is: who leads, what is issued, who holds the immutable timestamp.",
            "Issues nothing. Exits with 0 only if one server issues timestamps and no namespace has stopped."
        })
final class TimestampStatusCommand implements Callable<Integer> {
    private final Session session;

    TimestampStatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        OracleSurvey survey = new OracleSurvey(session.wiring().askOracle());
        if (survey.isSplit()) {
            survey = new OracleSurvey(session.wiring().askOracle()); // the leader may have changed in between
        }
        session.show(
                Json.object(
                        "leader",
                        survey.leader().map(ServerAnswer::server).orElse(null),
                        "servers",
                        survey.answers().stream()
                                .map(answer -> Json.object(
                                        "server", answer.server(),
                                        "status", answer.status(),
                                        "failure", answer.failure(),
                                        "hint", answer.hint()))
                                .toList(),
                        "findings",
                        survey.findings().stream()
                                .map(finding -> Json.object(
                                        "severity", finding.isProblem() ? "problem" : "note",
                                        "code", finding.code().name(),
                                        "message", finding.message(),
                                        "hint", finding.hint()))
                                .toList()),
                text(survey));
        return survey.exitCode();
    }

    private static String text(OracleSurvey survey) {
        StringBuilder text = new StringBuilder(servers(survey).toString());
        survey.leader().ifPresent(leader -> text.append('\n').append(namespaces(leader.status())));
        survey.findings().forEach(finding -> text.append(finding.isProblem() ? "PROBLEM: " : "NOTE: ")
                .append(finding.message().replaceAll("\\p{Cntrl}", " "))
                .append("\nHINT: ")
                .append(finding.hint())
                .append('\n'));
        return text.toString();
    }

    private static Table servers(OracleSurvey survey) {
        Table table = new Table("SERVER", "STATE", ">EPOCH", ">LEASE LEFT", "LEADER", "STORE");
        for (ServerAnswer answer : survey.answers()) {
            if (!answer.isAnswered()) {
                table.row(answer.server(), "no answer", "-", "-", "-", "-");
                continue;
            }
            OracleStatus.Leadership leadership = answer.status().leadership();
            OracleStatus.Store store = answer.status().store();
            table.row(
                    answer.server(),
                    leadership.state(),
                    leadership.epoch() == 0 ? "-" : leadership.epoch(),
                    leadership.leaseLeftMillis() == 0 ? "-" : leadership.leaseLeftMillis() + " ms",
                    name(leadership.leader()),
                    store.type() + " " + store.description());
        }
        return table;
    }

    private static String name(OracleStatus.Server leader) {
        if (leader == null) {
            return "-";
        }
        return leader.address() == null || leader.address().isEmpty() ? leader.id() : leader.address();
    }

    private static Table namespaces(OracleStatus status) {
        Table table = new Table(
                "NAMESPACE", ">LAST", ">BOUND", ">IMMUTABLE", ">LEASES", ">OLDEST", "HELD BY", "FENCE", "STATE");
        for (OracleStatus.Namespace namespace : status.namespaces()) {
            OracleStatus.Lease oldest = namespace.oldestLease();
            table.row(
                    namespace.namespace(),
                    orDash(namespace.lastTimestamp()),
                    namespace.bound(),
                    orDash(namespace.immutableTimestamp()),
                    orDash(namespace.leases()),
                    oldest == null ? "-" : HumanFormat.duration(Duration.ofMillis(oldest.ageMillis())),
                    oldest == null ? "-" : oldest.id(),
                    orDash(namespace.fenceId()),
                    state(namespace));
        }
        return table;
    }

    private static String state(OracleStatus.Namespace namespace) {
        if (namespace.failure() != null) {
            return "stopped";
        }
        if (namespace.fenceId() != null) {
            return "fenced";
        }
        return namespace.lastTimestamp() == null ? "unused" : "issues";
    }

    private static String orDash(Object value) {
        return Objects.toString(value, "-");
    }
}
