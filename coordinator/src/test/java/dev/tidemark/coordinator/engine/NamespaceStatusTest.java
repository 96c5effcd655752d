package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.retention.BackupHold;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.coordinator.status.LockWatch;
import dev.tidemark.coordinator.status.NamespaceStatus;
import dev.tidemark.coordinator.status.NamespaceStatus.Level;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.coordinator.status.PublicStatusReader;
import dev.tidemark.coordinator.status.StatusProblem;
import dev.tidemark.coordinator.status.StatusReader;
import dev.tidemark.coordinator.status.StatusState;
import dev.tidemark.coordinator.verify.PackChoice;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationRun;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The status of a namespace, from what backups, failures, deaths and time leave in the archive. */
class NamespaceStatusTest {
    private static final Duration LEASE = EngineOptions.DEFAULT.lockLease();
    private static final Duration DAY = Duration.ofDays(1);
    private static final Objectives DAILY =
            new Objectives(Duration.ofHours(26), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(15));

    private final World world = new World(301, 1);
    private LockWatch watch = LockWatch.waiting(world.time, world.time);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void read_namespaceThatWasNeverBackedUp_isLate() {
        NamespaceStatus status = status(Objectives.NONE);

        assertThat(status.state()).isEqualTo(StatusState.LATE);
        assertThat(status.newestGood().isPresent()).isFalse();
        assertThat(status.objective().level()).isEqualTo(Level.MISSED);
        assertThat(status.objective().reason()).isEqualTo("there is no good backup");
        assertThat(world.objects.list("ns/", "", 10)).isEmpty();
    }

    @Test
    void read_freshBackup_isOkAndSaysWhatItIs() {
        String backup = backup(DAY);
        var manifest = world.archive.manifests(World.NAMESPACE).read(backup);
        world.time.advance(Duration.ofHours(3));

        NamespaceStatus status = status(DAILY);

        assertThat(status.problems()).isEmpty();
        assertThat(status.state()).isEqualTo(StatusState.OK);
        assertThat(status.objective().level()).isEqualTo(Level.MET);
        assertThat(status.newestGood().backupId()).isEqualTo(backup);
        assertThat(status.newestGood().backupTimestamp()).isEqualTo(manifest.backupTimestamp());
        assertThat(status.newestGood().fastForwardTimestamp()).isEqualTo(manifest.fastForwardTimestamp());
        assertThat(status.newestGood().age())
                .isBetween(Duration.ofHours(3), Duration.ofHours(3).plusMinutes(1));
        assertThat(status.next().due()).isEqualTo(manifest.nextBackupDue());
        assertThat(status.next().saidBy()).isEqualTo(backup);
        assertThat(status.isOverdue()).isFalse();
        assertThat(status.operation().isPresent()).isFalse();
        assertThat(publicStatus(DAILY)).isEqualTo(status);
    }

