package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.retention.BackupHold;
import dev.tidemark.coordinator.retention.ExpireReport;
import dev.tidemark.coordinator.retention.RetentionDecision;
import dev.tidemark.coordinator.retention.RetentionPlan;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.rest.HoldResource.NewHold;
import dev.tidemark.coordinator.service.view.HoldView;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that decide which backups stay: expire, hold, holds, release. */
final class RetentionCommands {
    private RetentionCommands() {}

    static void addTo(CommandLine root, Session session) {
        root.addSubcommand(new Expire(session));
        root.addSubcommand(new PlaceHold(session));
        root.addSubcommand(new ListHolds(session));
        root.addSubcommand(new ReleaseHold(session));
    }

    private static Map<String, Object> json(String namespace, BackupHold hold) {
        return Json.object(
                "namespace", namespace,
                "hold", hold.holdId(),
                "backup", hold.backupId(),
                "reason", hold.reason(),
                "placedBy", hold.placedBy(),
                "placedAt", hold.placedAt(),
                "expiresAt", hold.expiresAt().equals(BackupHold.FOREVER) ? null : hold.expiresAt());
    }

    private static BackupHold ofView(HoldView view) {
        return new BackupHold(
                view.hold(),
                view.backup(),
                view.reason(),
                view.placedBy(),
                view.placedAt(),
                view.expiresAt() == null ? BackupHold.FOREVER : view.expiresAt());
    }

    @Command(
            name = "expire",
            description = {
                "Remove the backups that no rule of the namespace's retention keeps, or those that are named.",
                "What they alone needed is removed later, by 'tidemark gc'."
            })
    private static final class Expire implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
        private String namespace;

        @Parameters(
                index = "1..*",
                arity = "0..*",
                paramLabel = "BACKUP",
                description = "Backups to remove whatever the rules say; holds and the newest backup stay.")
        private List<String> backups = new ArrayList<>();

        @Option(names = "--dry-run", description = "Show what keeps each backup, and change nothing.")
        private boolean isDryRun;

        private Expire(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            String name = session.namespace(namespace);
            if (session.isRemote()) {
                return expireRemotely(name);
            }
            RetentionPolicy policy =
                    session.configuration().retention(session.options().archive(), name);
            if (isDryRun) {
                RetentionPlan plan = session.wiring().coordinator().upkeep().planExpire(name, policy, backups);
                session.show(json(plan), text(plan));
                return 0;
            }
            show(session.wiring().coordinator().upkeep().expire(name, policy, backups, session.progress()));
            return 0;
        }

        private int expireRemotely(String name) {
            if (isDryRun) {
                RetentionPlan plan = session.remote().client().planExpire(name, backups);
                session.show(json(plan), text(plan));
                return 0;
            }
            return session.remote().run(name, new OperationOrder.Expire(backups), ExpireReport.class, this::show);
        }

        private void show(ExpireReport report) {
            session.show(
                    Json.object(
                            "namespace", report.namespace(),
                            "operation", report.operationId(),
                            "removed", report.removed(),
                            "kept", report.kept()),
                    text(report));
        }

        private static Map<String, Object> json(RetentionPlan plan) {
            return Json.object(
                    "namespace",
                    plan.namespace(),
                    "backups",
                    plan.decisions().stream()
                            .map(decision -> Json.object(
                                    "backup", decision.backup().backupId(),
                                    "timeAtBackupTimestamp", decision.backup().timeAtBackupTimestamp(),
                                    "kept", decision.isKept(),
                                    "keptBy", decision.reasons()))
                            .toList(),
                    "damaged",
                    plan.damaged().stream()
                            .map(manifest -> Json.object("backup", manifest.backupId(), "message", manifest.message()))
                            .toList());
        }

        private static String text(RetentionPlan plan) {
            Table table = new Table("BACKUP", "STATE AT", "STAYS", "KEPT BY");
            for (RetentionDecision decision : plan.decisions()) {
                table.row(
                        decision.backup().backupId(),
                        HumanFormat.time(decision.backup().timeAtBackupTimestamp()),
                        decision.isKept() ? "yes" : "no",
                        decision.isKept() ? String.join(", ", decision.reasons()) : "-");
            }
            plan.damaged()
                    .forEach(manifest -> table.row(manifest.backupId(), "-", "yes", "its manifest can't be believed"));
            int expired = plan.expired().size();
            return (plan.decisions().isEmpty() && plan.damaged().isEmpty()
                            ? "There are no backups.\n"
                            : table.toString())
                    + HumanFormat.count(expired, "backup") + " would be removed. Nothing was changed.\n";
        }

