package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.garbage.Explanation;
import dev.tidemark.coordinator.garbage.GarbageOptions;
import dev.tidemark.coordinator.garbage.GarbagePlan;
import dev.tidemark.coordinator.garbage.GarbageReport;
import dev.tidemark.coordinator.repair.RepairReport;
import dev.tidemark.kvs.ErrorCode;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that look after the objects of the archive: gc, repair. */
final class GarbageCommands {
    private GarbageCommands() {}

    static void addTo(CommandLine root, Session session) {
        root.addSubcommand(new Collect(session));
        root.addSubcommand(new Repair(session));
    }

    @Command(
            name = "gc",
            description = {
                "Remove what no backup of a namespace needs, in two phases: what is found now is condemned,",
                "and removed by a later run when its grace has passed and still nothing needs it."
            })
    private static final class Collect implements Callable<Integer> {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
        private String namespace;

        @Option(names = "--dry-run", description = "Show what would be condemned and removed, and change nothing.")
        private boolean isDryRun;

        @Option(
                names = "--explain",
                paramLabel = "OBJECT",
                description = "Tell which backups need an object and whether it is condemned, and change nothing.")
        private String object;

        private Collect(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            String name = session.namespace(namespace);
            GarbageOptions options = session.configuration().garbage().toOptions();
            if (object != null) {
                Explanation explanation =
                        session.wiring().coordinator().upkeep().explain(name, object);
                session.show(json(explanation, options), text(explanation, options));
            } else if (isDryRun) {
                GarbagePlan plan = session.wiring().coordinator().upkeep().planGarbage(name, options);
                session.show(json(plan), text(plan));
            } else {
                GarbageReport report =
                        session.wiring().coordinator().upkeep().collectGarbage(name, options, session.progress());
                session.show(json(report), text(report, options));
            }
            return 0;
        }

        private static Map<String, Object> json(GarbagePlan plan) {
            return Json.object(
                    "namespace", plan.namespace(),
                    "backups", plan.backups(),
                    "neededObjects", plan.neededObjects(),
                    "neededBytes", plan.neededBytes(),
                    "newObjects", plan.newObjects(),
                    "newBytes", plan.newBytes(),
                    "waitingObjects", plan.waitingObjects(),
                    "waitingBytes", plan.waitingBytes(),
                    "dueObjects", plan.dueObjects(),
                    "dueBytes", plan.dueBytes(),
                    "orphanedUploads", plan.orphanedUploads());
        }

        private static Map<String, Object> json(GarbageReport report) {
            return Json.object(
                    "namespace", report.namespace(),
                    "operation", report.operationId(),
                    "condemnedObjects", report.condemnedObjects(),
                    "condemnedBytes", report.condemnedBytes(),
                    "removedObjects", report.removedObjects(),
                    "rescuedObjects", report.rescuedObjects(),
                    "refusedObjects", report.refusedObjects(),
                    "repackedPacks", report.repackedPacks(),
                    "repackedBytes", report.repackedBytes(),
                    "abortedUploads", report.abortedUploads());
        }

        private static String text(GarbagePlan plan) {
            Table table = new Table("OBJECTS", ">NUMBER", ">BYTES");
            table.row(
                    "needed by " + HumanFormat.count(plan.backups(), "backup"),
                    HumanFormat.count(plan.neededObjects()),
                    HumanFormat.bytes(plan.neededBytes()));
            table.row("would be condemned", HumanFormat.count(plan.newObjects()), HumanFormat.bytes(plan.newBytes()));
            table.row(
                    "condemned, in their grace",
                    HumanFormat.count(plan.waitingObjects()),
                    HumanFormat.bytes(plan.waitingBytes()));
            table.row("would be removed", HumanFormat.count(plan.dueObjects()), HumanFormat.bytes(plan.dueBytes()));
            String uploads = plan.orphanedUploads() > 0
                    ? HumanFormat.count(plan.orphanedUploads(), "upload") + " that a crash has left would be aborted.\n"
                    : "";
            return table + uploads + "Nothing was changed.\n";
        }

