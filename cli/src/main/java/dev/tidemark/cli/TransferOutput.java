package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.transfer.TransferReport;
import java.util.Map;

/** How a backup that was taken over is shown. */
final class TransferOutput {
    private TransferOutput() {}

    static Map<String, Object> json(TransferReport report) {
        return Json.object(
                "namespace", report.namespace(),
                "backup", report.backupId(),
                "thereAlready", report.isThereAlready(),
                "resumed", report.isResumed(),
                "originArchive", report.originArchiveId(),
                "originBackup", report.originBackupId(),
                "backupTimestamp", report.backupTimestamp(),
                "files", report.files(),
                "rawBytes", report.rawBytes(),
                "readBytes", report.readBytes(),
                "newRawBytes", report.newRawBytes(),
                "storedBytes", report.storedBytes(),
                "durationMillis", report.duration().toMillis());
    }

    static String text(TransferReport report) {
        String name = "Backup '" + report.backupId() + "' of namespace '" + report.namespace() + "' is ";
        if (report.isThereAlready()) {
            return name + "there already: nothing was changed.\n";
        }
        return name + "taken over from archive '" + report.originArchiveId() + "'"
                + (report.isResumed() ? " (it was begun by an earlier process)" : "") + ".\n"
                + "  backup timestamp  " + report.backupTimestamp() + "\n"
                + "  content           " + HumanFormat.count(report.files(), "file") + ", "
                + HumanFormat.bytes(report.rawBytes()) + "\n"
                + "  read              " + HumanFormat.bytes(report.readBytes()) + "\n"
                + "  new               " + HumanFormat.bytes(report.newRawBytes()) + ", stored in "
                + HumanFormat.bytes(report.storedBytes()) + "\n"
                + "  took              " + HumanFormat.duration(report.duration()) + "\n";
    }
}
