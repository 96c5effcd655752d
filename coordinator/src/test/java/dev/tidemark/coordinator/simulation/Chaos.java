package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.timestamp.TimestampException;
import java.time.Duration;
import java.util.List;

/** Lets others live between two calls of a process, and lets its planned faults happen. */
final class Chaos {
    /** The lock's lease; the oracle's is {@link SimulatedOracle#LEASE}. */
    static final Duration LOCK_LEASE = Duration.ofSeconds(15);

    private static final List<Fault> FAULTS = List.of(Fault.values());
    private static final int MAX_DEPTH = 4;

    private final World world;
    private final int activityPercent;
    private Scenario scenario;
    private int nodeDown = -1;
    private int disturbances;

    Chaos(World world) {
        this.world = world;
        this.activityPercent = 10 + world.random.nextInt(90);
    }

    void attach(Scenario newScenario) {
        scenario = newScenario;
    }

    /** Returns how often something has happened to the world that may explain a failure. */
    int disturbances() {
        return disturbances;
    }

    boolean isNodeDown() {
        return nodeDown >= 0;
    }

    /** Plans what happens to a coordinator's process. */
    void plan(Actor actor, String type) {
        boolean isShort = type.equals("rewind") || type.equals("undo");
        int count = !isShort && world.random.nextInt(4) == 0 ? 0 : 1 + world.random.nextInt(2);
        for (int i = 0; i < count; i++) {
            Fault fault = anyFault(isShort);
            List<String> steps = Scenario.steps(type);
            String step = steps.get(world.random.nextInt(steps.size()));
            actor.faults.add(
                    switch (world.random.nextInt(isShort ? 4 : 3)) {
                        case 0 -> new PlannedFault(fault, step, world.random.nextInt(isShort ? 5 : 12));
                        case 1 -> new PlannedFault(fault, callNames(type), world.random.nextInt(4));
                        case 2 -> new PlannedFault(fault, "", world.random.nextInt(isShort ? 100 : 200));
                        default -> new PlannedFault(fault, step, world.random.nextInt(3));
                    });
        }
    }

    /** Crashes and take-overs are what most can go wrong at. */
    private Fault anyFault(boolean isShort) {
        if (world.random.nextInt(isShort ? 2 : 3) == 0) {
            return world.random.nextBoolean() ? Fault.CRASH_BEFORE : Fault.CRASH_AFTER;
        }
        return world.random.nextInt(5) == 0 ? Fault.TAKEOVER : FAULTS.get(world.random.nextInt(FAULTS.size()));
    }

    private String callNames(String type) {
        List<String> names =
                switch (type) {
                    case "backup" ->
                        List.of(
                                "archive.create",
                                "store.snapshot",
                                "store.open",
                                "store.drop",
                                "oracle",
                                "step",
                                "archive");
                    case "restore" ->
                        List.of(
                                "archive.create",
                                "store.load",
                                "store.stage",
                                "store.commit",
                                "store.abort",
                                "oracle",
                                "store.completeRestore",
                                "store.repair",
                                "step",
                                "store.setAside");
                    case "expire", "gc", "repair" ->
                        List.of("archive.create", "archive.delete", "archive.delete", "archive", "step");
                    default ->
                        List.of(
                                "archive.create",
                                "store.adopt",
                                "store.bringBack",
                                "store.giveBack",
                                "store.abort",
                                "oracle",
                                "store.completeRestore",
                                "store.repair",
                                "step",
                                "store");
                };
        return names.get(world.random.nextInt(names.size()));
    }

    /** Returns the fault that is to strike after the call. */
    Fault before(Actor actor, String name, Object[] arguments) {
        if (!actor.isCoordinator) {
            if (world.calls.depth() < 3 && world.random.nextInt(40) == 0) {
                world.workload.step();
                actor.requireAlive();
            }
            return null;
        }
        live(name);
        actor.requireAlive();
        if (actor.fullDiskCalls > 0 && isDiskWrite(name)) {
            actor.fullDiskCalls--;
            throw diskFull(name);
        }
        for (int i = 0; i < actor.faults.size(); i++) {
            PlannedFault planned = actor.faults.get(i);
            if (planned.isDueAt(actor.step, name)) {
                Fault fault = planned.fault();
                if (!isPossible(fault, name)) {
                    actor.faults.set(i, new PlannedFault(fault, "", 0));
                    return null;
                }
                actor.faults.remove(i);
                return strike(fault, actor, name, arguments);
            }
        }
        return null;
    }

    private boolean isPossible(Fault fault, String name) {
        boolean isRemote = !name.startsWith("step.");
        return switch (fault) {
            case ERROR, LOST_ANSWER, LATE_ANSWER -> isRemote;
            case DISK_FULL -> isDiskWrite(name);
            case FSYNC_FAILURE, POWER_LOSS -> name.equals("archive.create");
            case TAKEOVER, RIVAL -> world.calls.depth() < MAX_DEPTH;
            case DISASTER -> isRemote && !world.model.backups.isEmpty() && world.calls.depth() == 1;
            default -> true;
        };
    }

    private static boolean isDiskWrite(String name) {
        return name.equals("archive.create") || name.endsWith(".write") || name.endsWith(".commit");
    }

