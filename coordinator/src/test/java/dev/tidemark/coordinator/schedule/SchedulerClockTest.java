package dev.tidemark.coordinator.schedule;

import static dev.tidemark.coordinator.schedule.ScheduleSite.T0;
import static dev.tidemark.coordinator.schedule.ScheduleSite.hourly;
import static dev.tidemark.coordinator.schedule.ScheduleSite.schedule;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clocks that jump, and changes of the offset of a time zone: no tick runs twice, and schedules go on. */
class SchedulerClockTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ScheduleSite site = new ScheduleSite();

    @Test
    void run_clockJumpsAheadByADay_runsOnceAndGoesOn() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));

        Instant tomorrow = T0.plus(Duration.ofDays(1)).plus(MINUTE);
        scheduler.run(tomorrow);
        scheduler.run(tomorrow.plus(HOUR));

        assertThat(site.launchedTicks())
                .containsExactly(T0.plus(HOUR), T0.plus(Duration.ofDays(1)), T0.plus(Duration.ofHours(25)));
    }

    @Test
    void run_clockGoesBackAnHour_runsNoTickTwiceAndGoesOn() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));
        scheduler.run(T0.plus(HOUR.multipliedBy(2)));

        for (int minute = 60; minute <= 180; minute++) {
            scheduler.run(T0.plus(Duration.ofMinutes(minute)));
            site.scheduler(hourly()).run(T0.plus(Duration.ofMinutes(minute)));
        }

        assertThat(site.launchedTicks())
                .containsExactly(T0.plus(HOUR), T0.plus(HOUR.multipliedBy(2)), T0.plus(HOUR.multipliedBy(3)));
    }

    /** It was a month ahead by mistake. What is due by the true time is not taken for past. */
    @Test
    void run_clockWasAMonthAhead_goesOnByTheTrueTime() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        Instant wrong = T0.plus(Duration.ofDays(31));
        scheduler.run(wrong);
        scheduler.run(wrong.plus(HOUR));

        Instant right = T0.plus(Duration.ofMinutes(90));
        for (int minute = 0; minute <= 120; minute++) {
            scheduler.run(right.plus(Duration.ofMinutes(minute)));
        }

        assertThat(site.launchedTicks())
                .containsExactly(
                        wrong,
                        wrong.plus(HOUR),
                        T0.plus(HOUR),
                        T0.plus(HOUR.multipliedBy(2)),
                        T0.plus(HOUR.multipliedBy(3)));
    }

    /** The true time is a month ahead: what ran then does not run again when it comes once more. */
    @Test
    void run_clockGoesBackAMonth_runsNoTickTwice() {
        Schedule daily = schedule("daily", "@daily", HOUR, CatchUp.ALL);
        Scheduler scheduler = site.scheduler(daily);
        for (int hour = 0; hour < 33 * 24; hour++) {
            scheduler.run(T0.plus(HOUR.multipliedBy(hour)));
        }
        assertThat(site.launched).hasSize(33);

        for (int hour = 24; hour < 35 * 24; hour += 1) {
            scheduler.run(T0.plus(HOUR.multipliedBy(hour)));
        }

        assertThat(site.launchedTicks()).hasSize(35).doesNotHaveDuplicates();
    }

    /** Each local day has one run, on the days of both changes too. */
    @ParameterizedTest
    @CsvSource({"2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z", "2026-10-24T12:00:00Z, 2026-10-25T00:30:00Z"})
    void run_everyMinuteThroughAChangeOfTheOffset_runsOnceADay(Instant begin, Instant expected) {
        Schedule schedule = new Schedule(
                "nightly",
                ScheduledWork.BACKUP,
                CronExpression.parse("30 2 * * *"),
                ZoneId.of("Europe/Berlin"),
                HOUR,
                Duration.ZERO,
                CatchUp.ALL,
                Map.of());
        Scheduler scheduler = site.scheduler(schedule);

        for (int minute = 0; minute < 24 * 60; minute++) {
            scheduler.run(begin.plus(Duration.ofMinutes(minute)));
        }

        assertThat(site.launchedTicks()).containsExactly(expected);
    }

    @Test
    void failed_clockPutBackAfterwards_isTriedAgainAtOnce() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));
        scheduler.failed(site.lastLaunched(), T0.plus(HOUR));

        scheduler.run(T0.plus(HOUR).minus(Duration.ofDays(2)));

        assertThat(site.launched).extracting(ScheduledRun::attempt).containsExactly(1, 2);
    }
}
