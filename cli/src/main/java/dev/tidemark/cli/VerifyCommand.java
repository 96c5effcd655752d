package dev.tidemark.cli;

import dev.tidemark.cli.VerifyOutput.Verified;
import dev.tidemark.cli.output.ByteSize;
import dev.tidemark.cli.output.CliException;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.config.VerificationConfiguration;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.view.CoverageView;
import dev.tidemark.coordinator.verify.Coverage;
import dev.tidemark.coordinator.verify.CoverageReader;
import dev.tidemark.coordinator.verify.Damage;
import dev.tidemark.coordinator.verify.PackChoice;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationOutcome;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.coordinator.verify.VerificationRun;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks backups against the archive, and remembers what was checked. */
@Command(
        name = "verify",
        description = {
            "Check backups: that every object is there, or (level 2) every byte.",
            "Needs the archive and nothing else. Exits with 73 when a backup, the index or a key slot is damaged."
        })
final class VerifyCommand implements Callable<Integer>, ThroughServer {
    private static final String STEP = "verify";
    private static final String DAILY = "daily";

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

    @Option(
            names = "--budget",
            paramLabel = "SIZE|daily",
            description =
                    "Level 2: read at most that much of each namespace, as 20GiB, or what is left of the configured"
                            + " budget of the day; what was read longest ago first. Default: read everything.")
    private String budget;

    @Option(
            names = "--sample",
            paramLabel = "PERCENT|COUNT",
            description = "Level 2: read a random sample of the packs of each namespace, as 5%% or 100.")
    private String sample;

    @Option(
            names = "--coverage",
            description = "Show how much was verified at level 2, and when; read no packs, and write nothing.")
    private boolean isCoverage;

    VerifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        requireValidOptions();
        if (session.isRemote()) {
            return isCoverage ? showRemoteCoverage() : verifyRemotely();
        }
        session.namespaces(namespace); // refuses an unknown one before anything is opened
        Archive archive = session.wiring().archive();
        return isCoverage ? showCoverage(archive) : verify(archive);
    }

    private int showRemoteCoverage() {
        List<CoverageView> coverages = session.namespaces(namespace).stream()
                .map(session.remote().client()::coverage)
                .toList();
        session.show(VerifyOutput.coverageJson(coverages), VerifyOutput.coverageText(coverages));
        return 0;
    }

    /** What the service verifies by order is what is due today; everything else needs the archive here. */
    private int verifyRemotely() {
        if (level != 2 || !DAILY.equals(budget) || backup != null) {
            throw usage("--server with other options than these (expected: --level 2 --budget daily, or --coverage)");
        }
        String name = session.namespace(namespace);
        OrderCommands.show(session, session.remote().finish(name, new OperationOrder.Verify()));
        return 0;
    }

    private void requireValidOptions() {
        if (level != 1 && level != 2) {
            throw usage("--level is " + level + " (expected: 1 or 2)");
        }
        if (budget != null && sample != null) {
            throw usage("both --budget and --sample are given (expected: one of them)");
        }
        if (isCoverage && (budget != null || sample != null || backup != null)) {
            throw usage("--coverage is given with an option that chooses what to read (expected: neither)");
        }
        if (level == 1 && (budget != null || sample != null)) {
            throw usage("--budget or --sample is given at level 1, which reads no packs (expected: --level 2)");
        }
        choice(VerificationConfiguration.DEFAULT);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private PackChoice choice(VerificationConfiguration configuration) {
        try {
            if (budget != null) {
                return budget.equals(DAILY) ? configuration.daily() : new PackChoice.Budget(ByteSize.parse(budget));
            }
            if (sample != null) {
                return sample.endsWith("%")
                        ? new PackChoice.Share(Double.parseDouble(sample.substring(0, sample.length() - 1)))
                        : new PackChoice.Count(Integer.parseInt(sample));
            }
            return PackChoice.ALL;
        } catch (NumberFormatException e) {
            throw usage("--sample is '" + sample + "' (expected: a share as 5%, or a number of packs)");
        } catch (IllegalArgumentException e) {
            throw usage((budget == null ? "--sample: " : "--budget: ") + e.getMessage());
        }
    }

    private int verify(Archive archive) {
        List<Verified> results = new ArrayList<>();
        forEachNamespace(archive, name -> results.add(verify(archive, name)));
        List<Damage> slots = archive.keys().list().damaged().stream()
                .map(slot -> new Damage("keys/master/" + slot.slot() + ".json", slot.message()))
                .toList();
        session.show(VerifyOutput.json(level, slots, results), VerifyOutput.text(level, slots, results));
        boolean isGood = slots.isEmpty()
                && results.stream().allMatch(result -> result.outcome().report().isGood());
        return isGood ? 0 : ErrorCode.VERIFICATION_FAILED.exitCode();
    }

    private int showCoverage(Archive archive) {
        List<CoverageView> coverages = new ArrayList<>();
        forEachNamespace(archive, name -> coverages.add(CoverageView.of(coverage(archive.namespace(name)))));
        session.show(VerifyOutput.coverageJson(coverages), VerifyOutput.coverageText(coverages));
        return 0;
    }

    private Coverage coverage(NamespaceArchive archive) {
        return new CoverageReader(archive)
                .read(
                        configuration(archive.namespace()).within(),
                        session.surroundings().clock().instant());
    }

    private VerificationConfiguration configuration(String name) {
        return session.configuration().namespaces().get(name).verification();
    }

    private void forEachNamespace(Archive archive, Consumer<String> action) {
        List<String> known = archive.namespaces();
        for (String name : session.namespaces(backup == null ? namespace : session.namespace(namespace))) {
            if (namespace == null && backup == null && archive.isShredded(name)) {
                session.note("Namespace '" + name + "' is left out: it was shredded, and has no backup since.");
            } else if (known.contains(name)) {
                action.accept(name);
            } else if (backup != null) {
                throw unknownBackup(name, List.of());
            }
        }
    }

    private Verified verify(Archive archive, String name) {
        VerificationLevel wanted = level == 2 ? VerificationLevel.CONTENT : VerificationLevel.EXISTENCE;
        NamespaceArchive namespaceArchive;
        try {
            namespaceArchive = archive.namespace(name);
        } catch (CoordinatorException e) {
            if (archive.isShredded(name)) {
                throw e;
            }
            return new Verified(
                    VerificationOutcome.of(VerificationReport.withoutKey(archive, name, wanted, e)), List.of());
        }
        OperationListener progress = session.progress();
        progress.stepStarted(name, STEP);
        VerificationRun run = new VerificationRun(
                namespaceArchive,
                session.work(),
                session.seams(),
                (readBytes, totalBytes) -> progress.progress(name, STEP, readBytes, totalBytes, 0));
        VerificationOutcome outcome =
                run.verify(wanted, choice(configuration(name)), ids -> chosen(namespaceArchive, ids));
        progress.stepFinished(name, STEP);
        return new Verified(outcome, level == 2 ? List.of(coverage(namespaceArchive)) : List.of());
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
}
