package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.catalog.Catalog;
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

    private static Map<String, Object> json(Manifest manifest) {
        return Json.object(
                "namespace", manifest.namespace(),
                "backup", manifest.backupId(),
                "sequence", manifest.sequence(),
                "createdAt", manifest.createdAt(),
                "finishedAt", manifest.finishedAt(),
                "immutableTimestamp", manifest.immutableTimestamp(),
                "backupTimestamp", manifest.backupTimestamp(),
                "timeAtBackupTimestamp", manifest.timeAtBackupTimestamp(),
                "fastForwardTimestamp", manifest.fastForwardTimestamp(),
                "settled", manifest.cut().isSettled(),
                "degraded", manifest.cut().isDegraded(),
                "files", manifest.sizes().files(),
                "rawBytes", manifest.sizes().rawBytes(),
                "newRawBytes", manifest.sizes().newRawBytes(),
                "storedBytes", manifest.sizes().storedBytes(),
                "labels", manifest.labels());
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
            List<Manifest> found = new ArrayList<>();
            List<String> names = session.namespaces(namespace);
            Archive archive = session.wiring().archive();
            names.stream()
                    .filter(archive.namespaces()::contains)
                    .forEach(name -> found.addAll(new Catalog(archive.namespace(name)).backups()));
            Table table = new Table(
                    "NAMESPACE", "BACKUP", "STATE AT", ">TIMESTAMP", ">FILES", ">CONTENT", ">ADDED", "REMARKS");
            for (Manifest manifest : found) {
                table.row(
                        manifest.namespace(),
                        manifest.backupId(),
                        manifest.timeAtBackupTimestamp(),
                        manifest.backupTimestamp(),
                        HumanFormat.count(manifest.sizes().files()),
                        HumanFormat.bytes(manifest.sizes().rawBytes()),
                        HumanFormat.bytes(manifest.sizes().storedBytes()),
                        remarks(manifest));
            }
            session.show(
                    Json.object(
                            "backups", found.stream().map(CatalogCommands::json).toList()),
                    found.isEmpty() ? "There are no backups.\n" : table.toString());
            return 0;
        }

        private static String remarks(Manifest manifest) {
            List<String> remarks = new ArrayList<>();
            if (manifest.cut().isDegraded()) {
                remarks.add("degraded");
            }
            manifest.labels().forEach((name, value) -> remarks.add(name + "=" + value));
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
            Manifest manifest = new Catalog(archive.namespace(name)).find(backup);
            session.show(document(manifest), text(manifest));
            return 0;
        }

        private static Map<String, Object> document(Manifest manifest) {
            Map<String, Object> document = json(manifest);
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

        private static String text(Manifest manifest) {
            BackupSizes sizes = manifest.sizes();
            StringBuilder text = new StringBuilder("Backup '" + manifest.backupId() + "' of namespace '"
                    + manifest.namespace() + "', number " + manifest.sequence() + "\n"
                    + "  state at        timestamp " + manifest.backupTimestamp() + ", "
                    + manifest.timeAtBackupTimestamp() + "\n"
                    + "  timestamps      immutable " + manifest.immutableTimestamp() + ", fast-forward "
                    + manifest.fastForwardTimestamp() + "\n"
                    + "  held for        "
                    + HumanFormat.duration(Duration.ofMillis(manifest.cut().holdMillis())) + "\n"
                    + "  finished at     " + manifest.finishedAt() + " by " + manifest.createdBy() + "\n"
                    + "  content         " + HumanFormat.count(sizes.files(), "file") + ", "
                    + HumanFormat.bytes(sizes.rawBytes()) + "\n"
                    + "  reused          " + HumanFormat.bytes(sizes.reusedBytes()) + "\n"
                    + "  added           " + HumanFormat.bytes(sizes.newRawBytes()) + ", stored in "
                    + HumanFormat.bytes(sizes.storedBytes()) + "\n");
            if (!manifest.digest().isEmpty()) {
                text.append("  state digest    ").append(manifest.digest()).append('\n');
            }
            if (manifest.cut().isDegraded()) {
                text.append("  DEGRADED        no snapshot of ")
                        .append(manifest.cut().missingNodes())
                        .append('\n');
            }
            manifest.labels().forEach((name, value) -> text.append("  label           " + name + "=" + value + "\n"));
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
