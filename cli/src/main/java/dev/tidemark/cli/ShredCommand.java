package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.datakey.ShredPlan;
import dev.tidemark.coordinator.datakey.ShredReport;
import dev.tidemark.kvs.ErrorCode;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Destroys the data keys of a namespace, or shows what would be lost. */
@Command(
        name = "shred",
        description = {
            "Make all backups of a namespace unreadable for ever: destroy its data keys, then remove what they encrypt.",
            "Other namespaces stay as they are. There is no way back."
        })
final class ShredCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "NAMESPACE", description = "A namespace of the archive; it need not be configured.")
    private String namespace;

    @Option(
            names = "--confirm",
            paramLabel = "NAMESPACE",
            description = "The same name once more. Without it, a person at a terminal is asked to type it.")
    private String confirmation;

    @Option(names = "--dry-run", description = "Show what would be lost and change nothing.")
    private boolean isDryRun;

    ShredCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (isDryRun) {
            ShredPlan plan = session.wiring().coordinator().upkeep().planShred(namespace);
            session.show(json(plan), text(plan));
            return 0;
        }
        requireConfirmation();
        ShredReport report = session.wiring().coordinator().upkeep().shred(namespace, session.progress());
        session.show(json(report), text(report));
        return 0;
    }

    private void requireConfirmation() {
        String given = confirmation;
        if (given == null
                && session.surroundings().isTerminal()
                && !session.options().isJson()) {
            session.note("All backups of namespace '" + namespace + "' will be unreadable for ever.");
            given = session.surroundings().answers().apply("Type the name of the namespace to go on:");
        }
        if (!namespace.equals(given)) {
            throw new CliException(
                    ErrorCode.USAGE,
                    (given == null ? "shredding was not confirmed" : "shredding was confirmed for '" + given + "'")
                            + " (expected: the name '" + namespace + "' once more)",
                    "See what would be lost with --dry-run, then repeat the command with --confirm " + namespace + ".");
        }
    }

    private static Map<String, Object> json(ShredPlan plan) {
        return Json.object(
                "dryRun",
                true,
                "namespace",
                plan.namespace(),
                "lastDataKey",
                plan.lastKeyId(),
                "damagedManifests",
                plan.damagedManifests(),
                "backups",
                plan.backups().stream()
                        .map(backup -> Json.object(
                                "backup", backup.backupId(),
                                "timeAtBackupTimestamp", backup.timeAtBackupTimestamp(),
                                "rawBytes", backup.rawBytes()))
                        .toList());
    }

    private static String text(ShredPlan plan) {
        Table table = new Table("BACKUP", "STATE AT", ">CONTENT");
        plan.backups()
                .forEach(backup -> table.row(
                        backup.backupId(),
                        HumanFormat.time(backup.timeAtBackupTimestamp()),
                        HumanFormat.bytes(backup.rawBytes())));
        return "Plan to shred namespace '" + plan.namespace() + "'; nothing was changed.\n"
                + "  data keys      up to " + plan.lastKeyId() + " would be destroyed\n"
                + "  would be lost  " + HumanFormat.count(plan.backups().size(), "backup")
                + (plan.damagedManifests() == 0
                        ? ""
                        : ", and " + HumanFormat.count(plan.damagedManifests(), "damaged one"))
                + "\n"
                + (plan.backups().isEmpty() ? "" : table.toString());
    }

    private static Map<String, Object> json(ShredReport report) {
        return Json.object(
                "dryRun", false,
                "namespace", report.tombstone().namespace(),
                "operation", report.operationId(),
                "resumed", report.isResumed(),
                "lastDataKey", report.tombstone().keyId(),
                "backups", report.tombstone().backups(),
                "removedObjects", report.removed(),
                "leftObjects", report.left());
    }

    private static String text(ShredReport report) {
        return "Namespace '" + report.tombstone().namespace() + "' is shredded"
                + (report.isResumed() ? " (this was begun by an earlier process)" : "") + ".\n"
                + "  data keys      up to " + report.tombstone().keyId() + " are destroyed\n"
                + "  lost           " + HumanFormat.count(report.tombstone().backups(), "backup") + "\n"
                + "  removed        " + HumanFormat.count(report.removed(), "object")
                + (report.left() == 0
                        ? ""
                        : "; the store refuses to delete " + HumanFormat.count(report.left(), "other")
                                + ", which nobody can read")
                + "\n"
                + "Copies of the data keys elsewhere (versions of objects, copies of the archive) must be destroyed there.\n";
    }
}
