package dev.tidemark.coordinator.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.TimeIndex;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RetentionRulesTest {
    /** A Thursday. */
    private static final Instant NOW = Instant.parse("2026-11-05T12:00:00Z");

    private static final ZoneId UTC = ZoneId.of("UTC");

    private final List<BackupSummary> backups = new ArrayList<>();

    @Test
    void decide_defaultPolicy_keepsSevenDailyFourWeeklyThreeMonthly() {
        for (int day = 0; day < 120; day++) {
            backup(NOW.minus(Duration.ofDays(day)));
        }

        List<String> kept = kept(RetentionPolicy.DEFAULT);

        assertThat(kept)
                .containsExactly(
                        "2026-11-05", // newest, of its day, week and month
                        "2026-11-04",
                        "2026-11-03",
                        "2026-11-02",
                        "2026-11-01", // of the last week; Sunday
                        "2026-10-31", // of October
                        "2026-10-30",
                        "2026-10-25",
                        "2026-10-18",
                        "2026-09-30");
    }

    @Test
    void decide_severalOfOnePeriod_keepsTheNewest() {
        backup(Instant.parse("2026-11-05T09:00:00Z"));
        backup(Instant.parse("2026-11-05T10:10:00Z"));
        backup(Instant.parse("2026-11-05T10:50:00Z"));
        backup(Instant.parse("2026-11-05T11:00:00Z"));

        assertThat(kept(policy(0, 2, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO)))
                .containsExactly("2026-11-05T11:00:00Z", "2026-11-05T10:50:00Z");
    }

    /** What counts is when there were backups: a week without one does not use up a place. */
    @Test
    void decide_gaps_doNotCount() {
        backup(NOW);
        backup(NOW.minus(Duration.ofDays(40)));
        backup(NOW.minus(Duration.ofDays(80)));
        backup(NOW.minus(Duration.ofDays(81)));

        assertThat(kept(policy(0, 0, 3, Duration.ZERO, Duration.ZERO, Duration.ZERO)))
                .hasSize(3);
        assertThat(kept(policy(0, 0, 3, Duration.ZERO, Duration.ofDays(60), Duration.ZERO)))
                .hasSize(2);
    }

    @Test
    void decide_withinAndLast_keepBoth() {
        for (int hour = 0; hour < 10; hour++) {
            backup(NOW.minus(Duration.ofHours(hour)));
        }

        assertThat(kept(policy(0, 0, 0, Duration.ofHours(3), Duration.ZERO, Duration.ZERO)))
                .hasSize(4);
        assertThat(kept(policy(2, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO)))
                .hasSize(2);
    }

    @Test
    void decide_dayOfAnotherZone_beginsThere() {
        backup(Instant.parse("2026-11-04T23:30:00Z"));
        backup(Instant.parse("2026-11-05T00:30:00Z"));
        RetentionPolicy berlin = new RetentionPolicy(
                0, 0, 5, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, ZoneId.of("Europe/Berlin"));

        assertThat(kept(berlin)).containsExactly("2026-11-05T00:30:00Z");
        assertThat(kept(policy(0, 0, 5, Duration.ZERO, Duration.ZERO, Duration.ZERO)))
                .hasSize(2);
    }

    @Test
    void decide_always_keepsTheNewestAndTheNewestGoodOne() {
        backup(NOW.minus(Duration.ofDays(3)));
        backup(NOW.minus(Duration.ofDays(2)));
        backup(NOW.minus(Duration.ofDays(1)));
        backup(NOW);
        Set<String> damaged = Set.of("2026-11-05T12:00:00Z", "2026-11-04T12:00:00Z");

        assertThat(reasons(policy(1, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO), damaged, List.of()))
                .isEqualTo(Map.of(
                        "2026-11-05T12:00:00Z", List.of("newest", "last 1"),
                        "2026-11-04T12:00:00Z", List.of(),
                        "2026-11-03T12:00:00Z", List.of("newest good"),
                        "2026-11-02T12:00:00Z", List.of()));
    }

    @Test
    void decide_hold_keeps() {
        backup(NOW.minus(Duration.ofDays(3)));
        backup(NOW);
        BackupHold hold =
                new BackupHold("0".repeat(32), "2026-11-02T12:00:00Z", "audit", "me", NOW, BackupHold.FOREVER);

        assertThat(reasons(policy(1, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO), Set.of(), List.of(hold)))
                .containsEntry("2026-11-02T12:00:00Z", List.of("hold 'audit'"));
    }

    /** Without garbage collection in the store the newest backup can restore every moment. */
    @Test
    void decide_windowAndCompleteHistory_needsTheNewestAlone() {
        for (int day = 0; day < 10; day++) {
            backup(NOW.minus(Duration.ofDays(day)), 0);
        }

        assertThat(kept(policy(1, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ofDays(5))))
                .hasSize(1);
    }

    /** Each backup can restore its own moment alone: those of the window are needed, and the last one before it. */
    @Test
    void decide_windowAndNoHistory_keepsEveryMomentOfTheWindow() {
        for (int day = 0; day < 10; day++) {
            backup(NOW.minus(Duration.ofDays(day)), timestamp(NOW.minus(Duration.ofDays(day))));
        }

        assertThat(kept(policy(1, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ofHours(60))))
                .containsExactly(
                        "2026-11-05T12:00:00Z", "2026-11-04T12:00:00Z", "2026-11-03T12:00:00Z", "2026-11-02T12:00:00Z");
    }

    /** What a damaged backup has is not relied on, and not given up. */
    @Test
    void decide_windowAndADamagedBackup_keepsAnotherThatHasItsMoments() {
        backup(NOW.minus(Duration.ofDays(4)), 0);
        backup(NOW.minus(Duration.ofDays(2)), 0);
        backup(NOW, timestamp(NOW));

        assertThat(reasons(
                        policy(1, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ofDays(3)),
                        Set.of("2026-11-03T12:00:00Z"),
                        List.of()))
                .allSatisfy((id, reasons) -> assertThat(reasons).as(id).isNotEmpty());
    }

    @Test
    void constructor_nothingKept_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(0, 0, 0, Duration.ZERO, Duration.ofDays(1), Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(-1, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(1, 0, 0, Duration.ofDays(-1), Duration.ZERO, Duration.ZERO));
    }

    private List<String> kept(RetentionPolicy policy) {
        return decide(policy, Set.of(), List.of()).stream()
                .filter(RetentionDecision::isKept)
                .map(decision -> decision.backup().backupId())
                .map(id ->
                        id.endsWith("T12:00:00Z") && policy.equals(RetentionPolicy.DEFAULT) ? id.substring(0, 10) : id)
                .toList();
    }

    private Map<String, List<String>> reasons(RetentionPolicy policy, Set<String> damaged, List<BackupHold> holds) {
        return decide(policy, damaged, holds).stream()
                .collect(Collectors.toMap(decision -> decision.backup().backupId(), RetentionDecision::reasons));
    }

    private List<RetentionDecision> decide(RetentionPolicy policy, Set<String> damaged, List<BackupHold> holds) {
        TimeIndex times = TimeIndex.of(backups.stream()
                .map(backup -> new TimePoint(backup.timeAtBackupTimestamp(), backup.backupTimestamp()))
                .toList());
        return new RetentionRules(policy, NOW, times).decide(backups, damaged, holds);
    }

    private void backup(Instant time) {
        backup(time, 0);
    }

    private void backup(Instant time, long earliest) {
        long timestamp = timestamp(time);
        backups.add(new BackupSummary(
                "orders",
                time.toString(),
                timestamp,
                "",
                time,
                time,
                1,
                timestamp,
                timestamp + 1,
                time,
                earliest,
                true,
                false,
                new BackupSizes(0, 0, 0, 0, 0, 0),
                Map.of(),
                List.of(),
                Manifest.NO_NEXT_BACKUP));
    }

    private static long timestamp(Instant time) {
        return time.getEpochSecond();
    }

    private static RetentionPolicy policy(
            int last, int hourly, int daily, Duration within, Duration maximumAge, Duration window) {
        return new RetentionPolicy(last, hourly, daily, 0, 0, 0, within, maximumAge, window, UTC);
    }
}
