package dev.tidemark.cli.demo;

import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.rewind.RewindReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the demonstration did and whether every check held.
 *
 * @param directory where everything was left
 * @param backups the three backups, in order
 * @param restore the restore of the last one
 * @param rewind the rewind of a bad deployment in the restored store
 * @param transactions transactions that committed before the loss
 * @param lastTimestampBeforeLoss the last timestamp that the oracle issued before it was destroyed
 * @param firstTimestampAfterRestore the first one that the restored oracle issued
 * @param checks everything that was checked
 * @param duration how long it all took
 */
public record DemoReport(
        Path directory,
        List<LiveBackup> backups,
        RestoreReport restore,
        RewindReport rewind,
        long transactions,
        long lastTimestampBeforeLoss,
        long firstTimestampAfterRestore,
        List<Check> checks,
        Duration duration) {
    /** Copies the lists. */
    public DemoReport {
        backups = List.copyOf(backups);
        checks = List.copyOf(checks);
    }

    /** Tells whether every check held. */
    public boolean isEveryCheckPassed() {
        return !checks.isEmpty() && checks.stream().allMatch(Check::isPassed);
    }

    /** Returns the report as a document. */
    public Map<String, Object> toJson() {
        return Json.object(
                "passed", isEveryCheckPassed(),
                "directory", directory.toString(),
                "transactions", transactions,
                "backups", backups.stream().map(LiveBackup::toJson).toList(),
                "restore",
                        Json.object(
                                "backup", restore.backupId(),
                                "backupTimestamp", restore.backupTimestamp(),
                                "abortedCommits", restore.abortedCommits(),
                                "abortedStraddlers", restore.abortedStraddlers(),
                                "fastForwardTarget", restore.fastForwardTarget(),
                                "files", restore.files(),
                                "bytes", restore.bytes(),
                                "durationMillis", restore.duration().toMillis()),
                "rewind",
                        Json.object(
                                "operation", rewind.operationId(),
                                "targetTimestamp", rewind.targetTimestamp(),
                                "abortedCommits", rewind.abortedCommits(),
                                "fastForwardTarget", rewind.fastForwardTarget(),
                                "durationMillis", rewind.duration().toMillis()),
                "lastTimestampBeforeLoss", lastTimestampBeforeLoss,
                "firstTimestampAfterRestore", firstTimestampAfterRestore,
                "checks",
                        checks.stream()
                                .map(check -> Json.object(
                                        "name", check.name(),
                                        "passed", check.isPassed(),
                                        "detail", check.detail()))
                                .toList(),
                "durationMillis", duration.toMillis());
    }

    /**
     * A backup that was taken while the workload ran.
     *
     * @param report what the engine says of it
     * @param before transactions of the clients before it
     * @param during transactions of the clients while it ran
     * @param straddlerStart start timestamp of the transaction that straddles the backup timestamp
     * @param straddlerCommit its commit timestamp
     */
    public record LiveBackup(
            BackupReport report,
            LatencyRecorder.Window before,
            LatencyRecorder.Window during,
            long straddlerStart,
            long straddlerCommit) {
        private Map<String, Object> toJson() {
            return Json.object(
                    "backup", report.backupId(),
                    "backupTimestamp", report.backupTimestamp(),
                    "fastForwardTimestamp", report.fastForwardTimestamp(),
                    "holdMillis", report.holdDuration().toMillis(),
                    "settled", report.isSettled(),
                    "files", report.files(),
                    "rawBytes", report.rawBytes(),
                    "readBytes", report.readBytes(),
                    "newRawBytes", report.newRawBytes(),
                    "storedBytes", report.storedBytes(),
                    "durationMillis", report.duration().toMillis(),
                    "slowestTransactionBeforeMillis", before.max().toMillis(),
                    "slowestTransactionDuringMillis", during.max().toMillis(),
                    "transactionsDuring", during.transactions(),
                    "straddlerStartTimestamp", straddlerStart,
                    "straddlerCommitTimestamp", straddlerCommit);
        }
    }
}
