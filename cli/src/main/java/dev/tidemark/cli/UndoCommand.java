package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.rewind.UndoPlan;
import dev.tidemark.coordinator.rewind.UndoReport;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes back the last rewind or restore over existing data, or shows what that would do. */
@Command(
        name = "undo",
        description = {
            "Take back the last rewind, or the last restore over existing data.",
            "Refused once something was committed after it. Timestamps are not taken back."
        })
final class UndoCommand implements Callable<Integer>, ThroughServer {
    private final Session session;

    @Parameters(paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Option(names = "--dry-run", description = "Show the plan and change nothing.")
    private boolean isDryRun;

    UndoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String name = session.namespace(namespace);
        if (isDryRun) {
            UndoPlan plan = session.isRemote()
                    ? session.remote().client().planUndo(name)
                    : session.wiring().coordinator().planUndo(name);
            session.show(json(plan), text(plan));
            return 0;
        }
        if (session.isRemote()) {
            return session.remote()
                    .run(
                            name,
                            new OperationOrder.Undo(),
                            UndoReport.class,
                            report -> session.show(json(report), text(report)));
        }
        UndoReport report = session.wiring().coordinator().undo(name, session.progress());
        session.show(json(report), text(report));
        return 0;
    }

    private static Map<String, Object> json(UndoPlan plan) {
        return Json.object(
                "dryRun", true,
                "namespace", plan.namespace(),
                "undoneOperation", plan.undoneOperation(),
                "undoneType", plan.undoneType(),
                "fastForwardTarget", plan.fastForwardTarget(),
                "fastForwardInputs", plan.fastForwardInputs(),
                "nodes", plan.nodes(),
                "steps", plan.steps());
    }

    private static String text(UndoPlan plan) {
        StringBuilder text = new StringBuilder("Plan to undo " + plan.undoneType() + " '" + plan.undoneOperation()
                + "' of namespace '" + plan.namespace() + "'; nothing was changed.\n"
                + "  safety copies  " + String.join(", ", plan.nodes()) + "\n"
                + "  fast-forward   at least to " + plan.fastForwardTarget() + ", the greatest of\n");
        plan.fastForwardInputs()
                .forEach((name, timestamp) -> text.append(String.format("  %20d  %s%n", timestamp, name)));
        int number = 0;
        for (String step : plan.steps()) {
            text.append(String.format("  %2d. %s%n", ++number, step));
        }
        return text.toString();
    }

    private static Map<String, Object> json(UndoReport report) {
        return Json.object(
                "dryRun", false,
                "namespace", report.namespace(),
                "operation", report.operationId(),
                "resumed", report.isResumed(),
                "undoneOperation", report.undoneOperation(),
                "undoneType", report.undoneType(),
                "fastForwardTarget", report.fastForwardTarget(),
                "durationMillis", report.duration().toMillis());
    }

    private static String text(UndoReport report) {
        return "The " + report.undoneType() + " '" + report.undoneOperation() + "' of namespace '"
                + report.namespace() + "' is undone"
                + (report.isResumed() ? " (the undo was begun by an earlier process)" : "") + ".\n"
                + "  fast-forward   the oracle issues only timestamps greater than " + report.fastForwardTarget() + "\n"
                + "  took           " + HumanFormat.duration(report.duration()) + "\n";
    }
}
