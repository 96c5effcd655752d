package dev.tidemark.coordinator.service.watch;

import java.time.Duration;

/**
 * The section {@code monitoring} of a service's configuration.
 *
 * @param interval from the end of one reading of all namespaces to the beginning of the next, 1 s to 1 h; PT1M by default
 * @param coverageInterval the same for how much of the backups was verified, which reads more, 1 s to 7 days; PT1H by default
 */
public record MonitoringConfiguration(Duration interval, Duration coverageInterval) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** What applies when the section is left out. */
    public static final MonitoringConfiguration DEFAULT = new MonitoringConfiguration(null, null);

    /**
     * Applies the defaults and checks the ranges.
     *
     * @throws IllegalArgumentException when a value is out of its range
     */
    public MonitoringConfiguration {
        interval = interval == null ? Duration.ofMinutes(1) : interval;
        coverageInterval = coverageInterval == null ? Duration.ofHours(1) : coverageInterval;
        require("interval", interval, Duration.ofHours(1));
        require("coverageInterval", coverageInterval, Duration.ofDays(7));
    }

    private static void require(String name, Duration value, Duration longest) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    "'" + name + "' is " + value + " (expected: " + SHORTEST + " to " + longest + ")");
        }
    }
}
