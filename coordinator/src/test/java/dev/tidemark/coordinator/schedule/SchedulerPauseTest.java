package dev.tidemark.coordinator.schedule;

import static dev.tidemark.coordinator.schedule.ScheduleSite.NAMESPACE;
import static dev.tidemark.coordinator.schedule.ScheduleSite.T0;
import static dev.tidemark.coordinator.schedule.ScheduleSite.hourly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pauses hold everything that has not begun, in all processes. */
class SchedulerPauseTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ScheduleSite site = new ScheduleSite();

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
        assertThat(site.launchedTicks()).containsExactly(T0.plus(HOUR), T0.plus(HOUR), T0.plus(HOUR.multipliedBy(2)));
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
}
