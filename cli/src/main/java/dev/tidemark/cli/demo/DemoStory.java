package dev.tidemark.cli.demo;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.restore.RestorePlan;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.rewind.RewindReport;
import dev.tidemark.coordinator.verify.StateDigest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tells the demonstration as a story on one page. */
final class DemoStory {
    private static final int LINE_WIDTH = 100;

    private final Demo.Story lines;
    private final List<DemoReport.LiveBackup> backups = new ArrayList<>();

    DemoStory(Demo.Story lines) {
        this.lines = lines;
    }

    void begin(DemoDirectory directory, DemoSettings settings) {
        tell("Tidemark demo in " + directory.root());
        tell("");
        tell("1. A live store");
        tell("   A timestamp oracle and a RocksDB store run in this process. "
                + settings.workload().clients() + " clients transfer money in a bank,");
        tell("   whose ledger must explain every balance; permute a ring, which must stay one cycle; and set pairs of");
        tell("   cells in two tables, which must be equal. A sweeper removes old versions meanwhile.");
        tell("");
        tell("2. Three backups while it runs");
    }

    void backedUp(DemoReport.LiveBackup backup) {
        BackupReport report = backup.report();
        if (backups.isEmpty()) {
            tell(String.format(
                    "   %-6s %11s %11s %8s %6s %9s %9s %9s %15s",
                    "", "B", "F", "HELD", "FILES", "CONTENT", "READ", "STORED", "SLOWEST TX"));
        }
        backups.add(backup);
        tell(String.format(
                "   %-6s %11d %11d %8s %6d %9s %9s %9s %15s",
                backups.size() == 1 ? "full" : "no. " + backups.size(),
                report.backupTimestamp(),
                report.fastForwardTimestamp(),
                HumanFormat.duration(report.holdDuration()),
                report.files(),
                HumanFormat.bytes(report.rawBytes()),
                HumanFormat.bytes(report.readBytes()),
                HumanFormat.bytes(report.storedBytes()),
                HumanFormat.duration(backup.during().max()) + " ("
                        + HumanFormat.duration(backup.before().max()) + ")"));
    }

    void digest(StateDigest digest) {
        DemoReport.LiveBackup last = backups.get(backups.size() - 1);
        tell("   B is the backup timestamp: the backup holds the commits up to B and no other. F is fetched after the");
        tell("   snapshot: nothing in it is newer. The oracle was held only for the snapshot; the last column is the");
        tell("   clients' slowest transaction during the backup (before it). Unchanged files are not read again.");
        tell(
                "   Before each backup a long transaction began, and it committed after B but before the snapshot, the last");
        tell("   one from " + last.straddlerStart() + " to " + last.straddlerCommit()
                + ": its cells are in the snapshot, and must not be in the restored state.");
        tell("   State digest of the live store at B = " + digest.timestamp() + " over "
                + HumanFormat.count(digest.cells(), "cell") + ":");
        tell("   " + digest.hex());
    }

    void stopped(long transactions, long sweptVersions) {
        tell("   The workload made " + HumanFormat.count(transactions, "transaction") + ", the sweeper removed "
                + HumanFormat.count(sweptVersions, "version") + ".");
    }

    void destroying(DemoDirectory directory, long lastTimestamp) {
        tell("");
        tell("3. Total loss");
        tell("   rm -r " + directory.store() + " " + directory.oracle());
        tell("   The oracle's last timestamp was " + lastTimestamp + "; only the archive is left.");
    }

    void planned(RestorePlan plan) {
        tell("");
        tell("4. Restore of backup '" + plan.backupId() + "'");
        tell("   Plan: " + HumanFormat.count(plan.files(), "file") + ", " + HumanFormat.bytes(plan.bytes())
                + "; steps:");
        tell("   " + String.join(", ", plan.steps()) + ".");
    }

    void restored(RestoreReport restore) {
        tell("   Done in " + HumanFormat.duration(restore.duration()) + ". "
                + HumanFormat.count(restore.abortedCommits(), "commit") + " above B aborted, "
                + HumanFormat.count(restore.abortedStraddlers())
                + " of them by transactions that had started before B.");
        tell("   The oracle was fast-forwarded to " + restore.fastForwardTarget() + ".");
    }

    void rewound(BadDeployment deployment) {
        RewindReport rewind = deployment.report();
        tell("");
        tell("5. A bad deployment, rewound");
        tell("   The application goes on. At " + deployment.deployedAt() + " a release with a bug goes out: it makes "
                + deployment.faultyPayments() + " payments");
        tell("   out of nothing. Broken now: " + String.join(", ", deployment.brokenInvariants()) + ".");
        tell("   Rewind in place to that time, which the time index knows as timestamp " + rewind.targetTimestamp()
                + ": " + HumanFormat.count(rewind.abortedCommits(), "commit"));
        tell("   aborted in " + HumanFormat.duration(rewind.duration())
                + "; no file of the store was copied, and 'undo' could take it back.");
    }

    private void tellOf(Check check) {
        String name = (check.isPassed() ? "   [ok]     " : "   [FAILED] ") + check.name() + ":";
        boolean fits = name.length() + 1 + check.detail().length() <= LINE_WIDTH;
        tell(name + (fits ? " " : "\n            ") + check.detail());
    }

    void proved(DemoReport report, DemoDirectory directory, long lastTimestamp) {
        tell("");
        tell("6. Proof");
        report.checks().forEach(this::tellOf);
        long passed = report.checks().stream().filter(Check::isPassed).count();
        tell("   " + passed + " of " + report.checks().size() + " checks held, in "
                + HumanFormat.duration(report.duration()) + ".");
        tell("");
        tell("7. Look at it yourself");
        String config = "./tidemark --config " + quoted(directory.configuration()) + " ";
        String namespace = DemoDirectory.NAMESPACE;
        String backup = report.restore().backupId();
        tell("   " + config + "backups");
        tell("   " + config + "show " + namespace + " " + backup);
        tell("   " + config + "verify --level 2");
        tell("   " + config + "operations");
        tell("   " + config + "digest " + namespace + " --at "
                + report.restore().backupTimestamp());
        tell("   " + config + "backup " + namespace);
        tell("   Restore into a second, empty place; its digest is that of the live store at B:");
        String scratch = "./tidemark --config " + quoted(directory.scratchConfiguration()) + " ";
        tell("   " + scratch + "restore " + namespace + " --backup " + backup + " --dry-run");
        tell("   " + scratch + "restore " + namespace + " --backup " + backup);
        tell("   " + scratch + "digest " + namespace + " --at "
                + report.restore().backupTimestamp());
    }

    private void tell(String line) {
        lines.tell(line);
    }

    private static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
