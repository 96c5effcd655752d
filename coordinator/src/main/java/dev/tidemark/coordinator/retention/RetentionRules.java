package dev.tidemark.coordinator.retention;

import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.TimeIndex;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Applies a policy to the backups of a namespace. Ages are those of the state that a backup holds, not of the backup. Pure.
 */
final class RetentionRules {
    private final RetentionPolicy policy;
    private final Instant now;
    private final TimeIndex times;

    RetentionRules(RetentionPolicy policy, Instant now, TimeIndex times) {
        this.policy = policy;
        this.now = now;
        this.times = times;
    }

    /**
     * Decides about each backup.
     *
     * @param backups all whose manifests can be believed
     * @param damaged ids of those that are known to be damaged
     * @param holds active holds
     * @return a decision for each, the newest first
     */
    List<RetentionDecision> decide(List<BackupSummary> backups, Set<String> damaged, Collection<BackupHold> holds) {
        List<BackupSummary> newestFirst = backups.stream()
                .sorted(Comparator.comparing(BackupSummary::timeAtBackupTimestamp)
                        .thenComparing(BackupSummary::sequence)
                        .reversed())
                .toList();
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        newestFirst.forEach(backup -> reasons.put(backup.backupId(), new ArrayList<>()));
        keepNewest(backups, damaged, reasons);
        keepLast(newestFirst, reasons);
        keepEach("hourly", policy.hourly(), time -> time.truncatedTo(ChronoUnit.HOURS), newestFirst, reasons);
        keepEach("daily", policy.daily(), ZonedDateTime::toLocalDate, newestFirst, reasons);
        keepEach("weekly", policy.weekly(), RetentionRules::week, newestFirst, reasons);
        keepEach("monthly", policy.monthly(), time -> time.getYear() * 12 + time.getMonthValue(), newestFirst, reasons);
        keepEach("yearly", policy.yearly(), ZonedDateTime::getYear, newestFirst, reasons);
        keepWithin(newestFirst, reasons);
        for (BackupHold hold : holds) {
            List<String> ofBackup = reasons.get(hold.backupId());
            if (ofBackup != null) {
                ofBackup.add("hold '" + hold.reason() + "'");
            }
        }
        keepWindow(newestFirst, damaged, reasons);
        return newestFirst.stream()
                .map(backup -> new RetentionDecision(backup, reasons.get(backup.backupId())))
                .toList();
    }

    /** The newest knows best how far the oracle had got; the newest good one is what a restore would take. */
    private static void keepNewest(
            List<BackupSummary> backups, Set<String> damaged, Map<String, List<String>> reasons) {
        List<BackupSummary> bySequence = backups.stream()
                .sorted(Comparator.comparingLong(BackupSummary::sequence).reversed())
                .toList();
        bySequence.stream().findFirst().ifPresent(newest -> reasons.get(newest.backupId())
                .add("newest"));
        bySequence.stream()
                .filter(backup -> !damaged.contains(backup.backupId()))
                .findFirst()
                .filter(good -> reasons.get(good.backupId()).isEmpty())
                .ifPresent(good -> reasons.get(good.backupId()).add("newest good"));
    }

    private void keepLast(List<BackupSummary> newestFirst, Map<String, List<String>> reasons) {
        int number = 0;
        for (BackupSummary backup : newestFirst) {
            number++;
            if (number <= policy.last() && isYoungEnough(backup)) {
                reasons.get(backup.backupId()).add("last " + number);
            }
        }
    }

    private void keepEach(
            String rule,
            int count,
            Function<ZonedDateTime, Object> period,
            List<BackupSummary> newestFirst,
            Map<String, List<String>> reasons) {
        Map<Object, Integer> periods = new HashMap<>();
        for (BackupSummary backup : newestFirst) {
            Object ofBackup = period.apply(backup.timeAtBackupTimestamp().atZone(policy.zone()));
            boolean isFirst = periods.putIfAbsent(ofBackup, periods.size() + 1) == null;
            if (isFirst && periods.size() <= count && isYoungEnough(backup)) {
                reasons.get(backup.backupId()).add(rule + " " + periods.size());
            }
        }
    }

    private static Object week(ZonedDateTime time) {
        return time.get(IsoFields.WEEK_BASED_YEAR) * 100 + time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
    }

    private boolean isYoungEnough(BackupSummary backup) {
        return policy.maximumAge().isZero() || !backup.timeAtBackupTimestamp().isBefore(now.minus(policy.maximumAge()));
    }

    private void keepWithin(List<BackupSummary> newestFirst, Map<String, List<String>> reasons) {
        if (policy.keepWithin().isZero()) {
            return;
        }
        Instant from = now.minus(policy.keepWithin());
        for (BackupSummary backup : newestFirst) {
            if (!backup.timeAtBackupTimestamp().isBefore(from)) {
                reasons.get(backup.backupId()).add("within " + policy.keepWithin());
            }
        }
    }

    /**
     * A backup can restore the moments from its earliest restorable timestamp to its backup timestamp. Goes from the newest to
     * the oldest, as far as the window reaches, and keeps each that has moments which no good one kept so far has: so every
     * moment of the window that some backup has stays with one. What a damaged one has is not relied on.
     */
    private void keepWindow(List<BackupSummary> newestFirst, Set<String> damaged, Map<String, List<String>> reasons) {
        if (policy.recoveryWindow().isZero()) {
            return;
        }
        Instant from = now.minus(policy.recoveryWindow());
        long coveredFrom = Long.MAX_VALUE; // of the timestamps below, none is covered yet
        for (BackupSummary backup : newestFirst) {
            boolean hasMomentsInside = !backup.timeAtBackupTimestamp().isBefore(from)
                    // The state at the beginning of the window is that of the last backup before it, if no other
                    // reaches back.
                    || !isCovered(from, coveredFrom);
            if (hasMomentsInside && backup.earliestRestorableTimestamp() < coveredFrom) {
                reasons.get(backup.backupId()).add("window " + policy.recoveryWindow());
                if (!damaged.contains(backup.backupId())) {
                    coveredFrom = backup.earliestRestorableTimestamp();
                }
            }
        }
    }

    private boolean isCovered(Instant instant, long coveredFrom) {
        if (coveredFrom == 0) {
            return true;
        }
        return coveredFrom != Long.MAX_VALUE
                && times.timeOf(coveredFrom).map(time -> !time.isAfter(instant)).orElse(false);
    }
}
