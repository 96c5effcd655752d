package dev.tidemark.coordinator.status;

import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.status.NamespaceStatus.Level;
import dev.tidemark.coordinator.status.NamespaceStatus.Objective;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Makes a status of facts. Reads nothing. Used once. */
final class StatusRules {
    /** Clocks differ; a state further ahead than this was stamped by one that is wrong. */
    private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    private static final String BACKUP = "backup";

    private final String namespace;
    private final Objectives objectives;
    private final Instant now;
    private final StatusFacts facts;
    private final GoodBackup newestGood;
    private final NextBackup next;
    private final List<StatusProblem> problems = new ArrayList<>();

    StatusRules(String namespace, Objectives objectives, Instant now, StatusFacts facts) {
        this.namespace = namespace;
        this.objectives = objectives;
        this.now = now;
        this.facts = facts;
        newestGood = facts.backups().backups().stream()
                .filter(backup -> !facts.suffering().containsKey(backup.backupId()))
                .findFirst()
                .map(backup -> GoodBackup.of(backup, now))
                .orElse(GoodBackup.NONE);
        next = NextBackup.ofBackups(facts.backups().backups(), now);
    }

    NamespaceStatus decide() {
        if (facts.isShredded() && facts.backups().backups().isEmpty()) {
            problem(
                    StatusState.SHREDDED,
                    "the namespace was shredded, and not backed up since",
                    "Remove it from the configuration, or run 'tidemark backup " + namespace
                            + "' if it is in use again.");
        } else if (newestGood.isPresent()) {
            judgeAge();
            judgeDuration();
            judgeVerification();
        } else {
            problem(StatusState.LATE, "there is no good backup", "Run 'tidemark backup " + namespace + "'.");
        }
        judgeTimeUnderWay();
        judgeSchedule();
        judgeDamage();
        judgeClocks();
        judgeOperation();
        judgeFailures();
        facts.unreadable().forEach(line -> problem(StatusState.AT_RISK, line, "See runbook damaged-archive."));
        problems.sort(Comparator.comparing(StatusProblem::state).reversed());
        return new NamespaceStatus(
                namespace,
                now,
                facts.backups().backups().size(),
                newestGood,
                next,
                objective(),
                facts.operation(),
                failures(),
                facts.holds(),
                problems);
    }

    private void judgeAge() {
        Duration age = newestGood.age();
        Duration limit = objectives.maxAge();
        if (limit.isZero()) {
            return;
        }
        if (age.compareTo(limit) > 0) {
            problem(
                    StatusState.LATE,
                    "the newest good state is " + text(age) + " old (objective: at most " + text(limit) + ")",
                    "Run 'tidemark backup " + namespace + "', and find out why no schedule did.");
        } else if (next.isKnown()
                && next.due().isAfter(newestGood.timeAtBackupTimestamp().plus(limit))) {
            problem(
                    StatusState.AT_RISK,
                    "the next backup is due at " + next.due() + ", when the newest good state will be older than "
                            + text(limit),
                    "Let the schedule run more often, or allow a greater 'objective.maxAge'.");
        }
    }

    private void judgeDuration() {
        Duration limit = objectives.maxDuration();
        if (limit.isZero()) {
            return;
        }
        if (newestGood.duration().compareTo(limit) > 0) {
            problem(
                    StatusState.LATE,
                    "backup '" + newestGood.backupId() + "' took " + text(newestGood.duration())
                            + " (objective: at most " + text(limit) + ")",
                    "Look at what it read and stored with 'tidemark show " + namespace + " latest'.");
        }
    }

    private void judgeTimeUnderWay() {
        Duration limit = objectives.maxDuration();
        UnfinishedOperation operation = facts.operation();
        boolean isBackup = operation.type().equals(BACKUP) && !limit.isZero();
        if (isBackup && operation.startedAt().plus(limit).isBefore(now)) {
            problem(
                    StatusState.AT_RISK,
                    "backup '" + operation.operationId() + "' has been under way since " + operation.startedAt()
                            + " (objective: at most " + text(limit) + ")",
                    "Look at its step with 'tidemark operations " + namespace + "'.");
        }
    }

    private void judgeVerification() {
        Duration limit = objectives.verifiedWithin();
        if (!limit.isZero() && facts.verifiedAt().isBefore(now.minus(limit))) {
            problem(
                    StatusState.LATE,
                    facts.verifiedAt().equals(Instant.EPOCH)
                            ? "no backup has a valid certificate (objective: one of the last " + text(limit) + ")"
                            : "no backup was read to the last byte since " + facts.verifiedAt() + " (objective: within "
                                    + text(limit) + ")",
                    "Run 'tidemark verify " + namespace + " --level 2'.");
        }
    }

