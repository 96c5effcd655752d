package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.certificate.CertificateStatus;
import dev.tidemark.coordinator.archive.manifest.BackupOrigin;
import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.catalog.Annotations;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.verify.MarkedBackups;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The commands that read manifests. They need the archive and nothing else. */
final class CatalogCommands {
    private CatalogCommands() {}

    static void addTo(CommandLine root, Session session) {
        root.addSubcommand(new Backups(session));
        root.addSubcommand(new Show(session));
    }

    private static Map<String, Object> json(BackupSummary summary) {
        return Json.object(
                "namespace", summary.namespace(),
                "backup", summary.backupId(),
                "sequence", summary.sequence(),
                "createdAt", summary.createdAt(),
                "finishedAt", summary.finishedAt(),
                "immutableTimestamp", summary.immutableTimestamp(),
                "earliestRestorableTimestamp", summary.earliestRestorableTimestamp(),
                "backupTimestamp", summary.backupTimestamp(),
                "timeAtBackupTimestamp", summary.timeAtBackupTimestamp(),
                "fastForwardTimestamp", summary.fastForwardTimestamp(),
                "settled", summary.isSettled(),
                "degraded", summary.isDegraded(),
                "files", summary.sizes().files(),
                "rawBytes", summary.sizes().rawBytes(),
                "newRawBytes", summary.sizes().newRawBytes(),
                "storedBytes", summary.sizes().storedBytes(),
                "labels", summary.labels(),
                "nextBackupDue", summary.findNextBackupDue().orElse(null),
                "origins", summary.origins().stream().map(CatalogCommands::json).toList());
    }

    private static Map<String, Object> json(BackupOrigin origin) {
        return Json.object(
                "archive", origin.archiveId(),
                "namespace", origin.namespace(),
                "backup", origin.backupId(),
                "manifestSha256", origin.manifestSha256(),
                "takenOverAt", origin.takenOverAt());
    }

    @Command(name = "backups", description = "List the backups of a namespace, or of all, the newest first.")
    private static final class Backups implements Callable<Integer> {
        private final Session session;

        @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Default: every configured namespace.")
        private String namespace;

        private Backups(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            List<String> names = session.namespaces(namespace);
            Archive archive = session.wiring().archive();
            List<String> known = archive.namespaces();
            NamespaceProblems problems = new NamespaceProblems();
            List<BackupSummary> found = new ArrayList<>();
            List<Map<String, Object>> damaged = new ArrayList<>();
            StringBuilder warnings = new StringBuilder();
            Map<BackupSummary, String> suffering = new HashMap<>();
            for (String name : names.stream().filter(known::contains).toList()) {
                BackupList list =
                        namespace == null ? problems.list(archive, name) : new Catalog(archive.namespace(name)).list();
                found.addAll(list.backups());
                suffering.putAll(suffering(archive, name, list.backups()));
                for (DamagedManifest manifest : list.damaged()) {
                    damaged.add(Json.object(
                            "namespace", name, "backup", manifest.backupId(), "message", manifest.message()));
                    warnings.append("WARNING: backup '" + manifest.backupId() + "' of namespace '" + name
                            + "' can't be used: " + manifest.message() + "\n");
                }
            }
            session.show(
                    Json.object(
                            "backups",
                                    found.stream()
                                            .map(summary -> json(summary, suffering.get(summary)))
                                            .toList(),
                            "damaged", damaged,
                            "problems", problems.documents()),
                    (found.isEmpty()
                                    ? "There are no backups.\n"
                                    : table(found, suffering).toString())
                            + warnings
                            + problems.warnings());
            return 0;
        }

        private static Map<String, Object> json(BackupSummary summary, String damage) {
            Map<String, Object> document = CatalogCommands.json(summary);
            document.put("damage", damage);
            return document;
        }

        private static Map<BackupSummary, String> suffering(
                Archive archive, String namespace, List<BackupSummary> backups) {
            Map<BackupSummary, String> suffering = new HashMap<>();
            if (!backups.isEmpty()) {
                Map<String, String> problems = new MarkedBackups(archive.namespace(namespace))
                        .find(backups.stream().map(BackupSummary::backupId).toList());
                backups.stream()
                        .filter(backup -> problems.containsKey(backup.backupId()))
                        .forEach(backup -> suffering.put(backup, problems.get(backup.backupId())));
            }
            return suffering;
        }

