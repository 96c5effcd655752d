package dev.tidemark.coordinator.schedule;

import static dev.tidemark.coordinator.schedule.ScheduleSite.NAMESPACE;
import static dev.tidemark.coordinator.schedule.ScheduleSite.T0;
import static dev.tidemark.coordinator.schedule.ScheduleSite.hourly;
import static dev.tidemark.coordinator.schedule.ScheduleSite.schedule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a round does. */
class SchedulerTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ScheduleSite site = new ScheduleSite();

    @Test
    void run_firstStart_beginsWithTheNextTick() {
        Scheduler scheduler = site.scheduler(hourly());

        assertThat(scheduler.run(T0.plusSeconds(1))).isEmpty();
        scheduler.run(T0.plus(HOUR).minusSeconds(1));
        assertThat(site.launched).isEmpty();
        scheduler.run(T0.plus(HOUR));

        ScheduledRun run = site.launched.get(0);
        assertThat(run.tick()).isEqualTo(T0.plus(HOUR));
        assertThat(run.attempt()).isEqualTo(1);
        assertThat(run.deadline()).isEqualTo(T0.plus(HOUR).plus(HOUR));
        assertThat(site.history("hourly")).containsExactly("11-22T11:00 CLAIMED", "11-22T10:00 BEGUN");
    }

    /** The beginning is in the archive: a process that dies before the first tick does not lose it. */
    @Test
    void run_restartAfterTheFirstTickWasMissed_catchesUp() {
        site.scheduler(hourly()).run(T0.plusSeconds(1));

        site.scheduler(hourly()).run(T0.plus(HOUR).plus(MINUTE));

        assertThat(site.launchedTicks()).containsExactly(T0.plus(HOUR));
    }

    @Test
    void last_ofTwoTicks_isTheNewestAtOrBeforeTheInstant() {
        Scheduler scheduler = site.scheduler(hourly());
        assertThat(scheduler.last(NAMESPACE, "hourly", T0)).isEmpty();
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));
        scheduler.run(T0.plus(HOUR).plus(HOUR));

        TickStatus newest =
                scheduler.last(NAMESPACE, "hourly", T0.plus(HOUR).plus(HOUR)).orElseThrow();
        TickStatus before = scheduler
                .last(NAMESPACE, "hourly", T0.plus(HOUR).plus(HOUR).minusSeconds(1))
                .orElseThrow();

        assertThat(scheduler.history(NAMESPACE, "hourly", T0, 2)).containsExactly(newest, before);
        assertThat(newest.tick()).isAfter(before.tick());
    }

    @Test
    void run_tickThatHasRun_isNotLaunchedAgainByAnybody() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));
        ScheduledRun run = site.lastLaunched();

        assertThat(scheduler.started(run, "op-1", T0.plus(HOUR))).isTrue();
        assertThat(scheduler.succeeded(run, T0.plus(HOUR).plusSeconds(5))).isTrue();
        scheduler.run(T0.plus(HOUR).plusSeconds(10));
        site.time.advance(HOUR);
        scheduler.run(T0.plus(HOUR).plusSeconds(20));
        site.scheduler(hourly()).run(T0.plus(HOUR).plusSeconds(30));

        assertThat(site.launched).hasSize(1);
        TickStatus status = scheduler.history(NAMESPACE, "hourly", T0, 1).get(0);
        assertThat(status.state()).isEqualTo(TickState.RAN);
        assertThat(status.operationId()).isEqualTo("op-1");
        assertThat(status.host()).isEqualTo("host-100");
    }

    /** Ticks every ten minutes, windows of 35; nobody was there from 10:00 to 11:06. */
    @ParameterizedTest
    @EnumSource
    void run_afterAnOutage_catchesUpAsThePolicySays(CatchUp catchUp) {
        Schedule schedule = schedule("often", "*/10 * * * *", Duration.ofMinutes(35), catchUp);
        site.scheduler(schedule).run(T0);

        site.scheduler(schedule).run(T0.plus(Duration.ofMinutes(66)));

        List<String> late = List.of("11-22T10:30 SKIPPED_LATE 3", "11-22T10:00 BEGUN");
        List<String> expected = new ArrayList<>(
                switch (catchUp) {
                    case SKIP -> List.of("11-22T11:00 SKIPPED_BY_POLICY 3");
                    case ONCE -> List.of("11-22T11:00 CLAIMED", "11-22T10:50 SKIPPED_BY_POLICY 2");
                    case ALL -> List.of("11-22T11:00 CLAIMED", "11-22T10:50 CLAIMED", "11-22T10:40 CLAIMED");
                });
        expected.addAll(late);
        assertThat(site.history("often")).isEqualTo(expected);
        assertThat(site.launchedTicks()).isSorted().hasSize((int)
                expected.stream().filter(line -> line.contains("CLAIMED")).count());
        TickStatus skipped = site.scheduler(schedule).history(NAMESPACE, "often", T0, 9).stream()
                .filter(status -> status.state() == TickState.SKIPPED_LATE)
                .findFirst()
                .orElseThrow();
        assertThat(skipped.since()).isEqualTo(T0.plus(Duration.ofMinutes(10)));
    }

    @Test
    void run_skipAndFewMinutesLate_isPunctual() {
        Schedule schedule = schedule("often", "*/10 * * * *", Duration.ofMinutes(35), CatchUp.SKIP);
        site.scheduler(schedule).run(T0);

        site.scheduler(schedule).run(T0.plus(Duration.ofMinutes(15)));

        assertThat(site.launchedTicks()).containsExactly(T0.plus(Duration.ofMinutes(10)));
    }

    @Test
    void run_allAfterALongOutage_launchesTheHundredNewest() {
        Schedule schedule = schedule("minutely", "* * * * *", Duration.ofDays(1), CatchUp.ALL);
        site.scheduler(schedule).run(T0);

        Instant now = T0.plus(Duration.ofHours(5));
        site.scheduler(schedule).run(now);

        assertThat(site.launchedTicks())
                .hasSize(DueTicks.MAX_CAUGHT_UP)
                .startsWith(now.minus(Duration.ofMinutes(99)))
                .endsWith(now);
        assertThat(site.history("minutely")).contains("11-22T13:20 SKIPPED_BY_POLICY 200");
    }

    @Test
    void run_nothingDue_asksNobody() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plusSeconds(2));
        int[] calls = {0};
        site.objects.observe((operation, key, isDone) -> calls[0]++);

        for (int second = 3; second < 3_600; second++) {
            scheduler.run(T0.plusSeconds(second));
        }

        assertThat(calls[0]).isZero();
        scheduler.run(T0.plus(HOUR));
        assertThat(calls[0]).isPositive();
    }

    @Test
    void run_damagedClaim_isNamedAndStopsNothingElse() {
        Schedule other = schedule("other", "@hourly", HOUR, CatchUp.ONCE);
        Scheduler before = site.scheduler(hourly(), other);
        before.run(T0.plusSeconds(1));
        before.run(T0.plus(HOUR));
        ObjectKey damaged = new TickClaims(site.archive(), "hourly").key(T0.plus(HOUR), 1);
        site.objects.damage(damaged, content -> new byte[] {1});
        Scheduler after = site.scheduler(hourly(), other);
        site.launched.clear();

        List<ScheduleProblem> problems = after.run(T0.plus(HOUR).plus(MINUTE));
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.schedule()).isEqualTo("hourly");
            assertThat(problem.message()).contains("2026-11-22T11:00:00Z").contains(damaged.value());
            assertThat(problem.hint()).contains("tidemark verify orders");
        });
        site.time.advance(ScheduleWatch.TAKE_UP_AFTER);
        after.run(T0.plus(HOUR).plus(MINUTE).plus(MINUTE));
        assertThat(site.launched).extracting(run -> run.schedule().name()).containsExactly("other");

        assertThat(after.run(T0.plus(HOUR).plus(HOUR).plusSeconds(1))).isEmpty();
        assertThat(site.launched).extracting(run -> run.schedule().name()).containsExactly("other", "hourly", "other");
    }

    @Test
    void run_namespaceThatCantBeOpened_keepsNoOtherFromRunning() {
        Scheduler scheduler = new Scheduler(
                new Timetable(Map.of("broken", List.of(hourly()), NAMESPACE, List.of(hourly()))),
                name -> {
                    if (name.equals("broken")) {
                        throw new CoordinatorException(ErrorCode.KEY_DESTROYED, "its keys are gone", "Restore them.");
                    }
                    return site.archive();
                },
                site.launched::add,
                site.seams(1));

        scheduler.run(T0.plusSeconds(1));
        List<ScheduleProblem> problems = scheduler.run(T0.plus(HOUR));

        assertThat(problems).containsExactly(new ScheduleProblem("broken", "", "its keys are gone", "Restore them."));
        assertThat(site.launched).hasSize(1);
    }

    @Test
    void run_renamedSchedule_beginsAnew() {
        site.scheduler(hourly()).run(T0.plusSeconds(1));
        Schedule renamed = schedule("each-hour", "@hourly", HOUR, CatchUp.ALL);

        Scheduler scheduler = site.scheduler(renamed);
        scheduler.run(T0.plus(HOUR).plus(MINUTE));
        assertThat(site.launched).isEmpty();
        scheduler.run(T0.plus(HOUR.multipliedBy(2)));

        assertThat(site.launched).extracting(run -> run.schedule().name()).containsExactly("each-hour");
    }

    /** 9:00 would have been due an hour ago, if the expression had been another one. */
    @Test
    void run_changedExpression_beginsAnew() {
        Schedule before = schedule("daily", "0 2 * * *", Duration.ofHours(12), CatchUp.ONCE);
        site.scheduler(before).run(T0.minus(Duration.ofHours(9)));
        Schedule changed = schedule("daily", "0 9 * * *", Duration.ofHours(12), CatchUp.ONCE);

        Scheduler scheduler = site.scheduler(changed);
        scheduler.run(T0);
        assertThat(site.launched).isEmpty();
        scheduler.run(T0.plus(Duration.ofHours(23)));

        assertThat(site.launchedTicks()).containsExactly(T0.plus(Duration.ofHours(23)));
    }

    /** Old records go, those of the last tick and of the last 35 days stay; those of former schedules go altogether. */
    @Test
    void run_overMonths_prunesOldRecords() {
        Schedule former = schedule("former", "@daily", HOUR, CatchUp.ONCE);
        Schedule daily = schedule("daily", "@daily", HOUR, CatchUp.ONCE);
        Schedule yearly = schedule("yearly", "@yearly", HOUR, CatchUp.ONCE);
        Scheduler both = site.scheduler(former, daily, yearly);
        both.run(T0);
        for (int day = 1; day < 5; day++) {
            both.run(T0.truncatedTo(java.time.temporal.ChronoUnit.DAYS).plus(Duration.ofDays(day)));
        }
        Scheduler scheduler = site.scheduler(daily, yearly);
        Instant now = T0;
        for (int day = 5; day < 39; day++) {
            now = T0.truncatedTo(java.time.temporal.ChronoUnit.DAYS).plus(Duration.ofDays(day));
            site.time.advance(Duration.ofDays(1));
            scheduler.run(now);
        }

        List<Instant> kept = new ArrayList<>(
                new TickClaims(site.archive(), "daily").rows(Instant.EPOCH, now).keySet());
        assertThat(kept).hasSize(36).startsWith(now.minus(Scheduler.KEPT)).endsWith(now);
        assertThat(new TickClaims(site.archive(), "former")
                        .rows(Instant.EPOCH, now)
                        .keySet())
                .containsExactly(
                        now.minus(Scheduler.KEPT), now.minus(Scheduler.KEPT).plus(Duration.ofDays(1)));
        assertThat(new TickClaims(site.archive(), "yearly")
                        .rows(Instant.EPOCH, now.plus(HOUR))
                        .keySet())
                .as("the last one, however old")
                .containsExactly(T0);
    }
}
