package dev.tidemark.coordinator.schedule;

import static dev.tidemark.coordinator.schedule.ScheduleSite.NAMESPACE;
import static dev.tidemark.coordinator.schedule.ScheduleSite.T0;
import static dev.tidemark.coordinator.schedule.ScheduleSite.hourly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From the claim of a tick to its end, and what happens when somebody dies on the way. */
class SchedulerRunsTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ScheduleSite site = new ScheduleSite();

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
        assertThat(scheduler.started(run, "op-1", T0.plus(HOUR)))
                .as("asked again")
                .isTrue();
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
        assertThat(next.failed(left.run(), T0.plus(HOUR).plus(Duration.ofMinutes(50))))
                .isTrue();
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
}
