package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.atlasdb.AtlasDbBackupFolder;
import dev.tidemark.coordinator.restore.ExistingData;
import dev.tidemark.coordinator.restore.RestorePlan;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.rewind.RewindPlan;
import dev.tidemark.coordinator.rewind.RewindReport;
import dev.tidemark.coordinator.rewind.RewindTarget;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.kvs.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Restores a backup, or shows what that would do. */
@Command(
        name = "restore",
        description = {
            "Restore a namespace, into empty stores or with --replace-existing.",
            "A restore that an earlier process has left unfinished is finished."
        })
final class RestoreCommand implements Callable<Integer>, ThroughServer {
    private final Session session;

    @Parameters(paramLabel = "NAMESPACE", description = "A configured namespace, the one that was backed up.")
    private String namespace;

    @Option(
            names = "--backup",
            paramLabel = "ID",
            defaultValue = RestoreRequest.LATEST,
            description = "The backup's id, or 'latest', the default; with --at the oldest that has the moment.")
    private String backup;

    @Option(
            names = "--at",
            paramLabel = "MOMENT",
            description = "Restore the state of this moment, not that of the backup: a timestamp, or a time such as"
                    + " 2026-11-20T12:00:00Z.")
    private String moment;

    @Option(
            names = "--replace-existing",
            description = "Set data in the targets aside, as a safety copy for 'tidemark undo'.")
    private boolean isReplacing;

    @Option(
            names = "--table",
            paramLabel = "TABLE",
            description =
                    "Restore this table, and those that begin with an underscore, which say what is committed; into an"
                            + " empty place. May be given several times.")
    private List<String> tables = List.of();

    @Option(
            names = "--external",
            paramLabel = "FOLDER",
            description =
                    "Do everything but the copying of files: others have put them back. FOLDER is what AtlasDB's backup"
                            + " service, or 'tidemark atlasdb-folder', has written for the backup.")
    private Path external;

    @Option(
            names = "--repair-all",
            description =
                    "With --external: make the replicas of every table equal, because some node's files are missing.")
    private boolean isEveryTableRepaired;

    @Option(names = "--dry-run", description = "Show the plan and change nothing.")
    private boolean isDryRun;

    RestoreCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (external != null) {
            requireHere();
            return restoreExternal();
        }
        if (isEveryTableRepaired) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "--repair-all without --external (expected: both)",
                    "Leave it out: a backup knows by itself what has to be repaired.");
        }
        if (isReplacing && !tables.isEmpty()) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "--table together with --replace-existing (expected: one of them)",
                    "Restore the table into another keyspace, and copy from there what is needed: the other tables of the"
                            + " live one would be gone.");
        }
        RestoreRequest request = new RestoreRequest(
                session.namespace(namespace),
                backup,
                moment == null ? RestorePoint.OF_BACKUP : RestorePoint.parse(moment),
                isReplacing ? ExistingData.REPLACE : ExistingData.REFUSE,
                tables);
        if (session.isRemote()) {
            return restoreRemotely(request.namespace());
        }
        if (isDryRun) {
            RestorePlan plan = session.wiring().coordinator().planRestore(request);
            session.show(json(plan), text(plan));
            return 0;
        }
        RestoreReport report = session.wiring().coordinator().restore(request, session.progress());
        session.show(json(report), text(report));
        return 0;
    }

    private int restoreRemotely(String name) {
        OperationOrder.Restore order = new OperationOrder.Restore(backup, moment, isReplacing, tables);
        if (isDryRun) {
            RestorePlan plan = session.remote().client().planRestore(name, order);
            session.show(json(plan), text(plan));
            return 0;
        }
        return session.remote()
                .run(name, order, RestoreReport.class, report -> session.show(json(report), text(report)));
    }

    private void requireHere() {
        if (session.isRemote()) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "--external together with --server (expected: one of them)",
                    "Run the command where the folder and the stores are.");
        }
    }

    private int restoreExternal() {
        if (!backup.equals(RestoreRequest.LATEST) || moment != null || isReplacing || !tables.isEmpty()) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "--external together with --backup, --at, --table or --replace-existing (expected: --external alone)",
                    "Leave them out: the folder says what is restored, and the files are there.");
        }
        String name = session.namespace(namespace);
        RewindTarget.External target =
                new RewindTarget.External(new AtlasDbBackupFolder(external).read(), isEveryTableRepaired);
        if (isDryRun) {
            RewindPlan plan = session.wiring().coordinator().planRestoreExternal(name, target);
            session.show(RewindCommand.json(plan), RewindCommand.text(plan));
            return 0;
        }
        RewindReport report = session.wiring().coordinator().restoreExternal(name, target, session.progress());
        session.show(RewindCommand.json(report), RewindCommand.text(report));
        return 0;
    }

    private static Map<String, Object> json(RestorePlan plan) {
        return Json.object(
                "dryRun", true,
                "namespace", plan.namespace(),
                "backup", plan.backupId(),
                "backupTimestamp", plan.backupTimestamp(),
                "targetTimestamp", plan.targetTimestamp(),
                "replaceExisting", plan.existingData() == ExistingData.REPLACE,
                "tables", plan.tables(),
                "immutableTimestamp", plan.immutableTimestamp(),
                "timeAtBackupTimestamp", plan.timeAtBackupTimestamp(),
                "fastForwardTarget", plan.fastForwardTarget(),
                "fastForwardInputs", plan.fastForwardInputs(),
                "files", plan.files(),
                "bytes", plan.bytes(),
                "nodes",
                        plan.nodes().stream()
                                .map(node -> Json.object(
                                        "store", node.store(),
                                        "node", node.node(),
                                        "files", node.files(),
                                        "bytes", node.bytes()))
                                .toList(),
                "steps", plan.steps(),
                "degraded", plan.isDegraded(),
                "expectedAborts", plan.expectedAborts(),
                "notes", plan.notes());
    }

    private static String text(RestorePlan plan) {
        Table nodes = new Table("  STORE", "NODE", ">FILES", ">BYTES");
        plan.nodes()
                .forEach(node -> nodes.row(
                        "  " + node.store(),
                        node.node(),
                        HumanFormat.count(node.files()),
                        HumanFormat.bytes(node.bytes())));
        StringBuilder text = new StringBuilder("Plan to restore backup '" + plan.backupId() + "' of namespace '"
                + plan.namespace() + "'; nothing was changed.\n"
                + "  state at       timestamp " + plan.targetTimestamp() + "; the backup's is "
                + plan.backupTimestamp() + ", " + HumanFormat.time(plan.timeAtBackupTimestamp()) + "\n"
                + "  content        " + HumanFormat.count(plan.files(), "file") + ", " + HumanFormat.bytes(plan.bytes())
                + "\n"
                + tablesLine(plan.tables())
                + "  fast-forward   to " + plan.fastForwardTarget() + ", the greatest of\n");
        plan.fastForwardInputs()
                .forEach((name, timestamp) -> text.append(String.format("  %20d  %s%n", timestamp, name)));
        plan.notes().forEach(note -> text.append("  NOTE           " + note + "\n"));
        if (plan.existingData() == ExistingData.REPLACE) {
            text.append("  existing data  set aside on each node, for 'tidemark undo'\n");
        }
        text.append("  aborts         " + plan.expectedAborts() + "\n");
        if (plan.isDegraded()) {
            text.append("  DEGRADED       a replica is missing; every table will be repaired\n");
        }
        text.append(nodes);
        int number = 0;
        for (String step : plan.steps()) {
            text.append(String.format("  %2d. %s%n", ++number, step));
        }
        return text.toString();
    }

    private static String tablesLine(List<String> tables) {
        return tables.isEmpty()
                ? ""
                : "  tables         " + String.join(", ", tables) + ", and those of transactions; no others\n";
    }

    static Map<String, Object> json(RestoreReport report) {
        return Json.object(
                "dryRun", false,
                "namespace", report.namespace(),
                "operation", report.operationId(),
                "backup", report.backupId(),
                "resumed", report.isResumed(),
                "backupTimestamp", report.backupTimestamp(),
                "targetTimestamp", report.targetTimestamp(),
                "safetyCopies", report.safetyCopies(),
                "tables", report.tables(),
                "abortedCommits", report.abortedCommits(),
                "abortedStraddlers", report.abortedStraddlers(),
                "cleanPasses", report.cleanPasses(),
                "fastForwardTarget", report.fastForwardTarget(),
                "files", report.files(),
                "bytes", report.bytes(),
                "durationMillis", report.duration().toMillis());
    }

    private static String text(RestoreReport report) {
        return "Namespace '" + report.namespace() + "' is restored from backup '" + report.backupId() + "'"
                + (report.isResumed() ? " (the restore was begun by an earlier process)" : "") + ".\n"
                + "  state at       timestamp " + report.targetTimestamp() + "\n"
                + "  content        " + HumanFormat.count(report.files(), "file") + ", "
                + HumanFormat.bytes(report.bytes()) + "\n"
                + tablesLine(report.tables())
                + "  aborted        " + HumanFormat.count(report.abortedCommits(), "commit") + " above it, "
                + HumanFormat.count(report.abortedStraddlers()) + " of them started before it\n"
                + "  fast-forward   the oracle issues only timestamps greater than " + report.fastForwardTarget() + "\n"
                + "  took           " + HumanFormat.duration(report.duration()) + "\n"
                + (report.safetyCopies().isEmpty()
                        ? ""
                        : "  to take back   tidemark undo " + report.namespace()
                                + ", before anything new is committed\n");
    }
}