        private static Table table(List<BackupSummary> backups, Map<BackupSummary, String> suffering) {
            Table table = new Table(
                    "NAMESPACE",
                    "BACKUP",
                    "STATE AT",
                    ">TIMESTAMP",
                    ">BACK TO",
                    ">FILES",
                    ">CONTENT",
                    ">ADDED",
                    "REMARKS");
            for (BackupSummary backup : backups) {
                table.row(
                        backup.namespace(),
                        backup.backupId(),
                        HumanFormat.time(backup.timeAtBackupTimestamp()),
                        backup.backupTimestamp(),
                        Math.max(1, backup.earliestRestorableTimestamp()),
                        HumanFormat.count(backup.sizes().files()),
                        HumanFormat.bytes(backup.sizes().rawBytes()),
                        HumanFormat.bytes(backup.sizes().storedBytes()),
                        remarks(backup, suffering.containsKey(backup)));
            }
            return table;
        }

        private static String remarks(BackupSummary backup, boolean isDamaged) {
            List<String> remarks = new ArrayList<>();
            if (isDamaged) {
                remarks.add("DAMAGED");
            }
            if (backup.isDegraded()) {
                remarks.add("degraded");
            }
            if (!backup.isSettled()) {
                remarks.add("not-exact");
            }
            if (!backup.origins().isEmpty()) {
                remarks.add("taken-over");
            }
            backup.labels().forEach((name, value) -> remarks.add(name + "=" + value));
            return String.join(" ", remarks);
        }
    }

    @Command(name = "show", description = "Show what the manifest of a backup says.")
    private static final class Show implements Callable<Integer> {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
        private String namespace;

        @Parameters(index = "1", paramLabel = "BACKUP", description = "The backup's id, or 'latest'.")
        private String backup;

        private Show(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            String name = session.namespace(namespace);
            Archive archive = session.wiring().archive();
            if (!archive.namespaces().contains(name)) {
                throw new CliException(
                        ErrorCode.UNKNOWN_BACKUP,
                        "namespace '" + name + "' has no backups",
                        "Take one with 'tidemark backup " + name + "'.");
            }
            NamespaceArchive opened = archive.namespace(name);
            Manifest manifest = new Catalog(opened).find(backup);
            Optional<String> damage = Optional.ofNullable(
                    new MarkedBackups(opened).find(List.of(manifest.backupId())).get(manifest.backupId()));
            Map<String, Object> document = document(manifest);
            document.put("damage", damage.orElse(null));
            StringBuilder findings = new StringBuilder();
            damage.ifPresent(problem -> findings.append("  DAMAGED         " + problem + "\n"));
            addCertificate(opened, manifest.backupId(), document, findings);
            StringBuilder text = new StringBuilder(text(manifest, findings));
            addAnnotations(opened, manifest.backupId(), document, text);
            session.show(document, text.toString());
            return 0;
        }

        private static void addAnnotations(
                NamespaceArchive archive, String backupId, Map<String, Object> document, StringBuilder text) {
            try {
                Map<String, String> annotations = new Annotations(archive).of(backupId);
                document.put("annotations", annotations);
                annotations.forEach((key, value) -> text.append("  annotation  " + key + "=" + value + "\n"));
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_DAMAGED) {
                    throw e;
                }
                document.put("annotations", null);
                text.append("WARNING: the annotations can't be read: " + e.getMessage() + "\n");
            }
        }

