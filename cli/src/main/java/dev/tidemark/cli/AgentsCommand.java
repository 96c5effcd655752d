package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.coordinator.config.AgentReport;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows how the agents of a namespace are. */
@Command(name = "agents", description = "Show the agents of a namespace, their nodes, and what they did last.")
final class AgentsCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    AgentsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String name = session.namespace(namespace);
        List<AgentReport> reports = session.wiring().agents(name);
        Table table = new Table("STORE", "AGENT", "NODE", "VERSION", "STATE", ">FREE", "LAST TASK OR REASON");
        reports.forEach(report -> table.row(
                report.store(),
                report.agent(),
                report.node(),
                version(report),
                state(report),
                report.problem().isEmpty() ? HumanFormat.bytes(report.usableBytes()) : "",
                reason(report)));
        session.show(
                Json.object(
                        "namespace",
                        name,
                        "agents",
                        reports.stream().map(AgentsCommand::json).toList()),
                reports.isEmpty() ? "The stores of namespace '" + name + "' have no agents.\n" : table.toString());
        return 0;
    }

    private static Map<String, Object> json(AgentReport report) {
        return Json.object(
                "store", report.store(),
                "agent", report.agent(),
                "node", report.node(),
                "version", version(report),
                "state", state(report),
                "usableBytes", report.usableBytes(),
                "lastTask",
                        report.lastTask().stream().map(AgentsCommand::lastTask).toList(),
                "problem", problem(report));
    }

    private static Map<String, Object> lastTask(TaskStatus task) {
        return Json.object("task", task.taskId(), "kind", task.kind(), "state", lower(task.state()));
    }

    private static String version(AgentReport report) {
        return report.status().stream().map(NodeStatus::version).findFirst().orElse("");
    }

    /** The most important thing first. */
    private static String state(AgentReport report) {
        if (!report.problem().isEmpty()) {
            return "no answer";
        }
        if (report.status().stream().anyMatch(status -> !status.isUp())) {
            return "node down";
        }
        for (NodeStatus status : report.status()) {
            for (ChangeMark mark : status.marks()) {
                return "restore " + lower(mark.phase());
            }
        }
        return report.isPaused() ? "paused" : "up";
    }

    private static String problem(AgentReport report) {
        return report.problem().isEmpty()
                ? report.status().stream().map(NodeStatus::problem).findFirst().orElse("")
                : report.problem();
    }

    private static String reason(AgentReport report) {
        String problem = problem(report);
        return problem.isEmpty()
                ? report.lastTask().stream()
                        .map(task -> task.kind() + " " + lower(task.state()))
                        .findFirst()
                        .orElse("")
                : problem;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
