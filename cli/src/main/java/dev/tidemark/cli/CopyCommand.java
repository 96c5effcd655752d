package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.config.Wiring;
import dev.tidemark.coordinator.copy.CopyCandidate;
import dev.tidemark.coordinator.copy.CopyPlanner;
import dev.tidemark.coordinator.engine.Transfers;
import dev.tidemark.coordinator.transfer.TransferReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies backups to another archive. */
@Command(
        name = "copy",
        description = {
            "Copy backups to another archive of the configuration, with that archive's own keys.",
            "Needs the two archives and nothing else. What is there already is not copied again."
        })
final class CopyCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BACKUP",
            description = "The backup's id, or 'latest', which is the default.")
    private String backup;

    @Option(names = "--all", description = "Copy all backups that can be read, the oldest first.")
    private boolean isAll;

    @Option(names = "--to", paramLabel = "NAME", required = true, description = "Name of the archive to copy to.")
    private String to;

    @Option(names = "--dry-run", description = "Show what would be copied, and change nothing.")
    private boolean isDryRun;

    CopyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (isAll && backup != null) {
            throw new ParameterException(spec.commandLine(), "--all and a backup exclude each other");
        }
        String name = session.namespace(namespace);
        Wiring wiring = session.wiring();
        String from = wiring.archiveName();
        if (from.equals(to)) {
            throw new ParameterException(spec.commandLine(), "--to is '" + to + "' (expected: another archive)");
        }
        wiring.archive(from);
        Transfers transfers = wiring.transfers(to);
        CopyPlanner planner = transfers.planner(name, from);
        List<CopyCandidate> candidates =
                isAll ? planner.all() : List.of(planner.one(backup == null ? Catalog.LATEST : backup));
        if (isDryRun) {
            showPlan(name, from, candidates);
            return 0;
        }
        List<TransferReport> reports = new ArrayList<>();
        for (CopyCandidate candidate : candidates) {
            reports.add(transfers.copy(name, from, candidate.backupId(), session.progress()));
        }
        StringBuilder text = new StringBuilder();
        reports.forEach(report -> text.append(TransferOutput.text(report)));
        session.show(
                Json.object(
                        "namespace", name,
                        "from", from,
                        "to", to,
                        "backups", reports.stream().map(TransferOutput::json).toList()),
                reports.isEmpty() ? "There are no backups.\n" : text.toString());
        return 0;
    }

    private void showPlan(String name, String from, List<CopyCandidate> candidates) {
        Table table = new Table("BACKUP", "STATE AT", ">TIMESTAMP", ">FILES", ">CONTENT", "TO DO");
        candidates.forEach(candidate -> table.row(
                candidate.backupId(),
                HumanFormat.time(candidate.timeAtBackupTimestamp()),
                candidate.backupTimestamp(),
                HumanFormat.count(candidate.files()),
                HumanFormat.bytes(candidate.rawBytes()),
                candidate.isThereAlready() ? "nothing, it is there as " + candidate.copyId() : "copy"));
        session.show(
                Json.object(
                        "namespace", name,
                        "from", from,
                        "to", to,
                        "dryRun", true,
                        "backups",
                                candidates.stream()
                                        .map(candidate -> Json.object(
                                                "backup", candidate.backupId(),
                                                "thereAs", candidate.copyId(),
                                                "timeAtBackupTimestamp", candidate.timeAtBackupTimestamp(),
                                                "backupTimestamp", candidate.backupTimestamp(),
                                                "files", candidate.files(),
                                                "rawBytes", candidate.rawBytes()))
                                        .toList()),
                (candidates.isEmpty() ? "There are no backups.\n" : table.toString())
                        + "Nothing was changed (--dry-run).\n");
    }
}
