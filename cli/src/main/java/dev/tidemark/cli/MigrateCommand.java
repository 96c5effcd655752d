package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.Json;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.migration.ForeignBound;
import dev.tidemark.timestamp.migration.MigrationPlan;
import dev.tidemark.timestamp.migration.OracleMigration;
import dev.tidemark.timestamp.migration.OracleMigration.Consent;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.service.OfflineOracles;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import dev.tidemark.timestamp.service.store.ForeignBoundSettings;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes a namespace's timestamps over from AtlasDB, while neither side issues. */
@Command(
        name = "migrate",
        description = {
            "Take a namespace's timestamps over from AtlasDB, while no server of the timestamp service runs.",
            "AtlasDB can't issue any more; the namespace goes on above its limit. May be repeated after an interruption."
        })
final class MigrateCommand implements Callable<Integer> {
    private final Session session;
    private final TimestampCommands.Group group;

    @Option(
            names = "--into",
            paramLabel = "FILE",
            required = true,
            description = "Configuration of the timestamp service that is to issue.")
    private Path into;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            required = true,
            description = "File that says where AtlasDB keeps its limit; see docs/configuration.rst.")
    private Path from;

    @Option(
            names = "--stop-others",
            description = "State that the other clients stop too that have their limits in the same table.")
    private boolean isStoppingOthers;

    @Option(
            names = "--already-invalidated",
            description = "State that nothing has issued from the sequence since its limit was invalidated.")
    private boolean isAlreadyInvalidated;

    MigrateCommand(Session session, TimestampCommands.Group group) {
        this.session = session;
        this.group = group;
    }

    @Override
    public Integer call() {
        if (group.namespace() == null) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "no namespace is named",
                    "Name the one that AtlasDB's clients use, with --namespace.");
        }
        TimestampServiceSettings settings =
                TimestampServer.readConfiguration(session.resolve(into)).oracle();
        try (ForeignBound source =
                        ForeignBoundSettings.read(session.resolve(from)).open();
                OfflineOracles target = OfflineOracles.open(settings)) {
            OracleMigration migration = new OracleMigration(source, target.store(), group.namespace(), consents());
            if (group.isDryRun()) {
                MigrationPlan plan = migration.plan();
                migration.check(plan, settings.ceiling());
                show(plan, Optional.empty(), "Nothing was changed. What would be done:\n" + plan.describe());
                return 0;
            }
            TimestampOracles oracles = lead(target);
            MigrationPlan plan = migration.plan();
            Optional<Long> next = migration.execute(plan, oracles);
            show(plan, next, plan.describe() + outcome(next));
            return 0;
        }
    }

    private TimestampOracles lead(OfflineOracles target) {
        OracleSeams seams = new OracleSeams(
                session.surroundings().monotonicClock(),
                session.surroundings().clock(),
                session.seams().periodicTasks());
        UUID id = new UUID(
                session.surroundings().random().nextLong(),
                session.surroundings().random().nextLong());
        try {
            return target.lead(seams, id, session.surroundings().sleeper());
        } catch (TimestampException e) {
            if (e.code() != ErrorCode.NOT_LEADER) {
                throw e;
            }
            throw new CliException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "a server of the timestamp service runs: " + e.getMessage(),
                    "Stop every server of the timestamp service, and run the command again.",
                    e);
        }
    }

    private Set<Consent> consents() {
        Set<Consent> consents = EnumSet.noneOf(Consent.class);
        if (isStoppingOthers) {
            consents.add(Consent.STOP_OTHERS);
        }
        if (isAlreadyInvalidated) {
            consents.add(Consent.ALREADY_INVALIDATED);
        }
        return consents;
    }

    private String outcome(Optional<Long> next) {
        return next.map(timestamp -> "Namespace '" + group.namespace() + "' goes on at " + timestamp + ".")
                .orElse("Nothing was to be done.");
    }

    private void show(MigrationPlan plan, Optional<Long> next, String text) {
        session.show(
                Json.object(
                        "namespace",
                        plan.namespace(),
                        "from",
                        plan.where(),
                        "limit",
                        plan.limit(),
                        "wasInvalidated",
                        plan.isInvalidated(),
                        "target",
                        plan.target().name().toLowerCase(Locale.ROOT),
                        "alsoStopped",
                        plan.alsoStopped(),
                        "dryRun",
                        group.isDryRun(),
                        "next",
                        next.orElse(null)),
                text);
    }
}
