package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.agent.task.TaskLimits;
import dev.tidemark.coordinator.agent.throttle.BandwidthLimit;
import dev.tidemark.coordinator.config.TokenConfiguration;
import java.nio.file.Path;

/**
 * The section {@code agent} of an agent's configuration.
 *
 * @param directory where the agent keeps what it must not forget; on a local file system
 * @param token what every request has to bring as bearer token; null for nothing
 * @param parallelism files copied or staged at a time, 1..64; 2 by default
 * @param bandwidthLimit bytes per second that copies read from the node, together; null for no limit
 * @param tasks tasks at a time, 1..64; 4 by default
 */
public record AgentSettings(
        Path directory, TokenConfiguration token, Integer parallelism, Long bandwidthLimit, Integer tasks) {
    /**
     * Sets the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public AgentSettings {
        parallelism = parallelism == null ? 2 : parallelism;
        tasks = tasks == null ? TaskLimits.DEFAULT.running() : tasks;
        if (directory == null) {
            throw new IllegalArgumentException("'directory' is missing");
        }
        requireFrom1To64("parallelism", parallelism);
        requireFrom1To64("tasks", tasks);
        if (bandwidthLimit != null && bandwidthLimit < BandwidthLimit.MIN_BYTES_PER_SECOND) {
            throw new IllegalArgumentException("'bandwidthLimit' is " + bandwidthLimit + " (expected: at least "
                    + BandwidthLimit.MIN_BYTES_PER_SECOND + " bytes per second)");
        }
    }

    /** Returns the defaults for a directory. */
    public static AgentSettings of(Path directory) {
        return new AgentSettings(directory, null, null, null, null);
    }

    /** Returns these settings with a bearer token. */
    public AgentSettings withToken(TokenConfiguration newToken) {
        return new AgentSettings(directory, newToken, parallelism, bandwidthLimit, tasks);
    }

    /** Returns these settings with a limit for the bandwidth of copies, bytes per second. */
    public AgentSettings withBandwidthLimit(long newBandwidthLimit) {
        return new AgentSettings(directory, token, parallelism, newBandwidthLimit, tasks);
    }

    TaskLimits taskLimits() {
        return new TaskLimits(tasks, TaskLimits.DEFAULT.waiting(), TaskLimits.DEFAULT.remembered());
    }

    private static void requireFrom1To64(String name, int value) {
        if (value < 1 || value > 64) {
            throw new IllegalArgumentException("'" + name + "' is " + value + " (expected: 1 to 64)");
        }
    }
}
