package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.rewind.RewindPlan;
import dev.tidemark.coordinator.rewind.RewindReport;
import dev.tidemark.coordinator.rewind.RewindRequest;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rewinds a namespace in place, or shows what that would do. */
@Command(
        name = "rewind",
        description = {
            "Make the state of an earlier moment the present one, in the stores as they are.",
            "Each node keeps a safety copy, from which 'tidemark undo' takes it back."
        })
final class RewindCommand implements Callable<Integer>, ThroughServer {
    private final Session session;

    @Parameters(paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Option(
            names = "--to",
            paramLabel = "MOMENT",
            required = true,
            description = "A timestamp, or a time such as 2026-11-20T12:00:00Z.")
    private String moment;

    @Option(names = "--dry-run", description = "Show the plan and change nothing.")
    private boolean isDryRun;

    RewindCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.requireMainArchive();
        RewindRequest request = new RewindRequest(session.namespace(namespace), RestorePoint.parse(moment));
        if (session.isRemote()) {
            return rewindRemotely(request.namespace());
        }
        if (isDryRun) {
            RewindPlan plan = session.wiring().coordinator().planRewind(request);
            session.show(json(plan), text(plan));
            return 0;
        }
        RewindReport report = session.wiring().coordinator().rewind(request, session.progress());
        session.show(json(report), text(report));
        return 0;
    }

    private int rewindRemotely(String name) {
        OperationOrder.Rewind order = new OperationOrder.Rewind(moment);
        if (isDryRun) {
            RewindPlan plan = session.remote().client().planRewind(name, order);
            session.show(json(plan), text(plan));
            return 0;
        }
        return session.remote()
                .run(name, order, RewindReport.class, report -> session.show(json(report), text(report)));
    }

    static Map<String, Object> json(RewindPlan plan) {
        return Json.object(
                "dryRun", true,
                "namespace", plan.namespace(),
                "targetTimestamp", plan.targetTimestamp(),
                "firstStartTimestamp", plan.firstStart(),
                "earliestTimestamp", plan.earliestTimestamp(),
                "expectedAborts", plan.expectedAborts(),
                "fastForwardTarget", plan.fastForwardTarget(),
                "fastForwardInputs", plan.fastForwardInputs(),
                "nodes", plan.nodes(),
                "steps", plan.steps(),
                "notes", plan.notes());
    }

    static String text(RewindPlan plan) {
        StringBuilder text = new StringBuilder("Plan to rewind namespace '" + plan.namespace()
                + "'; nothing was changed.\n"
                + "  state at       timestamp " + plan.targetTimestamp() + "; the earliest possible is "
                + Math.max(1, plan.earliestTimestamp()) + "\n"
                + "  aborts         " + HumanFormat.count(plan.expectedAborts(), "commit")
                + " above it, by now\n"
                + "  safety copies  " + String.join(", ", plan.nodes()) + "\n"
                + "  fast-forward   at least to " + plan.fastForwardTarget() + ", the greatest of\n");
        plan.fastForwardInputs()
                .forEach((name, timestamp) -> text.append(String.format("  %20d  %s%n", timestamp, name)));
        plan.notes().forEach(note -> text.append("  NOTE           " + note + "\n"));
        int number = 0;
        for (String step : plan.steps()) {
            text.append(String.format("  %2d. %s%n", ++number, step));
        }
        return text.toString();
    }

    static Map<String, Object> json(RewindReport report) {
        return Json.object(
                "dryRun", false,
                "namespace", report.namespace(),
                "operation", report.operationId(),
                "resumed", report.isResumed(),
                "targetTimestamp", report.targetTimestamp(),
                "abortedCommits", report.abortedCommits(),
                "abortedStraddlers", report.abortedStraddlers(),
                "cleanPasses", report.cleanPasses(),
                "fastForwardTarget", report.fastForwardTarget(),
                "durationMillis", report.duration().toMillis());
    }

    static String text(RewindReport report) {
        return "Namespace '" + report.namespace() + "' is rewound to timestamp " + report.targetTimestamp()
                + (report.isResumed() ? " (the rewind was begun by an earlier process)" : "") + ".\n"
                + "  aborted        " + HumanFormat.count(report.abortedCommits(), "commit") + " above it, "
                + HumanFormat.count(report.abortedStraddlers()) + " of them started before it\n"
                + "  fast-forward   the oracle issues only timestamps greater than " + report.fastForwardTarget() + "\n"
                + "  took           " + HumanFormat.duration(report.duration()) + "\n"
                + "  to take back   tidemark undo " + report.namespace() + ", before anything new is committed\n";
    }
}
