package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.BackupOrigin;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.client.BackupPages;
import dev.tidemark.coordinator.service.view.BackupDetail;
import dev.tidemark.coordinator.service.view.BackupView;
import dev.tidemark.coordinator.verify.MarkedBackups;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private static Map<String, Object> json(String namespace, BackupView summary) {
        return Json.object(
                "namespace", namespace,
                "backup", summary.backup(),
                "sequence", summary.sequence(),
                "createdAt", summary.createdAt(),
                "finishedAt", summary.finishedAt(),
                "immutableTimestamp", summary.immutableTimestamp(),
                "earliestRestorableTimestamp", summary.earliestRestorableTimestamp(),
                "backupTimestamp", summary.backupTimestamp(),
                "timeAtBackupTimestamp", summary.timeAtBackupTimestamp(),
                "fastForwardTimestamp", summary.fastForwardTimestamp(),
                "settled", summary.settled(),
                "degraded", summary.degraded(),
                "files", summary.files(),
                "rawBytes", summary.rawBytes(),
                "newRawBytes", summary.newRawBytes(),
                "storedBytes", summary.storedBytes(),
                "labels", summary.labels(),
                "nextBackupDue", summary.nextBackupDue(),
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
    private static final class Backups implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Default: every configured namespace.")
        private String namespace;

        private Backups(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            List<String> names = session.namespaces(namespace);
            NamespaceProblems problems = new NamespaceProblems();
            List<Listed> found = new ArrayList<>();
            List<Map<String, Object>> damaged = new ArrayList<>();
            StringBuilder warnings = new StringBuilder();
            for (String name : names) {
                List<DamagedManifest> manifests =
                        session.isRemote() ? listRemotely(name, found) : list(name, problems, found);
                for (DamagedManifest manifest : manifests) {
                    damaged.add(Json.object(
                            "namespace", name, "backup", manifest.backupId(), "message", manifest.message()));
                    warnings.append("WARNING: backup '" + manifest.backupId() + "' of namespace '" + name
                            + "' can't be used: " + manifest.message() + "\n");
                }
            }
            session.show(
                    Json.object(
                            "backups", found.stream().map(Backups::json).toList(),
                            "damaged", damaged,
                            "problems", problems.documents()),
                    (found.isEmpty() ? "There are no backups.\n" : table(found).toString())
                            + warnings
                            + problems.warnings());
            return 0;
        }

        private List<DamagedManifest> list(String name, NamespaceProblems problems, List<Listed> found) {
            Archive archive = session.wiring().archive();
            if (!archive.namespaces().contains(name)) {
                return List.of();
            }
            BackupList list =
                    namespace == null ? problems.list(archive, name) : new Catalog(archive.namespace(name)).list();
            List<String> ids =
                    list.backups().stream().map(BackupSummary::backupId).toList();
            Map<String, String> suffering =
                    ids.isEmpty() ? Map.of() : new MarkedBackups(archive.namespace(name)).find(ids);
            list.backups()
                    .forEach(backup ->
                            found.add(new Listed(name, BackupView.of(backup), suffering.get(backup.backupId()))));
            return list.damaged();
        }

        private List<DamagedManifest> listRemotely(String name, List<Listed> found) {
            BackupPages pages = session.remote().client().backups(name);
            pages.backups()
                    .forEach(backup ->
                            found.add(new Listed(name, backup, pages.damage().get(backup.backup()))));
            return pages.damagedManifests();
        }

        /** @param damage what is known to be damaged of it, or null */
        private record Listed(String namespace, BackupView backup, String damage) {}

        private static Map<String, Object> json(Listed listed) {
            Map<String, Object> document = CatalogCommands.json(listed.namespace(), listed.backup());
            document.put("damage", listed.damage());
            return document;
        }

        private static Table table(List<Listed> backups) {
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
            for (Listed listed : backups) {
                BackupView backup = listed.backup();
                table.row(
                        listed.namespace(),
                        backup.backup(),
                        HumanFormat.time(backup.timeAtBackupTimestamp()),
                        backup.backupTimestamp(),
                        Math.max(1, backup.earliestRestorableTimestamp()),
                        HumanFormat.count(backup.files()),
                        HumanFormat.bytes(backup.rawBytes()),
                        HumanFormat.bytes(backup.storedBytes()),
                        remarks(backup, listed.damage() != null));
            }
            return table;
        }

        private static String remarks(BackupView backup, boolean isDamaged) {
            List<String> remarks = new ArrayList<>();
            if (isDamaged) {
                remarks.add("DAMAGED");
            }
            if (backup.degraded()) {
                remarks.add("degraded");
            }
            if (!backup.settled()) {
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
    private static final class Show implements Callable<Integer>, ThroughServer {
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
            BackupDetail detail = session.isRemote() ? session.remote().client().backup(name, backup) : read(name);
            session.show(document(name, detail), text(name, detail));
            return 0;
        }

        private BackupDetail read(String name) {
            Archive archive = session.wiring().archive();
            if (!archive.namespaces().contains(name)) {
                throw new CliException(
                        ErrorCode.UNKNOWN_BACKUP,
                        "namespace '" + name + "' has no backups",
                        "Take one with 'tidemark backup " + name + "'.");
            }
            NamespaceArchive opened = archive.namespace(name);
            return BackupDetail.read(opened, new Catalog(opened).find(backup), List.of());
        }

        private static String certificate(BackupDetail detail) {
            if (!detail.certificateProblem().isEmpty()) {
                return "can't be believed: " + detail.certificateProblem();
            }
            return detail.certificate() == null ? "none" : CertificateCommand.word(detail.certificate());
        }

        private static Map<String, Object> document(String namespace, BackupDetail detail) {
            Map<String, Object> document = json(namespace, detail.summary());
            document.put("formatVersion", detail.formatVersion());
            document.put("archive", detail.archive());
            document.put("createdBy", detail.createdBy());
            document.put("parentBackup", detail.parentBackup());
            document.put("digest", detail.digest());
            document.put("cut", detail.cut());
            document.put(
                    "stores",
                    detail.stores().stream()
                            .map(store -> Json.object(
                                    "store", store.store(),
                                    "type", store.type(),
                                    "version", store.version(),
                                    "replicationFactor", store.replicationFactor(),
                                    "writeQuorum", store.writeQuorum(),
                                    "tables", store.tables(),
                                    "earliestRestorableTimestamp", store.earliestRestorableTimestamp(),
                                    "nodes", store.content()))
                            .toList());
            document.put("damage", detail.damage());
            document.put("certificate", detail.certificate());
            document.put("annotations", detail.annotationsProblem().isEmpty() ? detail.annotations() : null);
            return document;
        }

        private static String text(String namespace, BackupDetail detail) {
            BackupView backup = detail.summary();
            StringBuilder text = new StringBuilder("Backup '" + backup.backup() + "' of namespace '" + namespace
                    + "', number " + backup.sequence() + "\n"
                    + "  state at        timestamp " + backup.backupTimestamp() + ", "
                    + HumanFormat.time(backup.timeAtBackupTimestamp()) + "\n"
                    + "  timestamps      immutable " + backup.immutableTimestamp() + ", fast-forward "
                    + backup.fastForwardTimestamp() + "\n"
                    + "  held for        "
                    + HumanFormat.duration(Duration.ofMillis(detail.cut().holdMillis())) + "\n"
                    + "  finished at     " + HumanFormat.time(backup.finishedAt()) + " by " + detail.createdBy() + "\n"
                    + "  content         " + HumanFormat.count(backup.files(), "file") + ", "
                    + HumanFormat.bytes(backup.rawBytes()) + "\n"
                    + "  reused          " + HumanFormat.bytes(backup.reusedBytes()) + "\n"
                    + "  added           " + HumanFormat.bytes(backup.newRawBytes()) + ", stored in "
                    + HumanFormat.bytes(backup.storedBytes()) + "\n");
            if (backup.nextBackupDue() != null) {
                text.append("  next due        " + HumanFormat.time(backup.nextBackupDue()) + "\n");
            }
            if (detail.damage() != null) {
                text.append("  DAMAGED         " + detail.damage() + "\n");
            }
            text.append("  certificate     " + certificate(detail) + "\n");
            if (!detail.digest().isEmpty()) {
                text.append("  state digest    " + detail.digest() + "\n");
            }
            if (!backup.settled()) {
                text.append("  NOT EXACT       some transactions had not recorded their outcome in time\n");
            }
            if (backup.degraded()) {
                text.append("  DEGRADED        no snapshot of " + detail.cut().missingNodes() + "\n");
            }
            backup.labels().forEach((name, value) -> text.append("  label           " + name + "=" + value + "\n"));
            backup.origins()
                    .forEach(origin -> text.append("  taken over from  backup '" + origin.backupId() + "' of archive '"
                            + origin.archiveId() + "' at " + HumanFormat.time(origin.takenOverAt()) + "\n"));
            text.append(nodes(detail));
            detail.annotations().forEach((key, value) -> text.append("  annotation  " + key + "=" + value + "\n"));
            if (!detail.annotationsProblem().isEmpty()) {
                text.append("WARNING: the annotations can't be read: " + detail.annotationsProblem() + "\n");
            }
            return text.toString();
        }

        private static Table nodes(BackupDetail detail) {
            Table nodes = new Table("  STORE", "TYPE", "NODE", ">FILES", ">BYTES");
            for (BackupDetail.StoreDetail store : detail.stores()) {
                for (BackupDetail.NodeContent node : store.content()) {
                    nodes.row(
                            "  " + store.store(),
                            store.type(),
                            node.node(),
                            HumanFormat.count(node.files()),
                            HumanFormat.bytes(node.bytes()));
                }
            }
            return nodes;
        }
    }
}
