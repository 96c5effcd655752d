package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.check.ArchiveChecker;
import dev.tidemark.coordinator.check.BackupCheck;
import dev.tidemark.coordinator.check.CheckLevel;
import dev.tidemark.coordinator.check.NamespaceCheck;
import dev.tidemark.coordinator.check.NamespaceCheck.State;
import dev.tidemark.coordinator.status.NextBackup;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks the archive from outside: with its public key, and the right to read. */
@Command(
        name = "check",
        description = {
            "Tell from the archive alone whether its backups are restorable, damaged or stale.",
            "Needs the public key and the right to read, neither a secret nor the oracle or the stores."
        })
final class CheckCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAMESPACE",
            description = "Default: every namespace that the archive has.")
    private String namespace;

    @Option(
            names = "--max-age",
            paramLabel = "DURATION",
            description = "Greatest age of the newest good state, as PT26H; without it any will do.")
    private Duration maximumAge = Duration.ZERO;

    @Option(
            names = "--newest",
            paramLabel = "NUMBER",
            description = "How many backups of each namespace are checked, the newest first; default: all.")
    private int newest = Integer.MAX_VALUE;

    @Option(
            names = "--level",
            paramLabel = "1|2",
            description = "1: every object is there with its size (default); 2: also, every byte is what was signed.")
    private int level = 1;

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            description = "How long a backup may be overdue that an earlier one has announced; default: PT15M.")
    private Duration grace = NextBackup.DEFAULT_GRACE;

    CheckCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (level != 1 && level != 2) {
            throw new CliException(ErrorCode.USAGE, "level " + level + " (expected: 1 or 2)", "Give --level 1 or 2.");
        }
        if (newest < 1 || maximumAge.isNegative() || grace.isNegative()) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "--newest " + newest + ", --max-age " + maximumAge + ", --grace " + grace
                            + " (expected: at least 1, not negative, not negative)",
                    "Correct the option.");
        }
        PublicArchive archive = session.wiring().publicArchive();
        List<String> names = namespace == null ? archive.namespaces() : List.of(namespace);
        ArchiveChecker checker = new ArchiveChecker(
                archive,
                level == 1 ? CheckLevel.EXISTENCE : CheckLevel.CONTENT,
                session.surroundings().clock().instant(),
                grace);
        List<NamespaceCheck> checks = new ArrayList<>();
        names.forEach(name -> checks.add(checker.check(name, maximumAge, newest)));
        State worst = checks.stream()
                .map(NamespaceCheck::state)
                .reduce(CheckCommand::worse)
                .orElse(State.STALE);
        session.show(
                Json.object(
                        "archive", archive.id(),
                        "state", lower(worst),
                        "namespaces", checks.stream().map(CheckCommand::json).toList()),
                text(checks));
        return switch (worst) {
            case SHREDDED -> ErrorCode.KEY_DESTROYED.exitCode();
            case RESTORABLE -> 0;
            case STALE -> ErrorCode.BACKUP_STALE.exitCode();
            case DAMAGED -> ErrorCode.VERIFICATION_FAILED.exitCode();
        };
    }

    private static State worse(State one, State other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static String lower(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static Object json(NamespaceCheck check) {
        return Json.object(
                "namespace", check.namespace(),
                "state", lower(check.state()),
                "newestGood", check.newestGood().isEmpty() ? null : check.newestGood(),
                "stateAt", check.newestGood().isEmpty() ? null : check.stateAt(),
                "reason", check.reason(),
                "backups",
                        check.backups().stream()
                                .map(backup -> Json.object(
                                        "backup", backup.backupId(),
                                        "good", backup.isGood(),
                                        "objects", backup.objects(),
                                        "bytes", backup.bytes(),
                                        "problems", backup.problems()))
                                .toList());
    }

    private static String text(List<NamespaceCheck> checks) {
        if (checks.isEmpty()) {
            return "The archive holds no namespace.\n";
        }
        Table table = new Table("NAMESPACE", "STATE", "NEWEST GOOD", "STATE AT", ">BACKUPS", ">DAMAGED");
        StringBuilder problems = new StringBuilder();
        for (NamespaceCheck check : checks) {
            table.row(
                    check.namespace(),
                    lower(check.state()),
                    check.newestGood().isEmpty() ? "-" : check.newestGood(),
                    check.newestGood().isEmpty() ? "-" : HumanFormat.time(check.stateAt()),
                    check.backups().size(),
                    check.backups().stream().filter(backup -> !backup.isGood()).count());
            if (check.state() == State.STALE) {
                problems.append("STALE: namespace '" + check.namespace() + "': " + check.reason() + "\n");
            }
            for (BackupCheck backup : check.backups()) {
                backup.problems()
                        .forEach(problem -> problems.append("DAMAGED: backup '" + backup.backupId() + "' of namespace '"
                                + check.namespace() + "': " + problem + "\n"));
            }
        }
        return table.toString() + problems;
    }
}
