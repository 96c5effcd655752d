package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a backup. */
@Command(
        name = "backup",
        description = {
            "Take a consistent backup of a namespace while it is in use.",
            "A backup that an earlier process has left unfinished is finished instead."
        })
final class BackupCommand implements Callable<Integer>, ThroughServer {
    private final Session session;

    @Parameters(paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Option(
            names = "--label",
            paramLabel = "NAME=VALUE",
            description = "Text that is kept with the backup; may be given several times.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--forbid-degraded", description = "Fail when a replica is missing, even if the others suffice.")
    private boolean isDegradedForbidden;

    @Option(
            names = "--next-due",
            paramLabel = "TIME|DURATION",
            description =
                    "When the next backup will be taken, as 2031-05-01T02:00:00Z or PT24H; whoever watches the archive"
                            + " then knows when one is missing.")
    private String nextDue;

    BackupCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.requireMainArchive();
        String name = session.namespace(namespace);
        Instant due = NextDue.parse(nextDue, session.surroundings().clock().instant());
        BackupRequest request = new BackupRequest(name, labels, !isDegradedForbidden, due);
        if (session.isRemote()) {
            return session.remote()
                    .run(
                            name,
                            new OperationOrder.Backup(labels, !isDegradedForbidden, due),
                            BackupReport.class,
                            report -> session.show(json(report), text(report)));
        }
        BackupReport report = session.wiring().coordinator().backup(request, session.progress());
        session.show(json(report), text(report));
        return 0;
    }

    static Map<String, Object> json(BackupReport report) {
        return Json.object(
                "namespace", report.namespace(),
                "backup", report.backupId(),
                "resumed", report.isResumed(),
                "immutableTimestamp", report.immutableTimestamp(),
                "backupTimestamp", report.backupTimestamp(),
                "fastForwardTimestamp", report.fastForwardTimestamp(),
                "holdMillis", report.holdDuration().toMillis(),
                "settled", report.isSettled(),
                "degraded", report.isDegraded(),
                "files", report.files(),
                "rawBytes", report.rawBytes(),
                "readBytes", report.readBytes(),
                "newRawBytes", report.newRawBytes(),
                "storedBytes", report.storedBytes(),
                "durationMillis", report.duration().toMillis());
    }

    private static String text(BackupReport report) {
        return "Backup '" + report.backupId() + "' of namespace '" + report.namespace() + "' is complete"
                + (report.isResumed() ? " (it was begun by an earlier process)" : "") + ".\n"
                + "  backup timestamp        " + report.backupTimestamp() + "\n"
                + "  fast-forward timestamp  " + report.fastForwardTimestamp() + "\n"
                + "  held for                " + HumanFormat.duration(report.holdDuration()) + "\n"
                + "  content                 " + HumanFormat.count(report.files(), "file") + ", "
                + HumanFormat.bytes(report.rawBytes()) + "\n"
                + "  new                     " + HumanFormat.bytes(report.newRawBytes()) + ", stored in "
                + HumanFormat.bytes(report.storedBytes()) + "\n"
                + "  took                    " + HumanFormat.duration(report.duration()) + "\n"
                + (report.isSettled()
                        ? ""
                        : "  NOT EXACT: some transactions had not recorded their outcome in time; the cut is consistent\n")
                + (report.isDegraded() ? "  DEGRADED: a replica is missing; a restore will repair every table\n" : "");
    }
}