        private static String text(GarbageReport report, GarbageOptions options) {
            return HumanFormat.count(report.removedObjects(), "object") + " removed, "
                    + HumanFormat.count(report.condemnedObjects(), "object") + " of "
                    + HumanFormat.bytes(report.condemnedBytes()) + " condemned in namespace '" + report.namespace()
                    + "'.\n"
                    + (report.condemnedObjects() > 0
                            ? "They go with a run in " + HumanFormat.duration(options.grace()) + " or later.\n"
                            : "")
                    + (report.repackedPacks() > 0
                            ? HumanFormat.bytes(report.repackedBytes()) + " of "
                                    + HumanFormat.count(report.repackedPacks(), "pack") + " moved to other packs.\n"
                            : "")
                    + (report.rescuedObjects() > 0
                            ? HumanFormat.count(report.rescuedObjects(), "object")
                                    + " that had been condemned are needed, and stay.\n"
                            : "")
                    + (report.refusedObjects() > 0
                            ? HumanFormat.count(report.refusedObjects(), "object")
                                    + " could not be removed: the store refuses it.\n"
                            : "")
                    + (report.abortedUploads() > 0
                            ? HumanFormat.count(report.abortedUploads(), "upload") + " that a crash had left aborted.\n"
                            : "");
        }

        private static Map<String, Object> json(Explanation explanation, GarbageOptions options) {
            boolean isCondemned = !explanation.condemnedBy().isEmpty();
            return Json.object(
                    "object",
                    explanation.object(),
                    "sizeBytes",
                    explanation.sizeBytes() < 0 ? null : explanation.sizeBytes(),
                    "neededBy",
                    explanation.neededBy(),
                    "collectable",
                    explanation.isCollectable(),
                    "condemnedBy",
                    isCondemned ? explanation.condemnedBy() : null,
                    "condemnedAt",
                    isCondemned ? explanation.condemnedAt() : null,
                    "removableFrom",
                    isCondemned ? explanation.condemnedAt().plus(options.grace()) : null,
                    "damage",
                    explanation.damage());
        }

        private static String text(Explanation explanation, GarbageOptions options) {
            StringBuilder text = new StringBuilder("Object '" + explanation.object() + "'\n");
            text.append(
                    explanation.sizeBytes() < 0
                            ? "  is not in the archive\n"
                            : "  has " + HumanFormat.bytes(explanation.sizeBytes()) + "\n");
            text.append("  needed by  ")
                    .append(explanation.neededBy().isEmpty() ? "no backup" : String.join(", ", explanation.neededBy()))
                    .append('\n');
            if (!explanation.isCollectable()) {
                text.append("  garbage collection does not remove objects of its kind\n");
            }
            if (!explanation.condemnedBy().isEmpty()) {
                text.append("  condemned  by '")
                        .append(explanation.condemnedBy())
                        .append("', can be removed from ")
                        .append(HumanFormat.time(explanation.condemnedAt().plus(options.grace())))
                        .append(" on\n");
            }
            if (!explanation.damage().isEmpty()) {
                text.append("  DAMAGED    ").append(explanation.damage()).append('\n');
            }
            return text.toString();
        }
    }

    @Command(
            name = "repair",
            description = {
                "Put the archive of a namespace right as far as it can from itself: manifests from their copies,",
                "the index from the packs, inventories from file lists."
            })
    private static final class Repair implements Callable<Integer> {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
        private String namespace;

        private Repair(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            RepairReport report =
                    session.wiring().coordinator().upkeep().repair(session.namespace(namespace), session.progress());
            StringBuilder text = new StringBuilder();
            report.repaired()
                    .forEach(sentence ->
                            text.append("repaired: ").append(sentence).append('\n'));
            report.left()
                    .forEach(sentence ->
                            text.append("DAMAGED: ").append(sentence).append('\n'));
            if (text.isEmpty()) {
                text.append("There was nothing to repair in namespace '" + report.namespace() + "'.\n");
            }
            session.show(
                    Json.object(
                            "namespace", report.namespace(),
                            "operation", report.operationId(),
                            "repaired", report.repaired(),
                            "left", report.left()),
                    text.toString());
            return report.left().isEmpty() ? 0 : ErrorCode.VERIFICATION_FAILED.exitCode();
        }
    }
}
