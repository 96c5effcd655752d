package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code archive} commands. */
final class ArchiveCommands {
    private ArchiveCommands() {}

    static void addTo(CommandLine root, Session session) {
        CommandLine group = new CommandLine(new Group());
        root.addSubcommand(group);
        group.addSubcommand(new Init(session));
        group.addSubcommand(new Status(session));
        group.addSubcommand(new PublicKey(session));
        KeyCommands.addTo(group, session);
    }

    private static Map<String, Object> json(Archive archive) {
        return Json.object(
                "archive", archive.id(),
                "location", archive.store().location(),
                "format", archive.header().format(),
                "createdAt", archive.header().createdAt());
    }

    private static String text(Archive archive) {
        return "Archive '" + archive.id() + "' at " + archive.store().location() + "\n  format "
                + archive.header().format() + ", created "
                + HumanFormat.time(archive.header().createdAt()) + "\n";
    }

    @Command(name = "archive", description = "Create the archive, or show what it holds.")
    private static final class Group extends CommandGroup {}

    @Command(name = "init", description = "Create the archive that the configuration describes.")
    private static final class Init implements Callable<Integer> {
        private final Session session;

        private Init(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            Archive archive = session.wiring().createArchive();
            session.show(
                    json(archive),
                    text(archive) + "Keep its key in a second place: without it every backup is lost.\n");
            return 0;
        }
    }

    @Command(name = "status", description = "Show the archive's id and format and what it holds for each namespace.")
    private static final class Status implements Callable<Integer> {
        private final Session session;

        private Status(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            Archive archive = session.wiring().archive();
            Table table = new Table("NAMESPACE", ">BACKUPS", "LATEST", "STATE AT", ">CONTENT", ">STORED BY ALL");
            List<Map<String, Object>> namespaces = new ArrayList<>();
            StringBuilder warnings = new StringBuilder();
            NamespaceProblems problems = new NamespaceProblems();
            for (String name : archive.namespaces()) {
                BackupList list = problems.list(archive, name);
                List<BackupSummary> backups = list.backups();
                long stored = backups.stream()
                        .mapToLong(backup -> backup.sizes().storedBytes())
                        .sum();
                BackupSummary latest = list.newest().orElse(null);
                list.damaged()
                        .forEach(manifest -> warnings.append("WARNING: namespace '" + name + "', backup '"
                                + manifest.backupId() + "': " + manifest.message() + "\n"));
                namespaces.add(Json.object(
                        "namespace",
                        name,
                        "backups",
                        backups.size(),
                        "damagedManifests",
                        list.damaged().size(),
                        "latestBackup",
                        latest == null ? null : latest.backupId(),
                        "timeAtBackupTimestamp",
                        latest == null ? null : latest.timeAtBackupTimestamp(),
                        "storedBytes",
                        stored));
                table.row(
                        name,
                        backups.size(),
                        latest == null ? "-" : latest.backupId(),
                        latest == null ? "-" : HumanFormat.time(latest.timeAtBackupTimestamp()),
                        latest == null ? "-" : HumanFormat.bytes(latest.sizes().rawBytes()),
                        HumanFormat.bytes(stored));
            }
            Map<String, Object> document = json(archive);
            document.put("namespaces", namespaces);
            document.put("problems", problems.documents());
            session.show(
                    document,
                    text(archive)
                            + (namespaces.isEmpty() ? "It holds no namespace.\n" : table.toString())
                            + warnings
                            + problems.warnings());
            return 0;
        }
    }

    @Command(
            name = "public-key",
            description = "Print the public key that verifies the archive's signatures, as PEM text.")
    private static final class PublicKey implements Callable<Integer> {
        private final Session session;

        private PublicKey(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            PublicArchive archive = session.wiring().publicArchive();
            VerifyingKey key = archive.verifyingKey();
            session.show(
                    Json.object("archive", archive.id(), "signingKeyId", key.id(), "publicKey", key.toPem()),
                    "Archive '" + archive.id() + "', signing key '" + key.id() + "'\n" + key.toPem());
            return 0;
        }
    }
}
