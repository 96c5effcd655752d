package dev.tidemark.coordinator.agent.task;

/**
 * Limits of an agent's tasks.
 *
 * @param running tasks at a time, 1..64
 * @param waiting tasks that wait for others, &gt;= 0
 * @param remembered tasks that have ended and can still be asked for, &gt;= 1
 */
public record TaskLimits(int running, int waiting, int remembered) {
    /** What applies without configuration. */
    public static final TaskLimits DEFAULT = new TaskLimits(4, 100, 1_000);

    /** Checks the ranges. */
    public TaskLimits {
        if (running < 1 || running > 64 || waiting < 0 || remembered < 1) {
            throw new IllegalArgumentException("running: " + running + ", waiting: " + waiting + ", remembered: "
                    + remembered + " (expected: 1..64, >= 0, >= 1)");
        }
    }
}
