package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.service.view.CoverageView;
import dev.tidemark.coordinator.verify.BackupVerification;
import dev.tidemark.coordinator.verify.Coverage;
import dev.tidemark.coordinator.verify.Damage;
import dev.tidemark.coordinator.verify.VerificationOutcome;
import dev.tidemark.coordinator.verify.VerificationReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a verification shows. */
final class VerifyOutput {
    private VerifyOutput() {}

    /**
     * The verification of one namespace.
     *
     * @param coverages what was read altogether, of level 2: one; else none
     */
    record Verified(VerificationOutcome outcome, List<Coverage> coverages) {}

    /** As JSON; of the archive as a whole, the key slots that are not as they were made. */
    static Map<String, Object> json(int level, List<Damage> slots, List<Verified> results) {
        long damaged = results.stream()
                .flatMap(result -> result.outcome().report().backups().stream())
                .filter(result -> !result.isGood())
                .count();
        return Json.object(
                "level",
                level,
                "damaged",
                damaged,
                "problems",
                slots.stream().map(VerifyOutput::json).toList(),
                "namespaces",
                results.stream().map(VerifyOutput::json).toList());
    }

    private static Map<String, Object> json(Verified verified) {
        VerificationOutcome outcome = verified.outcome();
        VerificationReport report = outcome.report();
        return Json.object(
                "namespace", report.namespace(),
                "good", report.isGood(),
                "packs", report.packs(),
                "readBytes", report.readBytes(),
                "neededPacks", outcome.neededPacks(),
                "neededBytes", outcome.neededBytes(),
                "recorded", outcome.unrecorded().isEmpty(),
                "notes", outcome.notes(),
                "marked", outcome.marked(),
                "certified", outcome.certified(),
                "withdrawn", outcome.withdrawn(),
                "recovered", outcome.recovered(),
                "problems", report.problems().stream().map(VerifyOutput::json).toList(),
                "remarks", report.remarks().stream().map(VerifyOutput::json).toList(),
                "backups", report.backups().stream().map(VerifyOutput::json).toList(),
                "coverage",
                        verified.coverages().isEmpty()
                                ? null
                                : CoverageView.of(verified.coverages().get(0)));
    }

    private static Map<String, Object> json(BackupVerification result) {
        return Json.object(
                "backup", result.backupId(),
                "good", result.isGood(),
                "files", result.files(),
                "bytes", result.bytes(),
                "damageCount", result.damageCount(),
                "damages", result.damages().stream().map(VerifyOutput::json).toList());
    }

    private static Map<String, Object> json(Damage damage) {
        return Json.object("object", damage.object(), "message", damage.message());
    }

    static Map<String, Object> coverageJson(List<CoverageView> coverages) {
        return Json.object("namespaces", coverages);
    }

    static String text(int level, List<Damage> slots, List<Verified> results) {
        StringBuilder text = new StringBuilder();
        slots.forEach(slot -> text.append("archive: DAMAGED, " + slot.object() + ": " + slot.message() + "\n"));
        for (Verified verified : results) {
            addReport(verified.outcome(), text);
            if (level == 2) {
                addReading(verified.outcome(), text);
            }
            addChanges(verified.outcome(), text);
        }
        List<CoverageView> coverages = results.stream()
                .flatMap(verified -> verified.coverages().stream())
                .map(CoverageView::of)
                .toList();
        if (!coverages.isEmpty()) {
            text.append(coverageText(coverages));
        }
        return text.isEmpty() ? "There are no backups.\n" : text.toString();
    }

    private static void addReport(VerificationOutcome outcome, StringBuilder text) {
        VerificationReport report = outcome.report();
        report.problems()
                .forEach(
                        damage -> text.append("archive: DAMAGED, " + damage.object() + ": " + damage.message() + "\n"));
        report.remarks()
                .forEach(damage -> text.append("archive: " + damage.object() + ": " + damage.message()
                        + "; none of these backups needs it\n"));
        for (BackupVerification result : report.backups()) {
            text.append(report.namespace() + " " + result.backupId() + ": " + word(outcome, result) + ", "
                    + HumanFormat.count(result.files(), "file") + ", " + HumanFormat.bytes(result.bytes()) + "\n");
            result.damages().forEach(damage -> text.append("  " + damage.object() + ": " + damage.message() + "\n"));
        }
    }

    private static String word(VerificationOutcome outcome, BackupVerification result) {
        if (!result.isGood()) {
            return "DAMAGED (" + result.damageCount() + ")";
        }
        String word = outcome.isWhole() ? "good" : "nothing wrong so far";
        return outcome.recovered().contains(result.backupId())
                ? word + " again (what was lost or damaged of it was stored again)"
                : word;
    }

    private static void addReading(VerificationOutcome outcome, StringBuilder text) {
        VerificationReport report = outcome.report();
        text.append(report.namespace() + ": read " + HumanFormat.count(report.packs(), "pack") + ", "
                + HumanFormat.bytes(report.readBytes()));
        if (!outcome.isWhole()) {
            text.append(", of " + HumanFormat.count(outcome.neededPacks(), "pack") + ", "
                    + HumanFormat.bytes(outcome.neededBytes()));
        }
        text.append('\n');
    }

    private static void addChanges(VerificationOutcome outcome, StringBuilder text) {
        String namespace = outcome.report().namespace() + ": ";
        outcome.notes().forEach(note -> text.append(namespace + note + "\n"));
        outcome.marked()
                .forEach(pack -> text.append(
                        namespace + "marked '" + pack + "' as damaged: the next backup stores its chunks again\n"));
        outcome.withdrawn()
                .forEach(id -> text.append(namespace + "the certificate of backup '" + id + "' is withdrawn\n"));
        if (!outcome.certified().isEmpty()) {
            text.append(namespace + HumanFormat.count(outcome.certified().size(), "certificate")
                    + (outcome.certified().size() == 1 ? " was" : " were") + " issued or renewed\n");
        }
        if (!outcome.unrecorded().isEmpty()) {
            text.append(namespace + "NOT RECORDED: " + outcome.unrecorded()
                    + "; nobody will know later what was verified now\n");
        }
    }

    static String coverageText(List<CoverageView> coverages) {
        if (coverages.isEmpty()) {
            return "There are no backups.\n";
        }
        Table table = new Table(
                "NAMESPACE",
                ">VERIFIED",
                "WITHIN",
                ">BYTES",
                ">OVERDUE",
                ">NEVER",
                ">DAMAGED",
                "OLDEST",
                ">BACKUPS",
                ">CERTIFIED");
        StringBuilder unknown = new StringBuilder();
        for (CoverageView coverage : coverages) {
            table.row(
                    coverage.namespace(),
                    percent(coverage),
                    Duration.ofMillis(coverage.within()).toDays() + " days",
                    HumanFormat.bytes(coverage.all().bytes()),
                    HumanFormat.bytes(coverage.overdue().bytes()),
                    HumanFormat.bytes(coverage.never().bytes()),
                    HumanFormat.bytes(coverage.damaged().bytes()),
                    coverage.oldest() == null ? "-" : HumanFormat.time(coverage.oldest()),
                    coverage.backups(),
                    coverage.certified());
            coverage.unknownBackups()
                    .forEach(id -> unknown.append("WARNING: what backup '" + id + "' of namespace '"
                            + coverage.namespace() + "' needs is not known: its inventory can't be read\n"));
        }
        return table.toString() + unknown;
    }

    private static String percent(CoverageView coverage) {
        long tenths = Math.round(coverage.percent() * 10);
        return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + " %";
    }
}
