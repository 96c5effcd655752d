package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.retention.RetentionPolicy;
import java.time.Duration;
import java.time.ZoneId;

/**
 * Which backups of a namespace are kept; see {@link RetentionPolicy} for the meaning and the ranges. When the section is left out
 * {@link RetentionPolicy#DEFAULT} applies; in a section, what is left out keeps nothing.
 *
 * @param last 0 by default
 * @param hourly 0 by default
 * @param daily 0 by default
 * @param weekly 0 by default
 * @param monthly 0 by default
 * @param yearly 0 by default
 * @param keepWithin PT0S by default
 * @param maximumAge PT0S by default, no limit
 * @param recoveryWindow PT0S by default
 * @param zone UTC by default
 */
public record RetentionConfiguration(
        Integer last,
        Integer hourly,
        Integer daily,
        Integer weekly,
        Integer monthly,
        Integer yearly,
        Duration keepWithin,
        Duration maximumAge,
        Duration recoveryWindow,
        ZoneId zone) {
    /** Checks the ranges. */
    public RetentionConfiguration {
        policy(last, hourly, daily, weekly, monthly, yearly, keepWithin, maximumAge, recoveryWindow, zone);
    }

    /** Returns the policy of a namespace whose section may be left out. */
    public static RetentionPolicy policyOf(RetentionConfiguration configuration) {
        return configuration == null ? RetentionPolicy.DEFAULT : configuration.toPolicy();
    }

    private RetentionPolicy toPolicy() {
        return policy(last, hourly, daily, weekly, monthly, yearly, keepWithin, maximumAge, recoveryWindow, zone);
    }

    private static RetentionPolicy policy(
            Integer last,
            Integer hourly,
            Integer daily,
            Integer weekly,
            Integer monthly,
            Integer yearly,
            Duration keepWithin,
            Duration maximumAge,
            Duration recoveryWindow,
            ZoneId zone) {
        return new RetentionPolicy(
                number(last),
                number(hourly),
                number(daily),
                number(weekly),
                number(monthly),
                number(yearly),
                duration(keepWithin),
                duration(maximumAge),
                duration(recoveryWindow),
                zone == null ? ZoneId.of("UTC") : zone);
    }

    private static int number(Integer value) {
        return value == null ? 0 : value;
    }

    private static Duration duration(Duration value) {
        return value == null ? Duration.ZERO : value;
    }
}