        private static String text(ExpireReport report) {
            StringBuilder text = new StringBuilder();
            text.append(HumanFormat.count(report.removed().size(), "backup"))
                    .append(report.removed().size() == 1 ? " was" : " were")
                    .append(" removed from namespace '")
                    .append(report.namespace())
                    .append("'.\n");
            report.removed().forEach(id -> text.append("  ").append(id).append('\n'));
            report.kept()
                    .forEach(kept ->
                            text.append("  stays after all: ").append(kept).append('\n'));
            if (!report.removed().isEmpty()) {
                text.append("Run 'tidemark gc ")
                        .append(report.namespace())
                        .append("' to free their space after its grace.\n");
            }
            return text.toString();
        }
    }

    @Command(name = "hold", description = "Keep a backup from being removed, until the hold ends or is released.")
    private static final class PlaceHold implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
        private String namespace;

        @Parameters(index = "1", paramLabel = "BACKUP", description = "The backup's id, or 'latest'.")
        private String backup;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for people.")
        private String reason;

        @Option(names = "--until", paramLabel = "TIME", description = "End of the hold, as 2026-12-31T00:00:00Z.")
        private Instant until;

        @Option(names = "--for", paramLabel = "DURATION", description = "Length of the hold, as P30D or PT12H.")
        private Duration length;

        private PlaceHold(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            String name = session.namespace(namespace);
            Instant now = session.surroundings().clock().instant();
            BackupHold hold = session.isRemote() ? placeRemotely(name, end(now)) : place(name, now, end(now));
            session.show(
                    json(name, hold),
                    "Backup '" + hold.backupId() + "' of namespace '" + name + "' has the hold '" + hold.holdId() + "'"
                            + (hold.expiresAt().equals(BackupHold.FOREVER)
                                    ? ""
                                    : " until " + HumanFormat.time(hold.expiresAt()))
                            + ".\n");
            return 0;
        }

        private BackupHold placeRemotely(String name, Instant end) {
            NewHold hold = new NewHold(backup, reason, end.equals(BackupHold.FOREVER) ? null : end);
            return ofView(session.remote().client().placeHold(name, hold));
        }

        private Instant end(Instant now) {
            if (until != null && length != null) {
                throw new CliException(ErrorCode.USAGE, "both --until and --for are given", "Give one of them.");
            }
            Instant end = until != null ? until : length != null ? now.plus(length) : BackupHold.FOREVER;
            if (!end.isAfter(now)) {
                throw new CliException(
                        ErrorCode.INVALID_INPUT,
                        "the hold would end at " + end + " (expected: later than now)",
                        "Give an end in the future.");
            }
            return end;
        }

        private BackupHold place(String name, Instant now, Instant end) {
            String backupId =
                    session.wiring().coordinator().catalog(name).find(backup).backupId();
            ObjectId id = new ObjectId(
                    session.surroundings().random().nextLong(),
                    session.surroundings().random().nextLong());
            try {
                BackupHold hold = new BackupHold(
                        id.toString(), backupId, reason, session.seams().host(), now, end);
                session.wiring().coordinator().upkeep().placeHold(name, hold);
                return hold;
            } catch (IllegalArgumentException e) {
                throw new CliException(
                        ErrorCode.INVALID_INPUT, e.getMessage(), "Give one line of at most 200 characters.");
            }
        }
    }

    @Command(name = "holds", description = "List the holds on the backups of a namespace, or of all.")
    private static final class ListHolds implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Default: every configured namespace.")
        private String namespace;

        private ListHolds(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            Instant now = session.surroundings().clock().instant();
            List<Map<String, Object>> documents = new ArrayList<>();
            Table table = new Table("NAMESPACE", "HOLD", "BACKUP", "UNTIL", "REASON");
            for (String name : session.namespaces(namespace)) {
                for (BackupHold hold : holds(name)) {
                    documents.add(json(name, hold));
                    table.row(name, hold.holdId(), hold.backupId(), end(hold, now), hold.reason());
                }
            }
            session.show(
                    Json.object("holds", documents), documents.isEmpty() ? "There are no holds.\n" : table.toString());
            return 0;
        }

        private List<BackupHold> holds(String name) {
            if (session.isRemote()) {
                return session.remote().client().holds(name).stream()
                        .map(RetentionCommands::ofView)
                        .toList();
            }
            return session.wiring().archive().namespaces().contains(name)
                    ? session.wiring().coordinator().upkeep().holds(name).list()
                    : List.of();
        }

        private static String end(BackupHold hold, Instant now) {
            if (!hold.isActive(now)) {
                return "ended";
            }
            return hold.expiresAt().equals(BackupHold.FOREVER) ? "released" : HumanFormat.time(hold.expiresAt());
        }
    }

    @Command(name = "release", description = "Lift a hold.")
    private static final class ReleaseHold implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
        private String namespace;

        @Parameters(index = "1", paramLabel = "HOLD", description = "The hold's id.")
        private String hold;

        private ReleaseHold(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            String name = session.namespace(namespace);
            BackupHold released = session.isRemote()
                    ? ofView(session.remote().client().releaseHold(name, hold))
                    : session.wiring().coordinator().upkeep().releaseHold(name, hold);
            session.show(
                    json(name, released),
                    "The hold on backup '" + released.backupId() + "' of namespace '" + name + "' is lifted.\n");
            return 0;
        }
    }
}
