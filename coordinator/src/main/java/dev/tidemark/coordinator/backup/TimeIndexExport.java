package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.coordinator.catalog.TimeIndex;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.OracleLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Takes the oracle's time index into a manifest, so that it survives the oracle: the points since the parent backup, and
 * those before where the archive has lost them with a manifest. It helps people and decides nothing: an oracle that does not
 * answer costs the backup its points, and no more.
 */
final class TimeIndexExport {
    /** How many points one manifest gets at most, about 1.7 MB of it: of an hour, one every second; of a day, every fifth. */
    static final int MAX_POINTS = 20_000;

    private final NamespaceArchive archive;
    private final Supplier<NamespaceOracle> oracle;
    private final Consumer<String> notes;

    TimeIndexExport(NamespaceArchive archive, Supplier<NamespaceOracle> oracle, Consumer<String> notes) {
        this.archive = archive;
        this.oracle = oracle;
        this.notes = notes;
    }

    /**
     * Returns the points for a manifest, rising in both; the last one is that of the backup timestamp.
     *
     * @param parentBackupId the backup before, or empty
     */
    List<TimePoint> points(Cut cut, String parentBackupId) {
        KnownTimes known = KnownTimes.read(archive, parentBackupId);
        List<IssuedPoint> issued = issued(known.isWithoutGap() ? known.lastTimestamp() : 0, cut.backupTimestamp());
        List<TimePoint> before = new ArrayList<>();
        List<TimePoint> since = new ArrayList<>();
        for (IssuedPoint point : issued) {
            if (point.timestamp() < cut.backupTimestamp()) {
                List<TimePoint> part = point.timestamp() > known.lastTimestamp() ? since : before;
                part.add(new TimePoint(point.instant(), point.timestamp()));
            }
        }
        List<TimePoint> thinned = thin(since, MAX_POINTS - 1);
        List<TimePoint> all = new ArrayList<>(thin(before, MAX_POINTS - 1 - thinned.size()));
        all.addAll(thinned);
        all.add(new TimePoint(timeOfBackup(cut, issued), cut.backupTimestamp()));
        return TimeIndex.of(all).points();
    }

    /**
     * The time that the coordinator noted, unless the oracle's clock says that it can't be: the coordinator's may be wrong, and
     * would contradict the points around it.
     */
    private static Instant timeOfBackup(Cut cut, List<IssuedPoint> issued) {
        Instant time = cut.timeAtBackupTimestamp();
        for (IssuedPoint point : issued) {
            boolean isContradicted = point.timestamp() < cut.backupTimestamp()
                    ? point.instant().isAfter(time)
                    : point.instant().isBefore(time);
            if (isContradicted) {
                time = point.instant();
            }
        }
        return time;
    }

    /** Returns the oracle's points above a timestamp, up to the first that is not below the other one. */
    private List<IssuedPoint> issued(long after, long upTo) {
        List<IssuedPoint> issued = new ArrayList<>();
        try {
            NamespaceOracle namespace = oracle.get();
            long last = after;
            for (int i = 0; i < OracleLimits.MAX_TIME_INDEX_PAGES && last < upTo; i++) {
                List<IssuedPoint> page = namespace.timeIndex(last, OracleLimits.MAX_POINTS_PER_REQUEST);
                if (page.isEmpty()) {
                    break;
                }
                last = page.get(page.size() - 1).timestamp();
                issued.addAll(page);
            }
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.INTERRUPTED) {
                throw e;
            }
            notes.accept("the manifest lacks times before that of the backup, the oracle's time index can't be read: "
                    + e.getMessage());
        }
        int end = 0;
        while (end < issued.size() && issued.get(end).timestamp() < upTo) {
            end++;
        }
        return issued.subList(0, Math.min(issued.size(), end + 1));
    }

    /** Keeps every second, third or further point, counted from the newest, so that no more than so many are left. */
    static List<TimePoint> thin(List<TimePoint> points, int max) {
        if (points.size() <= max) {
            return points;
        }
        List<TimePoint> kept = new ArrayList<>();
        if (max > 0) {
            int step = (points.size() + max - 1) / max;
            for (int i = points.size() - 1; i >= 0; i -= step) {
                kept.add(points.get(i));
            }
        }
        Collections.reverse(kept);
        return kept;
    }
}
