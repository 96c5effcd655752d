package dev.tidemark.coordinator.simulation;

import dev.tidemark.kvs.memory.InMemoryStore;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What operators want to be done, whatever happens to the processes that they start for it. */
final class Job {
    final String type;
    /** The backup to restore, or the empty string. */
    final String backupId;

    /** The timestamp to go back to, or 0 for that of the backup. */
    final long at;

    final Target target;
    final Consumer<Process> command;
    /** Whether the stores are empty until it is done. */
    final boolean isNeeded;

    boolean isDone;

    Job(String type, String backupId, long at, boolean isNeeded, Target target, Consumer<Process> command) {
        this.type = type;
        this.backupId = backupId;
        this.at = at;
        this.isNeeded = isNeeded;
        this.target = target;
        this.command = command;
    }

    /** Tells whether it exchanges or changes what the application sees. */
    boolean isChange() {
        return target.isLive() && Set.of("restore", "rewind", "undo").contains(type);
    }

    @Override
    public String toString() {
        return type
                + (backupId.isEmpty() ? "" : " of " + backupId)
                + (at == 0 ? "" : " at " + at)
                + (target.isLive() ? "" : " elsewhere");
    }

    /**
     * Where a job is done.
     *
     * @param isLive whether the application lives on it
     * @param place how its calls are named
     */
    record Target(SimulatedOracle oracle, Map<String, InMemoryStore> stores, boolean isLive, String place) {}
}
