package dev.tidemark.coordinator.simulation;

import java.util.ArrayList;
import java.util.List;

/** A process of the simulated world: a coordinator, or a client of the application. */
final class Actor {
    final String name;
    final boolean isCoordinator;
    /** What the process was started for, and the step that it is in, for coordinators. */
    String operation = "";

    String step = "";
    boolean isDead;
    boolean isPaused;
    /** Whether another process has ended its operation while it was paused. */
    boolean isOvertaken;
    /** How much of the world's time the process's monotonic clock has not seen. */
    long standstillNanos;

    final List<PlannedFault> faults = new ArrayList<>();
    /** How many of the next creations meet a full disk. */
    int fullDiskCalls;
    /** Whether anything has happened to this process that may explain a failure. */
    boolean isDisturbed;

    Actor(String name, boolean isCoordinator) {
        this.name = name;
        this.isCoordinator = isCoordinator;
    }

    void requireAlive() {
        if (isDead) {
            throw new Crash(name + " is dead");
        }
    }

    /** Ends the process; every call that it still makes fails the same way. */
    Crash die(String where) {
        isDead = true;
        return new Crash(name + " died " + where);
    }

    @Override
    public String toString() {
        return name;
    }

    /** The end of a process in the middle of something: no handler of the engine sees it. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(String where) {
            super(where, null, false, false);
        }
    }
}
