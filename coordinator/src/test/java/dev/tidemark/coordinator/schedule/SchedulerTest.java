package dev.tidemark.coordinator.schedule;

import static dev.tidemark.coordinator.schedule.ScheduleSite.NAMESPACE;
import static dev.tidemark.coordinator.schedule.ScheduleSite.T0;
import static dev.tidemark.coordinator.schedule.ScheduleSite.hourly;
import static dev.tidemark.coordinator.schedule.ScheduleSite.schedule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
    void failed_withinTheWindow_isTriedAgainAfterLongerAndLongerWaits() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        Instant now = T0.plus(HOUR);
        List<Long> waits = new ArrayList<>();
        scheduler.run(now);

        for (int attempt = 1; attempt <= 6; attempt++) {
            ScheduledRun run = site.lastLaunched();
            assertThat(run.attempt()).isEqualTo(attempt);
            assertThat(scheduler.started(run, "op-" + attempt, now)).isTrue();
            assertThat(scheduler.failed(run, now)).isTrue();
            Instant failedAt = now;
            while (site.launched.size() == attempt && now.isBefore(T0.plus(HOUR.multipliedBy(2)))) {
                now = now.plusSeconds(10);
                scheduler.run(now);
            }
            waits.add(Duration.between(failedAt, now).toMinutes());
        }

        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 15L, 15L);
        ScheduledRun last = site.lastLaunched();
        scheduler.started(last, "op-7", now);
        scheduler.failed(last, now.plusSeconds(1));
        scheduler.run(now.plusSeconds(2));
        assertThat(site.history("hourly").get(0)).isEqualTo("11-22T11:00 GIVEN_UP");
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

    @Test
    void failed_andNobodyThereForTheRestOfTheWindow_isGivenUp() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));
        scheduler.failed(site.lastLaunched(), T0.plus(HOUR));

        site.scheduler(hourly()).run(T0.plus(HOUR).plus(HOUR).plusSeconds(1));

        assertThat(site.history("hourly")).startsWith("11-22T12:00 CLAIMED", "11-22T11:00 GIVEN_UP");
    }

    @Test
    void started_afterTheWindow_isRefusedAndRecorded() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));
        ScheduledRun run = site.lastLaunched();

        assertThat(scheduler.started(run, "op", run.deadline().plusMillis(1))).isFalse();
        assertThat(scheduler.started(run, "op", run.deadline())).isFalse();

        assertThat(site.history("hourly").get(0)).isEqualTo("11-22T11:00 SKIPPED_LATE");
    }

    @Test
    void started_byAnotherOperation_isRefused() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));
        ScheduledRun run = site.lastLaunched();

        assertThat(scheduler.started(run, "op-1", T0.plus(HOUR))).isTrue();
        assertThat(scheduler.started(run, "op-1", T0.plus(HOUR))).as("asked again").isTrue();
        assertThat(scheduler.started(run, "op-2", T0.plus(HOUR))).isFalse();
        assertThat(scheduler.unended(NAMESPACE, T0)).containsExactly(new StartedRun(run, "op-1"));
        assertThat(scheduler.succeeded(run, T0.plus(HOUR))).isTrue();
        assertThat(scheduler.succeeded(run, T0.plus(HOUR))).as("said again").isTrue();
        assertThat(scheduler.failed(run, T0.plus(HOUR))).as("the end is known").isFalse();
        assertThat(scheduler.unended(NAMESPACE, T0)).isEmpty();
    }

    /** A claim nobody has begun is taken up; its first claimant is told when it comes back. */
    @Test
    void run_claimOfADeadProcess_isTakenUpWithinTheWindow() {
        Scheduler dead = site.scheduler(hourly());
        dead.run(T0.plusSeconds(1));
        dead.run(T0.plus(HOUR));
        ScheduledRun abandoned = site.lastLaunched();
        Scheduler next = site.scheduler(hourly());

        next.run(T0.plus(HOUR).plusSeconds(1));
        assertThat(site.launched).as("it may live").hasSize(1);
        site.time.advance(ScheduleWatch.TAKE_UP_AFTER);
        next.run(T0.plus(HOUR).plusSeconds(2));

        assertThat(site.launched).hasSize(2);
        ScheduledRun taken = site.lastLaunched();
        assertThat(taken.attempt()).isEqualTo(2);
        assertThat(dead.started(abandoned, "op-1", T0.plus(HOUR))).isFalse();
        assertThat(next.started(taken, "op-2", T0.plus(HOUR))).isTrue();
        assertThat(dead.succeeded(abandoned, T0.plus(HOUR))).isFalse();
        assertThat(dead.failed(abandoned, T0.plus(HOUR))).isFalse();
        assertThat(next.succeeded(taken, T0.plus(HOUR))).isTrue();
    }

    @Test
    void run_claimOfADeadProcessAfterTheWindow_isSkipped() {
        Scheduler dead = site.scheduler(hourly());
        dead.run(T0.plusSeconds(1));
        dead.run(T0.plus(HOUR));
        Scheduler next = site.scheduler(hourly());

        next.run(T0.plus(HOUR).plus(HOUR).plusSeconds(1));

        assertThat(site.history("hourly")).startsWith("11-22T12:00 CLAIMED", "11-22T11:00 SKIPPED_LATE");
    }

    /** What has begun belongs to its operation: it is not run beside it. */
    @Test
    void run_runOfADeadProcess_isLeftToItsOperation() {
        Scheduler dead = site.scheduler(hourly());
        dead.run(T0.plusSeconds(1));
        dead.run(T0.plus(HOUR));
        dead.started(site.lastLaunched(), "op-1", T0.plus(HOUR));
        Scheduler next = site.scheduler(hourly());

        for (int minute = 1; minute < 50; minute++) {
            next.run(T0.plus(HOUR).plus(Duration.ofMinutes(minute)));
            site.time.advance(MINUTE);
        }
        assertThat(site.launched).hasSize(1);
        StartedRun left = next.unended(NAMESPACE, T0).get(0);
        assertThat(left.operationId()).isEqualTo("op-1");
        assertThat(next.failed(left.run(), T0.plus(HOUR).plus(Duration.ofMinutes(50)))).isTrue();
        next.run(T0.plus(HOUR).plus(Duration.ofMinutes(51)));

        assertThat(site.launched).extracting(ScheduledRun::attempt).containsExactly(1, 2);
    }

    @Test
    void run_launcherThatRefuses_isAskedAgain() {
        boolean[] isFull = {true};
        Scheduler scheduler = site.scheduler(
                run -> {
                    if (isFull[0]) {
                        throw new CoordinatorException(ErrorCode.OPERATION_IN_PROGRESS, "the queue is full", "Wait.");
                    }
                    site.launched.add(run);
                },
                hourly());
        scheduler.run(T0.plusSeconds(1));

        assertThat(scheduler.run(T0.plus(HOUR)))
                .containsExactly(new ScheduleProblem(NAMESPACE, "hourly", "the queue is full", "Wait."));
        isFull[0] = false;
        assertThat(scheduler.run(T0.plus(HOUR).plusSeconds(1))).isEmpty();
        scheduler.run(T0.plus(HOUR).plusSeconds(2));

        assertThat(site.launched).extracting(ScheduledRun::attempt).containsExactly(1);
    }

    /** E2: the claim was created, and its answer lost. */
    @Test
    void run_answerToTheClaimIsLost_isLaunchedOnceByItsClaimant() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        site.objects.failAfterNext(Operation.CREATE, unavailable());

        assertThat(scheduler.run(T0.plus(HOUR))).hasSize(1);
        assertThat(site.launched).isEmpty();
        scheduler.run(T0.plus(HOUR).plusSeconds(1));
        scheduler.run(T0.plus(HOUR).plusSeconds(2));

        assertThat(site.launched).hasSize(1);
        assertThat(site.launched.get(0).attempt()).isEqualTo(1);
    }

    /** E2: the begin was recorded, and its answer lost. */
    @Test
    void started_answerIsLost_isKnownWhenAskedAgain() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));
        ScheduledRun run = site.lastLaunched();
        site.objects.failAfterNext(Operation.CREATE, unavailable());

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> scheduler.started(run, "op-1", T0.plus(HOUR)));
        assertThat(scheduler.started(run, "op-1", T0.plus(HOUR))).isTrue();
    }

    private static CoordinatorException unavailable() {
        return new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "no answer", "Try again.");
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

        assertThat(problems)
                .containsExactly(new ScheduleProblem("broken", "", "its keys are gone", "Restore them."));
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

    @Test
    void pause_ofANamespace_holdsEverythingInAllProcesses() {
        Scheduler scheduler = site.scheduler(hourly());
        Scheduler other = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.run(T0.plus(HOUR));
        ScheduledRun queued = site.lastLaunched();

        other.pause(NAMESPACE, "somebody", "maintenance");
        assertThat(scheduler.paused(NAMESPACE).orElseThrow().reason()).isEqualTo("maintenance");
        assertThat(scheduler.started(queued, "op", T0.plus(HOUR))).isFalse();
        scheduler.run(T0.plus(HOUR).plus(MINUTE));
        scheduler.run(T0.plus(HOUR.multipliedBy(2)));
        site.scheduler(hourly()).run(T0.plus(HOUR.multipliedBy(2)));
        assertThat(site.launched).hasSize(1);

        other.resume(NAMESPACE, "somebody");
        assertThat(scheduler.paused(NAMESPACE)).isEmpty();
        site.time.advance(Duration.ofSeconds(11));
        scheduler.run(T0.plus(HOUR.multipliedBy(2)));
        assertThat(site.launchedTicks())
                .containsExactly(T0.plus(HOUR), T0.plus(HOUR), T0.plus(HOUR.multipliedBy(2)));
    }

    @Test
    void pauseAll_withOneNamespaceThatCantBe_pausesTheOthersAndSaysSo() {
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

        assertThat(scheduler.pauseAll("somebody", ""))
                .extracting(ScheduleProblem::namespace)
                .containsExactly("broken");
        assertThat(scheduler.paused(NAMESPACE)).isPresent();
        assertThat(scheduler.resumeAll("somebody")).hasSize(1);
        assertThat(scheduler.paused(NAMESPACE)).isEmpty();
    }

    @Test
    void pause_thatCantBeRead_stopsTheNamespaceAndIsNamed() {
        Scheduler scheduler = site.scheduler(hourly());
        scheduler.run(T0.plusSeconds(1));
        scheduler.resume(NAMESPACE, "somebody");
        site.objects.damage(site.archive().key("pauses/00000001"), content -> new byte[] {1});

        assertThat(scheduler.run(T0.plus(HOUR))).singleElement().satisfies(problem -> {
            assertThat(problem.message()).contains("can't be told").contains("ns/orders/pauses/00000001");
            assertThat(problem.hint()).startsWith("Pause or resume");
        });
        scheduler.resume(NAMESPACE, "somebody");
        assertThat(scheduler.run(T0.plus(HOUR))).isEmpty();

        assertThat(site.launched).hasSize(1);
    }

    @Test
    void pause_badText_isRefused() {
        Scheduler scheduler = site.scheduler(hourly());

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> scheduler.pause(NAMESPACE, "me", "two\nlines"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT))
                .withMessageContaining("one line");
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> scheduler.pause("order", "me", ""))
                .satisfies(e -> assertThat(e.hint()).contains("'orders'"));
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
        assertThat(new TickClaims(site.archive(), "former").rows(Instant.EPOCH, now).keySet())
                .containsExactly(now.minus(Scheduler.KEPT), now.minus(Scheduler.KEPT).plus(Duration.ofDays(1)));
        assertThat(new TickClaims(site.archive(), "yearly").rows(Instant.EPOCH, now.plus(HOUR)).keySet())
                .as("the last one, however old")
                .containsExactly(T0);
    }
}
