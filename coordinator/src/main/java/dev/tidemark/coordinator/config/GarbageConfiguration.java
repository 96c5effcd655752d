package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.garbage.GarbageOptions;
import java.time.Duration;

/**
 * Limits of garbage collection; see {@link GarbageOptions} for their meaning and ranges.
 *
 * @param grace PT24H by default
 * @param repackBelow 0.3 by default
 * @param maximumRepackBytes 4 GiB by default
 */
public record GarbageConfiguration(Duration grace, Double repackBelow, Long maximumRepackBytes) {
    /** What applies when the section is left out. */
    public static final GarbageConfiguration DEFAULT = new GarbageConfiguration(null, null, null);

    /** Applies the defaults and checks the ranges. */
    public GarbageConfiguration {
        GarbageOptions defaults = GarbageOptions.DEFAULT;
        grace = grace == null ? defaults.grace() : grace;
        repackBelow = repackBelow == null ? Double.valueOf(defaults.repackBelow()) : repackBelow;
        maximumRepackBytes =
                maximumRepackBytes == null ? Long.valueOf(defaults.maximumRepackBytes()) : maximumRepackBytes;
        new GarbageOptions(grace, repackBelow, maximumRepackBytes);
    }

    /** Returns the limits as the engine takes them. */
    public GarbageOptions toOptions() {
        return new GarbageOptions(grace, repackBelow, maximumRepackBytes);
    }
}
