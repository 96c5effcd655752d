package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.config.NamespaceConfiguration;
import dev.tidemark.coordinator.service.view.StatusView;
import dev.tidemark.coordinator.status.LockWatch;
import dev.tidemark.coordinator.status.NamespaceStatus;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.coordinator.status.PublicStatusReader;
import dev.tidemark.coordinator.status.StatusReader;
import dev.tidemark.coordinator.status.StatusState;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
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
final class StatusCommand implements Callable<Integer>, ThroughServer {
    private final Session session;

    @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Default: every configured namespace.")
    private String namespace;

    StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<StatusView> statuses = read();
        StatusState worst = StatusView.worst(statuses);
        session.show(Json.object("state", StatusView.word(worst), "namespaces", statuses), text(statuses));
        return exitCode(worst);
    }

    private List<StatusView> read() {
        if (session.isRemote()) {
            return namespace == null
                    ? session.remote().client().status().namespaces()
                    : List.of(session.remote().client().status(namespace));
        }
        Map<String, NamespaceConfiguration> configured = session.configuration().namespaces();
        List<String> names = session.namespaces(namespace);
        BiFunction<String, Objectives, NamespaceStatus> reader = reader();
        return names.stream()
                .map(name -> reader.apply(name, configured.get(name).objective().toObjectives()))
                .map(StatusView::of)
                .toList();
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

    private static String text(List<StatusView> statuses) {
        Table table = new Table("NAMESPACE", "STATE", "NEWEST GOOD", ">AGE", "OBJECTIVE", "NEXT DUE", "OPERATION");
        StringBuilder problems = new StringBuilder();
        for (StatusView status : statuses) {
            StatusView.Newest good = status.newestGood();
            table.row(
                    status.namespace(),
                    status.state(),
                    good == null ? "-" : good.backup(),
                    good == null ? "-" : HumanFormat.duration(Duration.ofMillis(good.ageMillis())),
                    status.objective(),
                    nextDue(status),
                    operation(status.operation()));
            for (StatusView.Concern problem : status.problems()) {
                problems.append((problem.state().toUpperCase(Locale.ROOT) + ": namespace '" + status.namespace() + "': "
                                        + problem.message())
                                .replaceAll("\\p{Cntrl}", " "))
                        .append("\nHINT: ")
                        .append(problem.hint())
                        .append('\n');
            }
        }
        return table.toString() + problems;
    }

    private static String nextDue(StatusView status) {
        if (status.nextBackupDue() == null) {
            return "-";
        }
        return HumanFormat.time(status.nextBackupDue())
                + (status.overdueSince() == null
                        ? ""
                        : ", " + HumanFormat.duration(Duration.between(status.overdueSince(), status.at()))
                                + " overdue");
    }

    private static String operation(StatusView.Unfinished operation) {
        if (operation == null) {
            return "-";
        }
        return operation.type()
                + (operation.step().isEmpty() ? "" : " at " + operation.step())
                + (operation.workedOn() ? "" : ", not worked on");
    }
}
