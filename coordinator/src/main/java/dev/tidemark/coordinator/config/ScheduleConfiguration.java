package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.schedule.CatchUp;
import dev.tidemark.coordinator.schedule.CronExpression;
import dev.tidemark.coordinator.schedule.Schedule;
import dev.tidemark.coordinator.schedule.ScheduledWork;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is done in a namespace, and when; see {@link Schedule} for the meaning and the ranges.
 *
 * @param run {@code backup}, {@code verify} or {@code retention}
 * @param cron see {@link CronExpression}
 * @param zone UTC by default
 * @param window PT1H by default
 * @param jitter PT0S by default
 * @param catchUp {@code skip}, {@code once} or {@code all}; {@code once} by default
 * @param labels none by default
 */
public record ScheduleConfiguration(
        String run,
        String cron,
        ZoneId zone,
        Duration window,
        Duration jitter,
        String catchUp,
        Map<String, String> labels) {
    private static final ZoneId UTC = ZoneId.of("UTC");

    /** Applies the defaults and checks the ranges. */
    public ScheduleConfiguration {
        Required.present("run", run);
        Required.present("cron", cron);
        zone = zone == null ? UTC : zone;
        window = window == null ? Schedule.DEFAULT_WINDOW : window;
        jitter = jitter == null ? Duration.ZERO : jitter;
        catchUp = catchUp == null ? "once" : catchUp;
        labels = labels == null ? Map.of() : labels;
        labels.forEach((name, text) -> Required.that(text != null, "label '" + name + "' has no text"));
        schedule("any", run, cron, zone, window, jitter, catchUp, labels);
    }

    /**
     * Returns the schedule.
     *
     * @param name of the schedule, as the configuration has it
     */
    public Schedule toSchedule(String name) {
        return schedule(name, run, cron, zone, window, jitter, catchUp, labels);
    }

    private static Schedule schedule(
            String name,
            String run,
            String cron,
            ZoneId zone,
            Duration window,
            Duration jitter,
            String catchUp,
            Map<String, String> labels) {
        return new Schedule(
                name,
                choice("run", run, ScheduledWork.class),
                CronExpression.parse(cron),
                zone,
                window,
                jitter,
                choice("catchUp", catchUp, CatchUp.class),
                labels);
    }

    private static <E extends Enum<E>> E choice(String key, String given, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(choice -> word(choice).equals(given))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + key + "' is '" + given + "' (expected: one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(ScheduleConfiguration::word)
                                .collect(Collectors.joining(", "))
                        + ")"));
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }
}
