package dev.tidemark.cli.demo;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.verify.StateDigest;
import dev.tidemark.coordinator.verify.VerificationReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Collects the checks of a demonstration. Not thread-safe. */
final class Proof {
    private final WorkloadSettings settings;
    private final TransferHistory history;
    private final StateDigest liveDigest;
    private final BackupReport backup;
    private final RestoreReport restore;
    private final List<Check> checks = new ArrayList<>();

    Proof(
            WorkloadSettings settings,
            TransferHistory history,
            StateDigest liveDigest,
            BackupReport backup,
            RestoreReport restore) {
        this.settings = settings;
        this.history = history;
        this.liveDigest = liveDigest;
        this.backup = backup;
        this.restore = restore;
    }

    List<Check> checks() {
        return List.copyOf(checks);
    }

    void noErrors(String name, List<String> errors) {
        add(name, errors.isEmpty(), errors.isEmpty() ? "none" : String.join("; ", errors));
    }

    /** The restore must have met commits above B, one that had started before it among them. */
    void straddlers(List<Straddler> straddlers) {
        long crossing = straddlers.stream()
                .filter(straddler -> straddler.startTimestamp() < backup.backupTimestamp()
                        && straddler.commitTimestamp() > backup.backupTimestamp())
                .count();
        add(
                "commits above B were aborted, straddlers among them",
                restore.abortedCommits() >= 1 && restore.abortedStraddlers() >= 1 && crossing >= 1,
                restore.abortedCommits() + " aborted, " + restore.abortedStraddlers() + " of them started before B");
    }

    void digest(StateDigest restored) {
        add(
                "the state digest equals that of the live store at B",
                restored.equals(liveDigest),
                restored.hex().substring(0, 16) + "... over " + restored.cells() + " cells, live "
                        + liveDigest.hex().substring(0, 16) + "... over " + liveDigest.cells() + " cells");
    }

    void firstTimestamp(long firstTimestamp, long lastBeforeLoss) {
        add(
                "the oracle issues only timestamps above F",
                firstTimestamp > backup.fastForwardTimestamp() && firstTimestamp > restore.fastForwardTarget(),
                "the first is " + firstTimestamp + ", F is " + backup.fastForwardTimestamp()
                        + ", the last before the loss was " + lastBeforeLoss);
    }

    void restoredState(WorkloadState state, List<Straddler> straddlers) {
        checks.addAll(state.check(settings));
        TransferHistory.Comparison comparison = history.compare(state.transfers(), backup.backupTimestamp());
        String differences = comparison.missing() + " missing, " + comparison.tooNew() + " too new, "
                + comparison.invented() + " invented";
        add(
                "the transfers are exactly those acknowledged up to B",
                comparison.isEqual(),
                comparison.present() + " transfers: " + differences + examples(comparison));
        long wrong = straddlers.stream()
                .filter(straddler -> state.ledger().containsKey(straddler.id())
                        != straddler.commitTimestamp() <= backup.backupTimestamp())
                .count();
        add(
                "transactions that straddled B are not visible",
                wrong == 0,
                straddlers.size() + " long transactions, " + wrong + " of them wrong");
    }

    /**
     * Checks the store after the workload went on.
     *
     * @param aftermath what its clients were told
     */
    void stateAfterwards(WorkloadState state, TransferHistory aftermath, long written) {
        List<String> broken = state.check(settings).stream()
                .filter(check -> !check.isPassed())
                .map(Check::name)
                .toList();
        add(
                "the store goes on: every invariant holds after more writes",
                broken.isEmpty() && written > 0,
                written + " more transactions" + (broken.isEmpty() ? "" : ", broken: " + broken));
        Set<Long> old = new TreeSet<>(state.transfers());
        old.removeAll(aftermath.begun());
        Set<Long> young = new TreeSet<>(state.transfers());
        young.retainAll(aftermath.begun());
        TransferHistory.Comparison before = history.compare(old, backup.backupTimestamp());
        TransferHistory.Comparison after = aftermath.compare(young, Long.MAX_VALUE);
        add(
                "nothing that was lost came back, nothing new is missing",
                before.isEqual() && after.isEqual(),
                before.present() + " old and " + after.present() + " new transfers, " + before.tooNew() + " came back, "
                        + after.missing() + " missing" + examples(before) + examples(after));
    }

    /** Checks the store after the rewind of a release that had broken it. */
    void rewound(BadDeployment deployment, WorkloadState state, long firstTimestamp) {
        List<String> broken = state.check(settings).stream()
                .filter(check -> !check.isPassed())
                .map(Check::name)
                .toList();
        add(
                "the rewind took back all that the bad deployment did, and nothing else",
                !deployment.brokenInvariants().isEmpty()
                        && broken.isEmpty()
                        && deployment.report().abortedCommits() == deployment.faultyPayments(),
                deployment.report().abortedCommits() + " of " + deployment.faultyPayments()
                        + " payments, broken before: "
                        + deployment.brokenInvariants().size() + ", broken now: "
                        + broken.size());
        add(
                "the digest after the rewind equals that of the moment before the deployment",
                deployment.digestAfter().hex().equals(deployment.digestBefore().hex()),
                deployment.digestAfter().hex().substring(0, 16) + "... over "
                        + deployment.digestAfter().cells() + " cells, then "
                        + deployment.digestBefore().hex().substring(0, 16) + "...");
        add(
                "no timestamp was taken back",
                firstTimestamp > deployment.lastTimestampBefore()
                        && firstTimestamp > deployment.report().fastForwardTarget(),
                "the first after the rewind is " + firstTimestamp + ", the last before it was "
                        + deployment.lastTimestampBefore());
    }

    private static String examples(TransferHistory.Comparison comparison) {
        return comparison.isEqual() ? "" : " " + comparison.examples();
    }

    void archive(VerificationReport report) {
        long damaged =
                report.backups().stream().filter(result -> !result.isGood()).count();
        add(
                "every byte of every backup in the archive is right",
                report.isGood()
                        && report.problems().isEmpty()
                        && !report.backups().isEmpty(),
                report.backups().size() + " backups in " + report.packs() + " packs, "
                        + HumanFormat.bytes(report.readBytes()) + " read, " + damaged + " damaged");
    }

    private void add(String name, boolean isPassed, String detail) {
        checks.add(new Check(name, isPassed, detail));
    }
}
