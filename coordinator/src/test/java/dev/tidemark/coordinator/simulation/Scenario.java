package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.garbage.GarbageOptions;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.restore.ExistingData;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.coordinator.rewind.RewindRequest;
import dev.tidemark.coordinator.simulation.Job.Target;
import dev.tidemark.coordinator.simulation.Model.Backup;
import dev.tidemark.coordinator.simulation.Model.Committed;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What operators do in one seed, and what they do when it fails: they try again, resume, cancel, or meet the next disaster. */
final class Scenario {
    private static final RetentionPolicy KEEP_NEWEST =
            new RetentionPolicy(1, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, ZoneId.of("UTC"));
    private static final int CALM_FROM = 3;
    private static final int MAX_ATTEMPTS = 8;

    private final World world;
    private final Checks checks;
    private final Target live;
    /** Who has begun an operation. */
    private final Map<String, Job> owners = new HashMap<>();

    /** A restore elsewhere counts as the last change, which has no safety copy here. */
    private boolean wasDrilled;

    private Job job;
    private int processes;

    Scenario(World world) {
        this.world = world;
        this.checks = new Checks(world);
        this.live = new Target(world.oracle, world.stores, true, "store");
        world.chaos.attach(this);
    }

    /** Returns the steps of a type of operation. */
    static List<String> steps(String type) {
        return switch (type) {
            case "backup" ->
                List.of(
                        "check",
                        "hold",
                        "backup-timestamp",
                        "snapshot",
                        "release",
                        "fast-forward-timestamp",
                        "copy",
                        "inventory",
                        "commit",
                        "drop-snapshots");
            case "restore" ->
                List.of(
                        "stage",
                        "fence",
                        "set-aside",
                        "load",
                        "repair",
                        "clean",
                        "fast-forward",
                        "verify",
                        "complete",
                        "unfence");
            case "expire" -> List.of("remove");
            case "gc" -> List.of("repack", "condemn", "sweep", "uploads");
            case "repair" -> List.of("manifests", "garbage-lists", "index", "inventories");
            case "rewind" ->
                List.of("fence", "safety-copy", "repair", "clean", "fast-forward", "verify", "complete", "unfence");
            default -> List.of("fence", "check", "bring-back", "fast-forward", "verify", "complete", "unfence");
        };
    }

    void run() {
        world.workload.open();
        int actions = (world.isMaintained ? 4 : 2) + world.random.nextInt(3);
        for (int i = 0; i < actions && !isOver(); i++) {
            live(3 + world.random.nextInt(12));
            act();
        }
        finish();
    }

    /** Without stores and without a backup nothing can be done any more. */
    private boolean isOver() {
        return areStoresLost() && world.model.backups.isEmpty();
    }

    private void live(int steps) {
        for (int i = 0; i < steps; i++) {
            world.workload.step();
        }
    }

    private void act() {
        int choice = world.random.nextInt(100);
        if (isOver()) {
            return;
        }
        if (world.isMaintained && !world.model.backups.isEmpty() && world.random.nextInt(100) < 65) {
            maintain();
            return;
        }
        if (areStoresLost()) {
            complete(restoreOfLost());
        } else if (world.model.backups.isEmpty() || choice < 32) {
            complete(newBackup());
        } else if (choice < 55) {
            disaster();
            complete(restoreOfLost());
        } else if (choice < 75) {
            if (complete(rewind()) && world.random.nextInt(3) != 0) {
                undoAtOnce();
            }
        } else if (choice < 87) {
            if (complete(restoreOverData()) && world.random.nextInt(3) != 0) {
                undoAtOnce();
            }
        } else if (choice < 94) {
            complete(undo());
        } else {
            drill(anyBackup());
        }
    }

    /** Looks after the archive; a backup that is given up in the middle leaves something to collect. */
    private void maintain() {
        int choice = world.random.nextInt(100);
        if (choice < 50 && world.model.backups.size() < 2) {
            complete(newBackup());
        } else if (choice < 35) {
            complete(newExpiry());
        } else if (choice < 85) {
            int runs = 1 + world.random.nextInt(3);
            for (int i = 0; i < runs; i++) {
                world.time.advance(Duration.ofSeconds(world.random.nextInt(30)));
                complete(newCollection());
            }
        } else {
            complete(newRepair());
        }
    }

