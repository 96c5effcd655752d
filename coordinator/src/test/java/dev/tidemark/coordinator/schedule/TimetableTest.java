package dev.tidemark.coordinator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TimetableTest {
    private static final Instant T0 = ScheduleSite.T0;
    private static final long EXPECTED_OFFSET = 455;

    private static Schedule schedule(String name, ScheduledWork work, String cron, Duration jitter) {
        return new Schedule(
                name,
                work,
                CronExpression.parse(cron),
                ZoneId.of("UTC"),
                Duration.ofHours(2),
                jitter,
                CatchUp.ONCE,
                Map.of());
    }

    @Test
    void nextBackup_severalSchedules_isThatOfTheFirstBackup() {
        Timetable timetable = new Timetable(Map.of(
                "orders",
                List.of(
                        schedule("nightly", ScheduledWork.BACKUP, "0 2 * * *", Duration.ZERO),
                        schedule("weekly", ScheduledWork.BACKUP, "0 1 * * SUN", Duration.ZERO),
                        schedule("verify", ScheduledWork.VERIFY, "@hourly", Duration.ZERO)),
                "scratch",
                List.of(schedule("verify", ScheduledWork.VERIFY, "@hourly", Duration.ZERO))));

        assertThat(timetable.nextBackup("orders", T0)).contains(Instant.parse("2026-11-23T02:00:00Z"));
        assertThat(timetable.latestNextBackup("orders", T0)).contains(Instant.parse("2026-11-23T04:00:00Z"));
        assertThat(timetable.nextBackup("orders", Instant.parse("2026-11-28T12:00:00Z")))
                .contains(Instant.parse("2026-11-29T01:00:00Z"));
        assertThat(timetable.next("orders", "verify", T0)).isEqualTo(T0.plus(Duration.ofHours(1)));
        assertThat(timetable.nextBackup("scratch", T0)).isEmpty();
        assertThat(timetable.latestNextBackup("scratch", T0)).isEmpty();
    }

    /** The same in every process, whatever it is made from. */
    @Test
    void due_withJitter_isSpreadAndTheSameEverywhere() {
        Set<Long> offsets = new TreeSet<>();
        for (int namespace = 0; namespace < 300; namespace++) {
            Schedule schedule = schedule("daily", ScheduledWork.BACKUP, "@daily", Duration.ofMinutes(10));
            Instant due = Timetable.due("ns-" + namespace, schedule, T0);

            assertThat(due).isBetween(T0, T0.plus(Duration.ofMinutes(10)));
            offsets.add(Duration.between(T0, due).toSeconds());
        }

        assertThat(offsets)
                .hasSizeGreaterThan(200)
                .anyMatch(offset -> offset < 30)
                .anyMatch(offset -> offset > 570);
        Schedule nightly = schedule("nightly", ScheduledWork.BACKUP, "@daily", Duration.ofMinutes(10));
        // computed apart from this code: SHA-256 of the text, first eight bytes, modulo 601
        assertThat(Timetable.due("orders", nightly, T0)).isEqualTo(T0.plusSeconds(EXPECTED_OFFSET));
        assertThat(Timetable.due("orders", nightly, T0.plusSeconds(60)))
                .isNotEqualTo(T0.plusSeconds(60 + EXPECTED_OFFSET));
    }

    @Test
    void schedule_thatIsNotThere_isRefusedWithTheNearestName() {
        Timetable timetable = new Timetable(
                Map.of("orders", List.of(schedule("nightly", ScheduledWork.BACKUP, "@daily", Duration.ZERO))));

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> timetable.schedule("orders", "nightl"))
                .withMessageContaining("one of nightly")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT))
                .satisfies(e -> assertThat(e.hint()).contains("'nightly'"));
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> timetable.nextBackup("order", T0))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_NAMESPACE));
        Schedule twice = schedule("twice", ScheduledWork.BACKUP, "@daily", Duration.ZERO);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timetable(Map.of("orders", List.of(twice, twice))))
                .withMessageContaining("two schedules 'twice'");
    }

    /** A clock that is wrong by years: bounded steps, each with one record. */
    @Test
    void decide_afterAJumpByYears_looksAtABoundedNumberOfTicks() {
        Schedule minutely = schedule("minutely", ScheduledWork.BACKUP, "* * * * *", Duration.ZERO);
        DueTicks dueTicks = new DueTicks("orders", minutely);
        Instant now = T0.plus(Duration.ofDays(3650));

        List<DueTicks.Decision> first = dueTicks.decide(T0, now);

        assertThat(first)
                .containsExactly(new DueTicks.Decision(
                        T0.plus(Duration.ofMinutes(DueTicks.MAX_TICKS)),
                        TickState.SKIPPED_LATE,
                        T0.plus(Duration.ofMinutes(1)),
                        DueTicks.MAX_TICKS));
        assertThat(dueTicks.decide(now.minusSeconds(60), now))
                .containsExactly(new DueTicks.Decision(now, TickState.CLAIMED, now, 1));
        assertThat(dueTicks.decide(now, now)).isEmpty();
        assertThat(dueTicks.decide(now.plusSeconds(60), now)).isEmpty();
    }
}