        /** One that can't be believed keeps nobody from looking at the backup. */
        private static void addCertificate(
                NamespaceArchive archive, String backupId, Map<String, Object> document, StringBuilder text) {
            Optional<CertificateStatus> status = Optional.empty();
            String word = "none";
            try {
                status = archive.certificateCheck().find(backupId);
                word = status.map(CertificateCommand::word).orElse(word);
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_DAMAGED && e.code() != ErrorCode.UNKNOWN_FORMAT_VERSION) {
                    throw e;
                }
                word = "can't be believed: " + e.getMessage();
            }
            document.put("certificate", CertificateCommand.documentOrNull(status));
            text.append("  certificate     ").append(word).append('\n');
        }

        private static Map<String, Object> document(Manifest manifest) {
            Map<String, Object> document = json(BackupSummary.of(manifest));
            document.put("formatVersion", manifest.formatVersion());
            document.put("archive", manifest.archiveId());
            document.put("createdBy", manifest.createdBy());
            document.put("parentBackup", manifest.parentBackupId());
            document.put("digest", manifest.digest());
            document.put(
                    "cut",
                    Json.object(
                            "lease", manifest.cut().leaseToken(),
                            "heldFrom", manifest.cut().heldFrom(),
                            "heldUntil", manifest.cut().heldUntil(),
                            "holdMillis", manifest.cut().holdMillis(),
                            "refreshes", manifest.cut().refreshes(),
                            "missingNodes", manifest.cut().missingNodes(),
                            "snapshots",
                                    manifest.cut().nodes().stream()
                                            .map(node -> Json.object(
                                                    "store", node.store(),
                                                    "node", node.node(),
                                                    "timestampBefore", node.timestampBefore(),
                                                    "timestampAfter", node.timestampAfter(),
                                                    "startedAt", node.startedAt(),
                                                    "endedAt", node.endedAt()))
                                            .toList()));
            document.put("stores", manifest.stores().stream().map(Show::store).toList());
            return document;
        }

        private static Map<String, Object> store(StoreBackup store) {
            return Json.object(
                    "store", store.name(),
                    "type", store.type(),
                    "version", store.version(),
                    "replicationFactor", store.replicationFactor(),
                    "writeQuorum", store.writeQuorum(),
                    "tables", store.tables(),
                    "earliestRestorableTimestamp", store.earliestRestorableTimestamp(),
                    "nodes",
                            store.nodes().stream()
                                    .map(node -> Json.object(
                                            "node", node.node(), "files", node.files(), "bytes", node.bytes()))
                                    .toList());
        }

        private static String text(Manifest manifest, CharSequence findings) {
            BackupSizes sizes = manifest.sizes();
            StringBuilder text = new StringBuilder("Backup '" + manifest.backupId() + "' of namespace '"
                    + manifest.namespace() + "', number " + manifest.sequence() + "\n"
                    + "  state at        timestamp " + manifest.backupTimestamp() + ", "
                    + HumanFormat.time(manifest.timeAtBackupTimestamp()) + "\n"
                    + "  timestamps      immutable " + manifest.immutableTimestamp() + ", fast-forward "
                    + manifest.fastForwardTimestamp() + "\n"
                    + "  held for        "
                    + HumanFormat.duration(Duration.ofMillis(manifest.cut().holdMillis())) + "\n"
                    + "  finished at     " + HumanFormat.time(manifest.finishedAt()) + " by " + manifest.createdBy()
                    + "\n"
                    + "  content         " + HumanFormat.count(sizes.files(), "file") + ", "
                    + HumanFormat.bytes(sizes.rawBytes()) + "\n"
                    + "  reused          " + HumanFormat.bytes(sizes.reusedBytes()) + "\n"
                    + "  added           " + HumanFormat.bytes(sizes.newRawBytes()) + ", stored in "
                    + HumanFormat.bytes(sizes.storedBytes()) + "\n");
            manifest.findNextBackupDue()
                    .ifPresent(due -> text.append("  next due        " + HumanFormat.time(due) + "\n"));
            text.append(findings);
            if (!manifest.digest().isEmpty()) {
                text.append("  state digest    ").append(manifest.digest()).append('\n');
            }
            if (!manifest.cut().isSettled()) {
                text.append("  NOT EXACT       some transactions had not recorded their outcome in time\n");
            }
            if (manifest.cut().isDegraded()) {
                text.append("  DEGRADED        no snapshot of ")
                        .append(manifest.cut().missingNodes())
                        .append('\n');
            }
            manifest.labels().forEach((name, value) -> text.append("  label           " + name + "=" + value + "\n"));
            manifest.origins()
                    .forEach(origin -> text.append("  taken over from  backup '" + origin.backupId() + "' of archive '"
                            + origin.archiveId() + "' at " + HumanFormat.time(origin.takenOverAt()) + "\n"));
            Table nodes = new Table("  STORE", "TYPE", "NODE", ">FILES", ">BYTES");
            for (StoreBackup store : manifest.stores()) {
                for (NodeBackup node : store.nodes()) {
                    nodes.row(
                            "  " + store.name(),
                            store.type(),
                            node.node(),
                            HumanFormat.count(node.files()),
                            HumanFormat.bytes(node.bytes()));
                }
            }
            return text.append(nodes).toString();
        }
    }
}