    private Job newExpiry() {
        List<String> ids = new ArrayList<>(world.model.backups.keySet());
        ids.removeIf(id -> world.random.nextInt(3) == 0);
        return new Job("expire", "", 0, false, live, process -> {
            List<String> present = ids.stream().filter(id -> isExpirable(id)).toList();
            if (!present.isEmpty()) {
                process.coordinator.upkeep().expire(World.NAMESPACE, KEEP_NEWEST, present, process.listener);
            }
        });
    }

    private boolean isExpirable(String backupId) {
        return world.calls.outside(() -> {
            List<BackupSummary> backups = observer().catalog(World.NAMESPACE).backups();
            return backups.stream().skip(1).anyMatch(backup -> backup.backupId().equals(backupId));
        });
    }

    private Job newCollection() {
        GarbageOptions options = new GarbageOptions(
                Duration.ofSeconds(world.random.nextInt(20)), world.random.nextInt(3) * 0.4, 1 << 20);
        return new Job("gc", "", 0, false, live, process -> process.coordinator
                .upkeep()
                .collectGarbage(World.NAMESPACE, options, process.listener));
    }

    private Job newRepair() {
        return new Job("repair", "", 0, false, live, process -> process.coordinator
                .upkeep()
                .repair(World.NAMESPACE, process.listener));
    }

    /** Nobody commits in between. */
    private void undoAtOnce() {
        boolean wasStopped = world.workload.isStopped();
        world.workload.stop();
        complete(undo());
        if (!wasStopped) {
            world.workload.start();
        }
    }

    private Job undo() {
        return new Job(
                "undo", "", 0, false, live, process -> process.coordinator.undo(World.NAMESPACE, process.listener));
    }

    private Job rewind() {
        long at = anyMoment(world.model.present());
        return new Job(
                "rewind",
                "",
                at,
                false,
                live,
                process -> process.coordinator.rewind(
                        new RewindRequest(World.NAMESPACE, new RestorePoint.Timestamp(at)), process.listener));
    }

    private Job restoreOverData() {
        Backup backup = world.model.backups.get(anyBackup());
        return restoreOf(backup, world.random.nextBoolean() ? anyMoment(backup.must()) : 0, false);
    }

    private Job restoreOfLost() {
        Backup backup = world.model.backups.get(anyBackup());
        return restoreOf(backup, world.random.nextInt(4) == 0 ? anyMoment(backup.must()) : 0, true);
    }

    private Job restoreOf(Backup backup, long wantedAt, boolean isNeeded) {
        long at = Math.min(wantedAt, backup.backupTimestamp());
        RestoreRequest request = new RestoreRequest(World.NAMESPACE, backup.id())
                .at(at > 0 ? new RestorePoint.Timestamp(at) : RestorePoint.OF_BACKUP)
                .with(isNeeded ? ExistingData.REFUSE : ExistingData.REPLACE);
        return new Job(
                "restore",
                backup.id(),
                at,
                isNeeded,
                live,
                process -> process.coordinator.restore(request, process.listener));
    }

    /** Returns a moment around one of the later commits. */
    private long anyMoment(List<Committed> transactions) {
        if (transactions.isEmpty()) {
            return 1;
        }
        long[] commits =
                transactions.stream().mapToLong(Committed::commit).sorted().toArray();
        int from = world.random.nextInt(4) == 0 ? 0 : commits.length * 2 / 3;
        long commit = commits[from + world.random.nextInt(commits.length - from)];
        return Math.max(commits[0], commit - world.random.nextInt(2)); // there is a bank from the first commit on
    }

    private String anyBackup() {
        List<String> ids = List.copyOf(world.model.backups.keySet());
        return ids.get(world.random.nextInt(ids.size()));
    }

    private Job newBackup() {
        return new Job("backup", "", 0, false, live, Scenario::backup);
    }

    private static void backup(Process process) {
        BackupReport report = process.coordinator.backup(BackupRequest.of(World.NAMESPACE), process.listener);
        if (!process.world.model.backups.containsKey(report.backupId())) {
            throw new Violation("I7", "backup '" + report.backupId() + "' was reported and not committed");
        }
    }

