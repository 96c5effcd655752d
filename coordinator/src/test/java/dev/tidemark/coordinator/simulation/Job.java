package dev.tidemark.coordinator.simulation;

import dev.tidemark.kvs.memory.InMemoryStore;
import java.util.Map;
import java.util.function.Consumer;

/** What operators want to be done, whatever happens to the processes that they start for it. */
final class Job {
    final String type;
    /** The backup to restore, or the empty string. */
    final String backupId;

    final Target target;
    final Consumer<Process> command;
    boolean isDone;

    Job(String type, String backupId, Target target, Consumer<Process> command) {
        this.type = type;
        this.backupId = backupId;
        this.target = target;
        this.command = command;
    }

    boolean isLiveRestore() {
        return target.isLive() && !type.equals("backup");
    }

    /**
     * Where a job is done.
     *
     * @param isLive whether the application lives on it
     * @param place how its calls are named
     */
    record Target(SimulatedOracle oracle, Map<String, InMemoryStore> stores, boolean isLive, String place) {}
}