    @Test
    void read_always_writesNothing() {
        backup(DAY);
        crashBackup("copy");
        world.time.advance(DAY.multipliedBy(2));
        List<String> changes = new ArrayList<>();
        world.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE || operation == Operation.DELETE) {
                changes.add(operation + " " + key);
            }
        });

        assertThat(status(DAILY).state()).isEqualTo(StatusState.STUCK);
        publicStatus(DAILY);

        assertThat(changes).isEmpty();
    }

    @Test
    void read_stateOlderThanTheObjective_isLate() {
        String backup = backup(null);
        Instant time = world.archive.manifests(World.NAMESPACE).read(backup).timeAtBackupTimestamp();

        assertThat(status(DAILY, time.plus(Duration.ofHours(26))).state()).isEqualTo(StatusState.OK);
        NamespaceStatus late = status(DAILY, time.plus(Duration.ofHours(26)).plusMillis(1));
        assertThat(late.state()).isEqualTo(StatusState.LATE);
        assertThat(late.objective().level()).isEqualTo(Level.MISSED);
        assertThat(late.objective().reason()).contains("PT26H old (objective: at most PT26H)");
        assertThat(status(Objectives.NONE, time.plus(DAY.multipliedBy(900))).state())
                .isEqualTo(StatusState.OK);
    }

    @Test
    void read_nextBackupDueAndGraceOver_hasStopped() {
        String backup = backup(DAY);
        Instant due = world.archive.manifests(World.NAMESPACE).read(backup).nextBackupDue();

        NamespaceStatus within = status(Objectives.NONE, due.plus(Duration.ofMinutes(15)));
        assertThat(within.state()).isEqualTo(StatusState.OK);
        assertThat(within.isOverdue()).isTrue();
        assertThat(within.isScheduleStopped()).isFalse();
        for (NamespaceStatus stopped : List.of(
                status(Objectives.NONE, due.plus(Duration.ofMinutes(15)).plusMillis(1)),
                publicStatus(Objectives.NONE, due.plus(Duration.ofMinutes(15)).plusMillis(1)))) {
            assertThat(stopped.state()).isEqualTo(StatusState.STOPPED);
            assertThat(stopped.isScheduleStopped()).isTrue();
            assertThat(messages(stopped))
                    .containsExactly("the next backup was due at " + due + ", as backup '" + backup
                            + "' says, and has not come");
            assertThat(stopped.objective().level())
                    .as("age is no objective here")
                    .isEqualTo(Level.AT_RISK);
        }
        Objectives patient = new Objectives(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofHours(2));
        assertThat(status(patient, due.plus(Duration.ofHours(2))).state()).isEqualTo(StatusState.OK);
    }

    /** A backup that somebody takes between two of a schedule does not keep its promise; one that comes after the time does. */
    @Test
    void read_backupThatSaysNothing_keepsThePromiseOnlyWhenItsTimeHasCome() {
        String scheduled = backup(DAY);
        world.time.advance(Duration.ofHours(8));
        String between = backup(null);
        world.time.advance(Duration.ofHours(17));

        NamespaceStatus stopped = status(DAILY);
        assertThat(stopped.state()).isEqualTo(StatusState.STOPPED);
        assertThat(stopped.newestGood().backupId()).isEqualTo(between);
        assertThat(stopped.next().saidBy()).isEqualTo(scheduled);

        backup(null);
        assertThat(status(DAILY).state()).isEqualTo(StatusState.OK);
        assertThat(status(DAILY).next().isKnown()).isFalse();
    }

    @Test
    void read_backupUnderWayWhenTheNextIsDue_hasNotStopped() {
        backup(Duration.ofMinutes(30));
        world.time.advance(Duration.ofHours(1));
        List<NamespaceStatus> seen = new ArrayList<>();
        try (World.CoordinatorProcess process = world.coordinator()) {
            process.coordinator.backup(BackupRequest.of(World.NAMESPACE), new OperationListener() {
                @Override
                public void stepStarted(String operationId, String step) {
                    if (step.equals("copy")) {
                        world.time.advance(LEASE.multipliedBy(4));
                        seen.add(status(Objectives.NONE));
                    }
                }
            });
        }

        assertThat(seen).singleElement().satisfies(status -> {
            assertThat(status.state()).isEqualTo(StatusState.OK);
            assertThat(status.isOverdue()).isTrue();
            assertThat(status.operation().type()).isEqualTo("backup");
            assertThat(status.operation().isWorkedOn()).isTrue();
            assertThat(status.operation().isStuck()).isFalse();
            assertThat(status.operation().host()).isEqualTo("test");
            assertThat(status.operation().epoch()).isPositive();
        });
    }

    /** G: an operation that was accepted, and that nobody works on. */
    @Test
    void read_processDied_isStuckAfterThreeLeasesAndNotBefore() {
        backup(null);
        String operation = crashBackup("copy");

        NamespaceStatus fresh = status(DAILY);
        assertThat(fresh.operation().isWorkedOn()).isTrue();
        world.time.advance(LEASE.plusSeconds(1));
        NamespaceStatus silent = status(DAILY);
        assertThat(silent.operation().isWorkedOn()).isFalse();
        assertThat(silent.operation().isStuck()).isFalse();
        assertThat(silent.state()).isEqualTo(StatusState.OK);
        world.time.advance(LEASE.multipliedBy(2));
        NamespaceStatus stuck = status(DAILY);

        assertThat(stuck.operation().isStuck()).isTrue();
        assertThat(stuck.operation().operationId()).isEqualTo(operation);
        assertThat(stuck.operation().step()).isEqualTo("copy");
        assertThat(stuck.state()).isEqualTo(StatusState.STUCK);
        assertThat(messages(stuck).get(0)).contains(operation, "nobody works on it", "test");
        assertThat(stuck.problems().get(0).hint()).contains("tidemark resume orders");
        world.backup();
        assertThat(status(DAILY).state()).isEqualTo(StatusState.OK);
    }

    /** A backup that died is none that is under way. */
    @Test
    void read_backupDiedAndTheNextIsDue_hasStoppedToo() {
        backup(Duration.ofHours(1));
        crashBackup("copy");
        world.time.advance(Duration.ofHours(2));

        assertThat(status(Objectives.NONE).problems())
                .extracting(StatusProblem::state)
                .containsExactly(StatusState.STUCK, StatusState.STOPPED);
    }

    /** Given back, to be resumed: nobody works on it either. */
    @Test
    void read_operationGivenBack_isStuckAfterThreeLeases() {
        backup(null);
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThatThrownBy(() -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), refuseAt("copy")))
                    .isInstanceOf(RuntimeException.class);
        }
        NamespaceStatus fresh = status(Objectives.NONE);
        assertThat(fresh.operation().isPresent()).isTrue();
        assertThat(fresh.operation().isWorkedOn()).isFalse();
        assertThat(fresh.operation().isStuck()).isFalse();

        world.time.advance(LEASE.multipliedBy(3).plusSeconds(1));

        assertThat(status(Objectives.NONE).state()).isEqualTo(StatusState.STUCK);
    }

    @Test
    void read_lastBackupFailed_isAtRiskAndSaysWhy() {
        backup(null);
        world.time.advance(Duration.ofHours(1));
        world.store.pretendDown(0);
        world.store.pretendDown(1);
        assertThatThrownBy(world::backup).isInstanceOf(RuntimeException.class);
        world.store.pretendUp(0);
        world.store.pretendUp(1);

        NamespaceStatus failed = status(DAILY);

        assertThat(failed.state()).isEqualTo(StatusState.AT_RISK);
        assertThat(failed.failures()).hasSize(1);
        assertThat(messages(failed).get(0))
                .contains("the last backup has failed", failed.failures().get(0).message());
        assertThat(failed.objective().level()).isEqualTo(Level.AT_RISK);
        world.time.advance(Duration.ofSeconds(21));
        backup(null);
        assertThat(status(DAILY).failures()).isEmpty();
        assertThat(status(DAILY).state()).isEqualTo(StatusState.OK);
    }

    @Test
    void read_newestExpired_theOneBeforeItCounts() {
        String older = backup(DAY);
        world.time.advance(Duration.ofHours(2));
        String newest = backup(DAY);
        world.objects.delete(world.archive.namespace(World.NAMESPACE).layout().manifest(newest));

        NamespaceStatus status = status(DAILY);

        assertThat(status.newestGood().backupId()).isEqualTo(older);
        assertThat(status.next().saidBy()).isEqualTo(older);
        assertThat(status.newestGood().age()).isGreaterThanOrEqualTo(Duration.ofHours(2));
    }

    @Test
    void read_expiredByAPolicy_newestStays() {
        backup(null);
        world.time.advance(Duration.ofHours(2));
        String newest = backup(DAY);
        try (World.CoordinatorProcess process = world.coordinator()) {
            RetentionPolicy one = new RetentionPolicy(
                    1, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, ZoneId.of("UTC"));
            process.coordinator.upkeep().expire(World.NAMESPACE, one, List.of(), OperationListener.NONE);
        }

        NamespaceStatus status = status(DAILY);

        assertThat(status.backups()).isEqualTo(1);
        assertThat(status.newestGood().backupId()).isEqualTo(newest);
        assertThat(status.state()).isEqualTo(StatusState.OK);
    }

    @Test
    void read_newestIsDegraded_countsAndIsAtRisk() {
        backup(null);
        world.store.pretendDown(1);
        world.set("a", "2");
        String degraded = backup(null);

        NamespaceStatus status = status(DAILY);

        assertThat(status.newestGood().backupId()).isEqualTo(degraded);
        assertThat(status.newestGood().isDegraded()).isTrue();
        assertThat(status.state()).isEqualTo(StatusState.AT_RISK);
        assertThat(messages(status)).singleElement().asString().contains(degraded, "degraded");
    }

    @Test
    void read_newestIsMarkedAsDamaged_theNewestGoodOneCounts() {
        world.set("a", "1");
        String older = backup(null);
        Set<ObjectKey> before = new HashSet<>(packs());
        world.time.advance(Duration.ofHours(20));
        world.set("b", "2".repeat(10_000));
        String newest = backup(Duration.ofHours(5));
        for (ObjectKey pack : packs()) {
            if (!before.contains(pack)) {
                world.objects.damage(pack, content -> {
                    content[60] ^= 16;
                    return content;
                });
            }
        }
        assertThat(status(DAILY).newestGood().backupId())
                .as("nobody has seen it yet")
                .isEqualTo(newest);
        verify();

        for (NamespaceStatus status : List.of(status(DAILY), publicStatus(DAILY))) {
            assertThat(status.newestGood().backupId()).isEqualTo(older);
            assertThat(status.newestGood().age()).isGreaterThanOrEqualTo(Duration.ofHours(20));
            assertThat(status.state()).isEqualTo(StatusState.AT_RISK);
            assertThat(messages(status)).singleElement().asString().contains(newest, "is damaged");
            assertThat(status.next().saidBy()).as("the schedule goes on").isEqualTo(newest);
        }
        assertThat(status(DAILY, world.time.instant().plus(Duration.ofHours(7)))
                        .objective()
                        .level())
                .isEqualTo(Level.MISSED);
    }

    @Test
    void read_newestManifestDamaged_theOneBeforeItCounts() {
        String older = backup(null);
        String newest = backup(DAY);
        world.objects.damage(world.archive.namespace(World.NAMESPACE).layout().manifest(newest), content -> {
            content[300] ^= 1;
            return content;
        });

        NamespaceStatus status = status(DAILY);

        assertThat(status.newestGood().backupId()).isEqualTo(older);
        assertThat(status.state()).isEqualTo(StatusState.AT_RISK);
        assertThat(messages(status)).singleElement().asString().contains(newest);
    }

    @Test
    void read_dataKeyLost_noBackupIsGood() {
        backup(null);
        NamespaceArchive archive = world.archive.namespace(World.NAMESPACE);
        archive.listKeys("keys/", 10).forEach(world.objects::delete);

        NamespaceStatus status = status(DAILY);

        assertThat(status.newestGood().isPresent()).isFalse();
        assertThat(status.state()).isEqualTo(StatusState.LATE);
        assertThat(messages(status)).anyMatch(message -> message.contains("is damaged"));
    }

    @Test
    void read_shredded_isNeitherLateNorStopped() {
        backup(Duration.ofHours(1));
        try (World.CoordinatorProcess process = world.coordinator()) {
            process.coordinator.upkeep().shred(World.NAMESPACE, OperationListener.NONE);
        }
        world.time.advance(DAY);

        assertThat(status(DAILY).state()).isEqualTo(StatusState.SHREDDED);
    }

    /** The clock of the machine that starts backups was wrong: it can't keep an alarm away for years. */
    @Test
    void read_nextBackupDueInTheFarFuture_isSaidAndNotBelieved() {
        String scheduled = backup(DAY);
        world.time.advance(Duration.ofHours(1));
        String wrong = backup(Duration.ofDays(401));

        NamespaceStatus status = status(DAILY);
        assertThat(status.state()).isEqualTo(StatusState.AT_RISK);
        assertThat(messages(status)).singleElement().asString().contains(wrong, "not believed");
        assertThat(status.next().saidBy()).isEqualTo(scheduled);
        assertThat(status(Objectives.NONE, world.time.instant().plus(DAY)).state())
                .isEqualTo(StatusState.STOPPED);

        backup(Duration.ofDays(400));
        assertThat(status(Objectives.NONE).state()).isEqualTo(StatusState.OK);
    }

    @Test
    void read_stateFromTheFuture_isAtRisk() {
        backup(null);

        NamespaceStatus status = status(DAILY, world.time.instant().minus(Duration.ofHours(1)));

        assertThat(status.newestGood().age()).isZero();
        assertThat(messages(status)).singleElement().asString().contains("in the future");
    }

    @Test
    void read_nextBackupDueTooLateForTheObjective_isAtRisk() {
        backup(Duration.ofHours(30));

        assertThat(messages(status(DAILY))).singleElement().asString().contains("will be older than PT26H");
    }

    @Test
    void read_backupTookLongerThanTheObjective_isLate() {
        try (World.CoordinatorProcess process = world.coordinator()) {
            process.coordinator.backup(BackupRequest.of(World.NAMESPACE), new OperationListener() {
                @Override
                public void stepStarted(String operationId, String step) {
                    if (step.equals("copy")) {
                        world.time.advance(Duration.ofHours(2));
                        assertThat(messages(status(quick())))
                                .anyMatch(message -> message.contains("has been under way"));
                    }
                }
            });
        }

        assertThat(status(quick()).state()).isEqualTo(StatusState.LATE);
        assertThat(status(quick()).objective().reason()).contains("took PT2H", "at most PT1H");
        assertThat(status(DAILY).state()).isEqualTo(StatusState.OK);
    }

    @Test
    void read_verifiedTooLongAgo_isLate() {
        Objectives verified = new Objectives(Duration.ZERO, Duration.ZERO, Duration.ofDays(7), Duration.ZERO);
        backup(null);
        assertThat(status(verified).objective().reason()).contains("no backup has a valid certificate");
        verify();
        world.time.advance(DAY);
        backup(null);

        assertThat(status(verified).state()).as("one of them is enough").isEqualTo(StatusState.OK);
        assertThat(publicStatus(verified).state()).isEqualTo(StatusState.OK);
        world.time.advance(DAY.multipliedBy(6));
        assertThat(status(verified).state()).isEqualTo(StatusState.LATE);
        assertThat(status(verified).objective().reason()).contains("to the last byte since");
        verify();
        assertThat(status(verified).state()).isEqualTo(StatusState.OK);
    }

    @Test
    void read_holds_areThoseThatCount() {
        String backup = backup(null);
        Instant now = world.time.instant();
        try (World.CoordinatorProcess process = world.coordinator()) {
            process.coordinator
                    .upkeep()
                    .placeHold(
                            World.NAMESPACE,
                            new BackupHold("a".repeat(32), backup, "audit", "anna", now, now.plus(DAY)));
        }

        assertThat(status(DAILY).holds()).hasSize(1);
        world.time.advance(DAY);
        assertThat(status(DAILY).holds()).isEmpty();
    }

    @Test
    void read_journalDamaged_isSaidAndHidesNothingElse() {
        String backup = backup(null);
        NamespaceArchive records = world.archive.records(World.NAMESPACE);
        world.objects.damage(records.key("journal/" + backup + "/00000001"), content -> new byte[] {1});

        NamespaceStatus status = status(DAILY);

        assertThat(status.newestGood().backupId()).isEqualTo(backup);
        assertThat(status.state()).isEqualTo(StatusState.AT_RISK);
        assertThat(messages(status)).singleElement().asString().contains("the journal of operation '" + backup);
    }

    private static Objectives quick() {
        return new Objectives(Duration.ZERO, Duration.ofHours(1), Duration.ZERO, Duration.ofMinutes(15));
    }

    private NamespaceStatus status(Objectives objectives) {
        return status(objectives, world.time.instant());
    }

    private NamespaceStatus status(Objectives objectives, Instant now) {
        StatusReader reader =
                new StatusReader(world.archive, records -> new Operations(records, LEASE, seams()), LEASE, watch);
        return reader.read(World.NAMESPACE, objectives, now);
    }

    private NamespaceStatus publicStatus(Objectives objectives) {
        return publicStatus(objectives, world.time.instant());
    }

    private NamespaceStatus publicStatus(Objectives objectives, Instant now) {
        return new PublicStatusReader(world.archive.toPublic()).read(World.NAMESPACE, objectives, now);
    }

    private EngineSeams seams() {
        return new EngineSeams(
                world.time, world.time, world.time, world.time.process(), Runnable::run, world.random, "observer");
    }

    private void verify() {
        new VerificationRun(
                        world.archive.namespace(World.NAMESPACE),
                        new ParallelWork(Runnable::run, 1),
                        seams(),
                        (done, total) -> {})
                .verify(VerificationLevel.CONTENT, PackChoice.ALL, ids -> ids);
    }

    private List<ObjectKey> packs() {
        List<ObjectKey> packs = new ArrayList<>();
        world.archive.records(World.NAMESPACE).forEachKey("packs/", packs::add);
        return packs;
    }

    /** Takes a backup that says when the next one is due, or nothing when that is null. */
    private String backup(Duration untilTheNext) {
        BackupRequest request = untilTheNext == null
                ? BackupRequest.of(World.NAMESPACE)
                : new BackupRequest(
                        World.NAMESPACE, Map.of(), true, world.time.instant().plus(untilTheNext));
        try (World.CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.backup(request, OperationListener.NONE).backupId();
        }
    }

    /** Leaves a backup behind whose process has died. */
    private String crashBackup(String step) {
        String[] id = new String[1];
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThatThrownBy(() -> process.coordinator.backup(
                            BackupRequest.of(World.NAMESPACE), InterruptedOperationTest.crashAt(step, false)))
                    .isInstanceOf(World.Crash.class);
            id[0] = process.coordinator
                    .findUnfinished(World.NAMESPACE)
                    .orElseThrow()
                    .operationId();
        }
        return id[0];
    }

    private static OperationListener refuseAt(String where) {
        return new OperationListener() {
            @Override
            public void stepStarted(String operationId, String step) {
                if (step.equals(where)) {
                    throw new CoordinatorException(ErrorCode.STORE_UNAVAILABLE, "the node is away", "");
                }
            }
        };
    }

    private static List<String> messages(NamespaceStatus status) {
        return status.problems().stream().map(StatusProblem::message).toList();
    }
}