    private static void resume(Process process) {
        process.coordinator.resume(World.NAMESPACE, process.listener);
    }

    private static Consumer<Process> cancelling(OperationSummary left) {
        return process -> process.coordinator.cancel(World.NAMESPACE, left.operationId(), process.listener);
    }

    private boolean areStoresLost() {
        return world.model.isLost();
    }

    /** Loses the stores, and now and then the oracle. */
    void disaster() {
        world.chaos.disturb();
        world.loseStores();
        if (world.random.nextInt(3) != 0) {
            return;
        }
        world.coverage.count("oracle lost");
        world.oracle.lose();
        if (world.random.nextBoolean()) {
            createOracleByHand();
        } else {
            world.workload.killAll();
            world.workload.stop();
            world.model.forgetAbove(world.model.backups.values().stream()
                    .mapToLong(Backup::fastForwardTimestamp)
                    .max()
                    .orElse(0));
        }
    }

    /** Past everything that the lost oracle has issued, so that clients from before may live. */
    private void createOracleByHand() {
        world.oracle.create().fastForward(world.model.greatestIssued() + 1_000);
    }

    /** Restores a backup beside the live stores, and compares what is there. */
    private void drill(String backupId) {
        Map<String, InMemoryStore> stores = new TreeMap<>();
        world.stores
                .keySet()
                .forEach(name -> stores.put(name, InMemoryStore.createEmpty(world.options, world.random.split())));
        SimulatedOracle oracle = new SimulatedOracle("drill-oracle", world.calls, world.time);
        if (!complete(new Job(
                "restore",
                backupId,
                0,
                false,
                new Target(oracle, stores, false, "drill-store"),
                process -> process.coordinator.restore(
                        new RestoreRequest(World.NAMESPACE, backupId), process.listener)))) {
            return;
        }
        CellStore main = stores.get(World.MAIN).cells();
        CellStore cells = stores.containsKey(World.SECOND)
                ? new SimulatedStore(main, stores.get(World.SECOND).cells(), Tables.OF_SECOND_STORE)
                : main;
        CellTransactionTable entries = new CellTransactionTable(cells, world.schemas);
        Backup backup = world.model.backups.getOrDefault(backupId, world.model.expired.get(backupId));
        List<Committed> contents = Observer.contents(backup, entries::read);
        Observer.compare(contents, world.visible(cells), "drill of '" + backupId + "'");
        world.coverage.count("drill compared");
    }

    /** Does a job, however often it is interrupted; returns whether it was completed in the end. */
    private boolean complete(Job newJob) {
        Job outer = job;
        job = newJob;
        try {
            return attempt(newJob);
        } finally {
            job = outer;
        }
    }

