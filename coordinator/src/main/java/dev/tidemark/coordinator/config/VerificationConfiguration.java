package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.verify.PackChoice;
import java.time.Duration;

/**
 * How the backups of a namespace are verified.
 *
 * @param bytesPerDay most bytes that runs with the budget of the day read in a day, 64 MiB or more, or 0: as many as are needed to
 *     read everything within the time; 0 by default
 * @param within how old a reading may be before it counts as overdue, 1 day or more; P30D by default
 */
public record VerificationConfiguration(Long bytesPerDay, Duration within) {
    private static final Duration WITHIN = Duration.ofDays(30);

    /** What applies when the section is left out. */
    public static final VerificationConfiguration DEFAULT = new VerificationConfiguration(null, null);

    /** Applies the defaults and checks the ranges. */
    public VerificationConfiguration {
        bytesPerDay = bytesPerDay == null ? Long.valueOf(0) : bytesPerDay;
        within = within == null ? WITHIN : within;
        Required.that(
                bytesPerDay == 0 || bytesPerDay >= ObjectStore.MAX_OBJECT_BYTES,
                "'bytesPerDay' is " + bytesPerDay + " (expected: 0, or at least " + ObjectStore.MAX_OBJECT_BYTES
                        + ", that a pack fits)");
        new PackChoice.Daily(bytesPerDay, within);
    }

    /** Returns the budget of the day. */
    public PackChoice daily() {
        return new PackChoice.Daily(bytesPerDay, within);
    }
}