    private void judgeSchedule() {
        boolean isUnderWay =
                facts.operation().type().equals(BACKUP) && facts.operation().isWorkedOn();
        if (next.isMissed(now, objectives.grace()) && !isUnderWay) {
            problem(
                    StatusState.STOPPED,
                    "the next backup was due at " + next.due() + ", as backup '" + next.saidBy()
                            + "' says, and has not come",
                    "Find out why the schedule has stopped, and run 'tidemark backup " + namespace + "'.");
        }
    }

    private void judgeDamage() {
        for (BackupSummary backup : facts.backups().backups()) {
            String damage = facts.suffering().get(backup.backupId());
            if (damage != null) {
                problem(
                        StatusState.AT_RISK,
                        "backup '" + backup.backupId() + "' is damaged: " + damage,
                        "See runbook damaged-archive; the next backup stores again what it can.");
            }
        }
        for (DamagedManifest manifest : facts.backups().perhapsNewer()) {
            problem(
                    StatusState.AT_RISK,
                    "backup '" + manifest.backupId() + "' can't be used: " + manifest.message(),
                    "Run 'tidemark repair " + namespace + "'.");
        }
        if (newestGood.isDegraded()) {
            problem(
                    StatusState.AT_RISK,
                    "backup '" + newestGood.backupId() + "' is degraded: a replica is missing",
                    "Bring the missing node back before the next backup.");
        }
    }

    private void judgeClocks() {
        if (!next.incredible().isEmpty()) {
            problem(
                    StatusState.AT_RISK,
                    "backup '" + next.incredible() + "' says that the next one is due at " + next.incredibleDue()
                            + ", which is not believed: it, or the backup itself, is too far in the future",
                    "Check the clock of the machine that starts the backups.");
        }
        if (newestGood.timeAtBackupTimestamp().isAfter(now.plus(MAX_AHEAD))) {
            problem(
                    StatusState.AT_RISK,
                    "the state of backup '" + newestGood.backupId() + "' is of " + newestGood.timeAtBackupTimestamp()
                            + ", which is in the future: its age is not known",
                    "Compare the clocks of this machine and of the one that takes the backups.");
        }
    }

    private void judgeOperation() {
        UnfinishedOperation operation = facts.operation();
        if (operation.isStuck()) {
            problem(
                    StatusState.STUCK,
                    operation.type() + " '" + operation.operationId() + "' is unfinished, and nobody works on it: "
                            + operation.host() + " was the last to do so, " + text(operation.silence()) + " ago",
                    "Run 'tidemark resume " + namespace + "', or 'tidemark cancel " + namespace + " "
                            + operation.operationId() + "'.");
        }
    }

    private void judgeFailures() {
        failures().stream()
                .filter(failure -> failure.type().equals(BACKUP))
                .findFirst()
                .ifPresent(failure -> {
                    problem(
                            StatusState.AT_RISK,
                            "the last backup has failed, at " + failure.updatedAt() + ": " + failure.message(),
                            "See 'tidemark operations " + namespace + "' and runbook failed-backup.");
                });
    }

    /** Only what has failed since the newest good backup says something about the next one. */
    private List<OperationSummary> failures() {
        return facts.failures().stream()
                .filter(failure -> failure.updatedAt().isAfter(newestGood.finishedAt()))
                .limit(NamespaceStatus.MAX_FAILURES)
                .toList();
    }

    private Objective objective() {
        for (StatusProblem problem : problems) {
            if (problem.state() == StatusState.LATE) {
                return new Objective(Level.MISSED, problem.message());
            }
        }
        return problems.stream()
                .filter(problem -> problem.state().compareTo(StatusState.AT_RISK) >= 0)
                .findFirst()
                .map(problem -> new Objective(Level.AT_RISK, problem.message()))
                .orElse(new Objective(Level.MET, ""));
    }

    private void problem(StatusState state, String message, String hint) {
        problems.add(new StatusProblem(state, message, hint));
    }

    /** To the second, and never as nothing. */
    private static String text(Duration duration) {
        return duration.compareTo(Duration.ofSeconds(1)) < 0
                ? duration.toString()
                : Duration.ofSeconds(duration.toSeconds()).toString();
    }
}
