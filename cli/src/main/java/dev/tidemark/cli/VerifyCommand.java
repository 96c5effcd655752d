package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.BackupVerification;
import dev.tidemark.coordinator.verify.Damage;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks backups against the archive. */
@Command(
        name = "verify",
        description = {
            "Check backups: that every object is there, or (level 2) every byte.",
            "Needs the archive and nothing else. Exits with 73 when a backup, the index or a key slot is damaged."
        })
final class VerifyCommand implements Callable<Integer> {
    private static final String STEP = "verify";

    private final Session session;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Default: every configured namespace.")
    private String namespace;

    @Option(names = "--backup", paramLabel = "ID", description = "The backup's id, or 'latest'. Default: all backups.")
    private String backup;

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            defaultValue = "1",
            description = "1: every object is there with its size. 2: every byte is right. Default: ${DEFAULT-VALUE}.")
    private int level;

    VerifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (level != 1 && level != 2) {
            throw new ParameterException(spec.commandLine(), "--level is " + level + " (expected: 1 or 2)");
        }
        List<String> names = session.namespaces(backup == null ? namespace : session.namespace(namespace));
        Archive archive = session.wiring().archive();
        List<String> known = archive.namespaces();
        List<VerificationReport> reports = new ArrayList<>();
        for (String name : names) {
            if (namespace == null && backup == null && archive.isShredded(name)) {
                session.note("Namespace '" + name + "' is left out: it was shredded, and has no backup since.");
            } else if (known.contains(name)) {
                reports.add(verify(archive, name));
            } else if (backup != null) {
                throw unknownBackup(name, List.of());
            }
        }
        long damaged = reports.stream()
                .flatMap(report -> report.backups().stream())
                .filter(result -> !result.isGood())
                .count();
        List<Damage> slots = archive.keys().list().damaged().stream()
                .map(slot -> new Damage("keys/master/" + slot.slot() + ".json", slot.message()))
                .toList();
        session.show(
                Json.object(
                        "level",
                        level,
                        "damaged",
                        damaged,
                        "problems",
                        slots.stream().map(VerifyCommand::json).toList(),
                        "namespaces",
                        reports.stream().map(VerifyCommand::json).toList()),
                text(slots, reports));
        boolean isGood = slots.isEmpty() && reports.stream().allMatch(VerificationReport::isGood);
        return isGood ? 0 : ErrorCode.VERIFICATION_FAILED.exitCode();
    }

    private VerificationReport verify(Archive archive, String name) {
        VerificationLevel wanted = level == 2 ? VerificationLevel.CONTENT : VerificationLevel.EXISTENCE;
        NamespaceArchive namespaceArchive;
        try {
            namespaceArchive = archive.namespace(name);
        } catch (CoordinatorException e) {
            if (archive.isShredded(name)) {
                throw e;
            }
            return VerificationReport.withoutKey(archive, name, wanted, e);
        }
        OperationListener progress = session.progress();
        progress.stepStarted(name, STEP);
        ArchiveVerifier verifier = new ArchiveVerifier(
                namespaceArchive,
                wanted,
                session.work(),
                (readBytes, totalBytes) -> progress.progress(name, STEP, readBytes, totalBytes, 0));
        VerificationReport report = verifier.verify(chosen(namespaceArchive, verifier.backupIds()));
        progress.stepFinished(name, STEP);
        return report;
    }

    private List<String> chosen(NamespaceArchive archive, List<String> ids) {
        if (backup == null) {
            return ids;
        }
        if (backup.equals(Catalog.LATEST)) {
            return List.of(new Catalog(archive).find(backup).backupId());
        }
        if (!ids.contains(backup)) {
            throw unknownBackup(archive.namespace(), ids);
        }
        return List.of(backup);
    }

    private CliException unknownBackup(String name, List<String> ids) {
        return new CliException(
                ErrorCode.UNKNOWN_BACKUP,
                "namespace '" + name + "' has no backup '" + backup + "'",
                NearestName.of(backup, ids)
                        .map(id -> "Did you mean '" + id + "'?")
                        .orElse("See 'tidemark backups " + name + "'."));
    }

    private static Map<String, Object> json(VerificationReport report) {
        return Json.object(
                "namespace", report.namespace(),
                "good", report.isGood(),
                "packs", report.packs(),
                "readBytes", report.readBytes(),
                "problems", report.problems().stream().map(VerifyCommand::json).toList(),
                "remarks", report.remarks().stream().map(VerifyCommand::json).toList(),
                "backups",
                        report.backups().stream()
                                .map(result -> Json.object(
                                        "backup", result.backupId(),
                                        "good", result.isGood(),
                                        "files", result.files(),
                                        "bytes", result.bytes(),
                                        "damageCount", result.damageCount(),
                                        "damages",
                                                result.damages().stream()
                                                        .map(VerifyCommand::json)
                                                        .toList()))
                                .toList());
    }

    private static Map<String, Object> json(Damage damage) {
        return Json.object("object", damage.object(), "message", damage.message());
    }

    private static void appendProblems(List<Damage> problems, StringBuilder text) {
        problems.forEach(
                damage -> text.append("archive: DAMAGED, " + damage.object() + ": " + damage.message() + "\n"));
    }

    private String text(List<Damage> slots, List<VerificationReport> reports) {
        StringBuilder text = new StringBuilder();
        appendProblems(slots, text);
        for (VerificationReport report : reports) {
            appendProblems(report.problems(), text);
            report.remarks()
                    .forEach(damage -> text.append("archive: " + damage.object() + ": " + damage.message()
                            + "; none of these backups needs it\n"));
            for (BackupVerification result : report.backups()) {
                text.append(report.namespace() + " " + result.backupId() + ": "
                        + (result.isGood() ? "good" : "DAMAGED (" + result.damageCount() + ")") + ", "
                        + HumanFormat.count(result.files(), "file") + ", " + HumanFormat.bytes(result.bytes()) + "\n");
                result.damages()
                        .forEach(damage -> text.append("  " + damage.object() + ": " + damage.message() + "\n"));
            }
            if (level == 2) {
                text.append(report.namespace() + ": read " + HumanFormat.count(report.packs(), "pack") + ", "
                        + HumanFormat.bytes(report.readBytes()) + "\n");
            }
        }
        return text.isEmpty() ? "There are no backups.\n" : text.toString();
    }
}