    /** Others do something, and a little time passes. */
    private void live(String name) {
        int percent = name.equals("store.snapshot") ? 60 + activityPercent / 3 : activityPercent / 6;
        if (world.calls.depth() < MAX_DEPTH && world.random.nextInt(100) < percent) {
            int steps = 1 + world.random.nextInt(name.equals("store.snapshot") ? 6 : 3);
            for (int i = 0; i < steps; i++) {
                world.workload.step();
            }
        }
        int choice = world.random.nextInt(128);
        if (choice < 8) {
            world.time.advance(Duration.ofMillis(world.random.nextInt(30)));
        } else if (choice == 8) {
            world.time.advance(Duration.ofMillis(world.random.nextInt(3_000)));
        }
    }

    private Fault strike(Fault fault, Actor actor, String name, Object[] arguments) {
        world.coverage.count("fault " + fault);
        world.log.add(world.time.nanos(), actor, "!! " + fault, name);
        actor.isDisturbed = true;
        switch (fault) {
            case CRASH_BEFORE -> throw crash(actor, name);
            case ERROR -> throw error(name);
            case DISK_FULL -> {
                actor.fullDiskCalls = world.random.nextInt(4);
                throw diskFull(name);
            }
            case PAUSE ->
                pause(actor, () -> {
                    world.time.advance(pauseLength());
                    liveLong();
                });
            case TAKEOVER ->
                pause(actor, () -> {
                    world.sabotage.pausing(world, actor);
                    world.time.advance(Duration.ofMillis(world.random.nextInt(20_000)));
                    scenario.takeOver(actor);
                });
            case RIVAL -> scenario.rival();
            case ORACLE_RESTART -> {
                world.oracle.restart();
                disturb();
            }
            case NODE_DOWN -> takeNodeDown();
            case CLOCK_JUMP -> world.time.jump(Duration.ofMinutes(world.random.nextInt(600) - 300L));
            case DISASTER -> {
                scenario.disaster();
                throw crash(actor, name);
            }
            default -> {
                return fault; // after the effect
            }
        }
        actor.requireAlive();
        return null;
    }

    /** Strikes after the effect of a call. */
    void after(Actor actor, Fault fault, String name) {
        switch (fault) {
            case CRASH_AFTER -> throw crash(actor, name);
            case LOST_ANSWER -> throw error(name);
            case LATE_ANSWER -> {
                world.time.advance(pauseLength());
                liveLong();
                actor.requireAlive();
            }
            default -> throw new IllegalStateException("" + fault);
        }
    }

    /** An unacknowledged creation: visible, not durable. */
    void afterCreation(Actor actor, Fault fault, ObjectKey key) {
        world.objects.makeVolatile(key);
        if (fault == Fault.POWER_LOSS) {
            for (ObjectKey lost : world.objects.losePower(world.random)) {
                world.log.add(world.time.nanos(), actor, "lost", lost.value());
                world.coverage.count("objects lost with the power");
                world.observer.lostWithThePower(lost);
            }
            throw crash(actor, "archive.create");
        }
        throw error("archive.create");
    }

    private Duration pauseLength() {
        return Duration.ofMillis(
                world.random.nextBoolean()
                        ? world.random.nextInt(60_000)
                        : LOCK_LEASE.toMillis() + world.random.nextInt(10_000));
    }

    private void liveLong() {
        for (int i = 0; i < 6; i++) {
            world.workload.step();
        }
    }

    private void pause(Actor actor, Runnable meanwhile) {
        long from = world.time.nanos();
        actor.isPaused = true;
        try {
            meanwhile.run();
        } finally {
            actor.isPaused = false;
        }
        if (world.random.nextBoolean()) {
            world.coverage.count("clock stood still");
            actor.standstillNanos += world.time.nanos() - from;
        }
    }

    private Actor.Crash crash(Actor actor, String name) {
        if (!actor.operation.isEmpty()) {
            world.coverage.count("crash in " + actor.operation + "/" + (actor.step.isEmpty() ? "-" : actor.step));
        }
        world.coverage.count("crash at " + name);
        return actor.die("at " + name);
    }

    private void takeNodeDown() {
        disturb();
        if (nodeDown < 0) {
            nodeDown = world.random.nextInt(world.options.nodes());
            world.stores.values().forEach(store -> store.pretendDown(nodeDown));
        }
    }

    /** Brings back what can be brought back. */
    void heal() {
        for (InMemoryStore store : world.stores.values()) {
            if (nodeDown >= 0) {
                store.pretendUp(nodeDown);
            }
        }
        nodeDown = -1;
    }

    void disturb() {
        disturbances++;
        world.workload.disturb();
    }

    private static RuntimeException error(String name) {
        String place = name.substring(0, name.indexOf('.'));
        String message = "no answer to " + name;
        return switch (place) {
            case "archive" -> new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, message, "Try again.");
            case "oracle", "drill-oracle" ->
                new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, message, "Try again.");
            default ->
                new KeyValueStoreException(
                        name.endsWith(".snapshot") ? ErrorCode.SNAPSHOT_FAILED : ErrorCode.STORE_UNAVAILABLE,
                        message,
                        "Try again.");
        };
    }

    private static RuntimeException diskFull(String name) {
        return name.startsWith("archive")
                ? new CoordinatorException(ErrorCode.DISK_FULL, "the disk is full", "Free space.")
                : new KeyValueStoreException(ErrorCode.DISK_FULL, "the disk is full", "Free space.");
    }
}
