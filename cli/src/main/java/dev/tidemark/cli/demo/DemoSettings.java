package dev.tidemark.cli.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the demonstration does.
 *
 * @param directory where everything is kept
 * @param workloadDuration how long the workload runs before the loss, &gt; 0
 * @param workload size and seed of the workload
 */
public record DemoSettings(Path directory, Duration workloadDuration, WorkloadSettings workload) {
    /** Checks the duration. */
    public DemoSettings {
        if (workloadDuration.isNegative() || workloadDuration.isZero()) {
            throw new IllegalArgumentException("workloadDuration: " + workloadDuration + " (expected: > 0)");
        }
    }

    /** Returns the settings of the command, with the workload's defaults. */
    public static DemoSettings of(Path directory, int seconds, long seed) {
        return new DemoSettings(directory, Duration.ofSeconds(seconds), WorkloadSettings.withSeed(seed));
    }
}