    private boolean attempt(Job wanted) {
        Job present = wanted;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            boolean isCalm = attempt >= CALM_FROM;
            if (isCalm) {
                world.chaos.heal();
            }
            if (present.isDone || isInVain(present)) {
                return present.isDone;
            }
            Optional<OperationSummary> left = unfinished();
            boolean isForeign = left.isPresent() && isForeign(left.get(), present);
            if (isForeign || (left.isPresent() && attempt > 0 && world.random.nextInt(8) == 0)) {
                end(left.get(), present);
                continue;
            }
            boolean isResume = left.isPresent() && world.random.nextBoolean();
            Result result = run(present, isCalm, isResume ? Scenario::resume : present.command);
            if (result.isDone) {
                done(present);
                return true;
            }
            if (hasSucceeded(present)) {
                done(present);
                return true;
            }
            if (isRefused(present, result)) {
                world.coverage.count("refused " + present.type);
                if (!present.isNeeded) {
                    return false;
                }
                String again = world.model.backups.containsKey(present.backupId) ? present.backupId : anyBackup();
                present = restoreOf(world.model.backups.get(again), 0, true);
                job = present;
                continue;
            }
            if (isCalm && !result.isExcused && !isGivenUp(result)) {
                throw new Violation("L1", present.type + " failed though nothing was in its way", result.failure);
            }
            if (unfinished().isEmpty() && !present.isNeeded && present.target.isLive() && world.random.nextBoolean()) {
                return false; // it has failed, and the operator leaves it at that
            }
            if (world.random.nextInt(3) == 0) {
                world.time.advance(Duration.ofSeconds(world.random.nextInt(30)));
            }
            live(world.random.nextInt(4));
        }
        if (present.isDone || isInVain(present)) {
            return present.isDone;
        }
        throw new Violation("L1", present.type + " was not completed in " + MAX_ATTEMPTS + " attempts");
    }

    /** Its process may have died with the last word on its lips; one that was overtaken may have begun the same once more. */
    private boolean hasSucceeded(Job present) {
        return unfinished().isEmpty()
                && world.calls.outside(() -> observer().operations(World.NAMESPACE).stream()
                        .anyMatch(operation -> operation.outcome() == Outcome.SUCCEEDED
                                && owners.get(operation.operationId()) == present));
    }

    /** An earlier process had begun to give the operation up, and there is no way back. */
    private static boolean isGivenUp(Result result) {
        return result.failure instanceof TidemarkException e && e.code() == ErrorCode.OPERATION_CANCELLED;
    }

    /** What the engine must refuse: moments that garbage collection has passed, and an undo that would lose something. */
    private boolean isRefused(Job present, Result result) {
        if (!(result.failure instanceof TidemarkException e) || unfinished().isPresent()) {
            return false;
        }
        world.chaos.heal(); // to ask the stores
        return switch (e.code()) {
            case TIMESTAMP_OUT_OF_RANGE ->
                present.at > 0
                        && (present.type.equals("rewind")
                                ? present.at < world.earliestReadable() || isAheadOfTheOracle(present.at)
                                : present.at < earliestOf(present.backupId));
            case UNKNOWN_BACKUP -> world.model.expired.containsKey(present.backupId) || present.type.equals("expire");
            case NOT_ALLOWED_NOW, UNKNOWN_OPERATION ->
                present.type.equals("expire")
                        || present.type.equals("undo")
                                && (world.model.undoable() == null || world.model.hasNewCommits() || wasDrilled);
            default -> false;
        };
    }

    /** An oracle that was lost and was brought back from a backup has not come to every timestamp again. */
    private boolean isAheadOfTheOracle(long timestamp) {
        return world.calls.outside(() -> world.oracle.raw().freshTimestamp()) <= timestamp;
    }

    private long earliestOf(String backupId) {
        return world.calls.outside(() -> observer().catalog(World.NAMESPACE).backups().stream()
                .filter(backup -> backup.backupId().equals(backupId))
                .mapToLong(BackupSummary::earliestRestorableTimestamp)
                .findFirst()
                .orElse(0));
    }

    /** What needs the stores that are lost, and a restore of what is there. */
    private boolean isInVain(Job present) {
        if (!present.target.isLive()) {
            return false;
        }
        if (areStoresLost() && !present.isNeeded && !present.type.equals("restore")) {
            unfinished().ifPresent(left -> end(left, present));
            return true;
        }
        return present.isNeeded && !areStoresLost();
    }

    /** Whether an operation is not what the present job has begun, or can't go on. */
    private boolean isForeign(OperationSummary left, Job present) {
        Job owner = ownerOf(left, present);
        return !owner.type.equals(present.type)
                || owner.target != present.target
                || owner.at != present.at
                || owner.isNeeded != present.isNeeded
                || !owner.backupId.equals(present.backupId);
    }

    private Job ownerOf(OperationSummary left, Job present) {
        return owners.computeIfAbsent(
                left.operationId(), id -> left.type().equals(present.type) ? present : newBackup());
    }

    /** Cancels an operation, or completes it where it can't be cancelled any more. */
    private void end(OperationSummary left, Job present) {
        Job owner = ownerOf(left, present);
        world.chaos.heal();
        Result cancelled = run(owner, true, cancelling(left));
        if (cancelled.isDone) {
            world.coverage.count("cancelled " + left.type());
            return;
        }
        if (!world.oracle.exists() && left.type().equals("backup")) {
            createOracleByHand();
        }
        Result resumed = run(owner, true, Scenario::resume);
        if (!resumed.isDone && unfinished().isEmpty()) {
            return; // it has failed for good, which frees the namespace too
        }
        if (!resumed.isDone) {
            Violation violation = new Violation("L1", "neither cancelled nor completed: " + left, resumed.failure);
            violation.addSuppressed(cancelled.failure);
            throw violation;
        }
        done(owner);
    }

    private void done(Job present) {
        present.isDone = true;
        world.coverage.count("completed " + present.type + (present.target.isLive() ? "" : " elsewhere"));
        if (!present.target.isLive()) {
            wasDrilled = true;
        }
        if (!areStoresLost() && world.areStoresServing()) {
            world.chaos.heal();
            checks.compareState("after " + present.type);
        }
    }

    /** Another process takes over what the present one, which stands still, was doing. */
    void takeOver(Actor paused) {
        Job present = job;
        Optional<OperationSummary> left = unfinished();
        int choice = left.isPresent() ? world.random.nextInt(10) : 9;
        boolean isCancel = choice < 2;
        Consumer<Process> command = isCancel ? cancelling(left.get()) : choice < 5 ? Scenario::resume : present.command;
        Result result = run(present, world.random.nextInt(3) != 0, command);
        if (!result.isDone) {
            return;
        }
        paused.isOvertaken = true;
        world.coverage.count((isCancel ? "cancelled while paused: " : "takeover of ") + present.type);
        if (!isCancel) {
            done(present);
        }
        if (world.random.nextInt(3) == 0 && world.calls.depth() <= 2) {
            live(4);
            act();
        }
    }

    /** Another process wants to begin something while one runs. */
    void rival() {
        boolean isCollection = world.isMaintained && world.random.nextBoolean();
        Job rival = isCollection ? newCollection() : newBackup();
        Result result = run(rival, true, rival.command);
        world.coverage.count(result.isDone ? "rival was first" : "rival was refused");
    }

    private Result run(Job owner, boolean isCalm, Consumer<Process> command) {
        Actor actor = new Actor("coordinator-" + ++processes, true);
        actor.operation = owner.type;
        if (!isCalm) {
            world.chaos.plan(actor, owner.type);
        }
        int disturbancesBefore = world.chaos.disturbances();
        Process process = new Process(world, owner, actor, this::started);
        try {
            world.calls.run(actor, () -> command.accept(process));
            return new Result(true, false, null);
        } catch (Actor.Crash e) {
            return new Result(false, true, null);
        } catch (TidemarkException e) {
            world.log.add(world.time.nanos(), actor, "failed", e.code() + ": " + e.getMessage());
            world.coverage.count("failure " + e.code());
            boolean isExcused =
                    actor.isDisturbed || world.chaos.disturbances() != disturbancesBefore || world.chaos.isNodeDown();
            return new Result(false, isExcused, e);
        } catch (RuntimeException e) {
            throw new Violation("L2", owner.type + " threw " + e, e);
        } finally {
            actor.isDead = true;
        }
    }

    private void started(String operationId, Job owner) {
        Job first = owners.computeIfAbsent(operationId, id -> owner);
        if (first.isChange()) {
            world.observer.changes(operationId, first);
        }
    }

    private Optional<OperationSummary> unfinished() {
        return world.calls.outside(() -> observer().findUnfinished(World.NAMESPACE));
    }

    private Coordinator observer() {
        return new Process(world, newBackup(), new Actor("observer", true), (id, owner) -> {}).coordinator;
    }

    private void finish() {
        world.chaos.heal();
        unfinished().ifPresent(left -> end(left, newBackup()));
        if (areStoresLost() && !isOver()) {
            complete(restoreOfLost());
        }
        world.chaos.heal();
        unfinished().ifPresent(left -> end(left, newBackup()));
        if (!isOver() && !areStoresLost()) {
            live(5);
            world.chaos.heal();
            Result last = run(newBackup(), true, Scenario::backup); // removes what others could not
            if (!last.isDone) {
                throw new Violation("L1", "the last backup failed", last.failure);
            }
        }
        world.workload.close();
        world.calls.outside(() -> {
            if (!areStoresLost()) {
                checks.compareState("at the end");
                checks.requireNothingLeft(observer());
            }
            checks.requireCatalog(observer());
            checks.verify();
            checks.requireAuditLog();
            return null;
        });
        List<String> ids = new ArrayList<>(world.model.backups.keySet());
        if (!ids.isEmpty()) {
            drill(ids.get(world.random.nextInt(ids.size())));
        }
    }

    private record Result(boolean isDone, boolean isExcused, Throwable failure) {}
}
