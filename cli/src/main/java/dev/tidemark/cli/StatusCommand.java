package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.config.NamespaceConfiguration;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.status.GoodBackup;
import dev.tidemark.coordinator.status.LockWatch;
import dev.tidemark.coordinator.status.NamespaceStatus;
import dev.tidemark.coordinator.status.NextBackup;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.coordinator.status.PublicStatusReader;
import dev.tidemark.coordinator.status.StatusProblem;
import dev.tidemark.coordinator.status.StatusReader;
import dev.tidemark.coordinator.status.StatusState;
import dev.tidemark.coordinator.status.UnfinishedOperation;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tells how namespaces are, from the archive alone. */
@Command(
        name = "status",
        description = {
            "Tell whether backups are as recent as they must be, and whether somebody works on what was begun.",
            "Needs the archive only. With the public key alone nothing is known of operations, failures and holds."
        })
final class StatusCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Default: every configured namespace.")
    private String namespace;

    StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Map<String, NamespaceConfiguration> configured = session.configuration().namespaces();
        List<String> names = session.namespaces(namespace);
        BiFunction<String, Objectives, NamespaceStatus> reader = reader();
        List<NamespaceStatus> statuses = names.stream()
                .map(name -> reader.apply(name, configured.get(name).objective().toObjectives()))
                .toList();
        StatusState worst = statuses.stream()
                .map(NamespaceStatus::state)
                .max(StatusState::compareTo)
                .orElse(StatusState.OK);
        session.show(
                Json.object(
                        "state",
                        word(worst),
                        "namespaces",
                        statuses.stream().map(StatusCommand::json).toList()),
                text(statuses));
        return exitCode(worst);
    }

    private BiFunction<String, Objectives, NamespaceStatus> reader() {
        Surroundings surroundings = session.surroundings();
        if (!session.wiring().hasSecret()) {
            PublicStatusReader reader = new PublicStatusReader(session.wiring().publicArchive());
            return (name, objectives) ->
                    reader.read(name, objectives, surroundings.clock().instant());
        }
        StatusReader reader =
                session.wiring().statusReader(LockWatch.waiting(surroundings.monotonicClock(), surroundings.sleeper()));
        return (name, objectives) ->
                reader.read(name, objectives, surroundings.clock().instant());
    }

    private static int exitCode(StatusState worst) {
        return switch (worst) {
            case OK, AT_RISK -> 0;
            case SHREDDED -> ErrorCode.KEY_DESTROYED.exitCode();
            case LATE, STOPPED -> ErrorCode.BACKUP_STALE.exitCode();
            case STUCK -> ErrorCode.OPERATION_STUCK.exitCode();
        };
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Map<String, Object> json(NamespaceStatus status) {
        GoodBackup good = status.newestGood();
        NextBackup next = status.next();
        return Json.object(
                "namespace", status.namespace(),
                "state", word(status.state()),
                "at", status.at(),
                "backups", status.backups(),
                "newestGood", good.isPresent() ? json(good) : null,
                "nextBackupDue", next.isKnown() ? next.due() : null,
                "nextBackupSaidBy", next.isKnown() ? next.saidBy() : null,
                "overdueSince", status.isOverdue() ? next.due() : null,
                "scheduleStopped", status.isScheduleStopped(),
                "objective", word(status.objective().level()),
                "objectiveReason", status.objective().reason(),
                "operation", status.operation().isPresent() ? json(status.operation()) : null,
                "failures", status.failures().stream().map(StatusCommand::json).toList(),
                "holds", status.holds().size(),
                "problems", status.problems().stream().map(StatusCommand::json).toList());
    }

    private static Map<String, Object> json(GoodBackup good) {
        return Json.object(
                "backup", good.backupId(),
                "backupTimestamp", good.backupTimestamp(),
                "fastForwardTimestamp", good.fastForwardTimestamp(),
                "timeAtBackupTimestamp", good.timeAtBackupTimestamp(),
                "finishedAt", good.finishedAt(),
                "ageMillis", good.age().toMillis(),
                "durationMillis", good.duration().toMillis(),
                "degraded", good.isDegraded());
    }

    private static Map<String, Object> json(UnfinishedOperation operation) {
        return Json.object(
                "operation", operation.operationId(),
                "type", operation.type(),
                "step", operation.step(),
                "epoch", operation.epoch(),
                "host", operation.host(),
                "startedAt", operation.startedAt(),
                "renewedAt", operation.renewedAt(),
                "silentMillis", operation.silence().toMillis(),
                "workedOn", operation.isWorkedOn(),
                "stuck", operation.isStuck());
    }

    private static Map<String, Object> json(OperationSummary failure) {
        return Json.object(
                "operation", failure.operationId(),
                "type", failure.type(),
                "failedAt", failure.updatedAt(),
                "message", failure.message());
    }

    private static Map<String, Object> json(StatusProblem problem) {
        return Json.object("state", word(problem.state()), "message", problem.message(), "hint", problem.hint());
    }

    private static String text(List<NamespaceStatus> statuses) {
        Table table = new Table("NAMESPACE", "STATE", "NEWEST GOOD", ">AGE", "OBJECTIVE", "NEXT DUE", "OPERATION");
        StringBuilder problems = new StringBuilder();
        for (NamespaceStatus status : statuses) {
            GoodBackup good = status.newestGood();
            table.row(
                    status.namespace(),
                    word(status.state()),
                    good.isPresent() ? good.backupId() : "-",
                    good.isPresent() ? HumanFormat.duration(good.age()) : "-",
                    word(status.objective().level()),
                    nextDue(status.next(), status.at()),
                    operation(status.operation()));
            for (StatusProblem problem : status.problems()) {
                problems.append((word(problem.state()).toUpperCase(Locale.ROOT) + ": namespace '" + status.namespace()
                                        + "': " + problem.message())
                                .replaceAll("\\p{Cntrl}", " "))
                        .append("\nHINT: ")
                        .append(problem.hint())
                        .append('\n');
            }
        }
        return table.toString() + problems;
    }

    private static String nextDue(NextBackup next, Instant at) {
        if (!next.isKnown()) {
            return "-";
        }
        return HumanFormat.time(next.due())
                + (next.isDue(at) ? ", " + HumanFormat.duration(Duration.between(next.due(), at)) + " overdue" : "");
    }

    private static String operation(UnfinishedOperation operation) {
        if (!operation.isPresent()) {
            return "-";
        }
        return operation.type()
                + (operation.step().isEmpty() ? "" : " at " + operation.step())
                + (operation.isWorkedOn() ? "" : ", not worked on");
    }
}
