package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.IssuedPoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How a time index forgets: the newest points are kept as they were recorded, before them the last one of each minute, before
 * those the last one of each hour, and the oldest are dropped.
 *
 * <p>The levels are counted in points and not in time: a clock that jumped ahead, once, must not make everything look old.
 * With a point in every second they are a day, thirty days and eight years.
 */
public final class TimeIndexLevels {
    /** How many of the newest points are kept as they are. */
    public static final int FINE_POINTS = 24 * 60 * 60;

    /** How many points are kept of those before, one of a minute. */
    static final int MINUTE_POINTS = 30 * 24 * 60;

    /** How many points are kept of those before, one of an hour. */
    static final int HOUR_POINTS = 8 * 366 * 24;

    /** How many points are kept in all. */
    public static final int MAX_POINTS = FINE_POINTS + MINUTE_POINTS + HOUR_POINTS;

    /** How many points may be added before the index is thinned again. */
    public static final int SLACK_POINTS = 20_000;

    private static final long MINUTE_SECONDS = 60;
    private static final long HOUR_SECONDS = 60 * 60;

    private TimeIndexLevels() {}

    /**
     * Returns the points to keep. Thinning what was thinned changes nothing until points are added.
     *
     * @param points oldest first
     */
    public static List<IssuedPoint> thin(List<IssuedPoint> points) {
        List<IssuedPoint> kept = new ArrayList<>();
        int next = points.size() - 1;
        next = keep(points, next, 0, FINE_POINTS, kept);
        next = keep(points, next, MINUTE_SECONDS, MINUTE_POINTS, kept);
        keep(points, next, HOUR_SECONDS, HOUR_POINTS, kept);
        Collections.reverse(kept);
        return kept;
    }

    /** Keeps the last point of each bucket, going back from {@code from}; returns the first index that was not looked at. */
    private static int keep(List<IssuedPoint> points, int from, long bucketSeconds, int limit, List<IssuedPoint> kept) {
        int count = 0;
        for (int i = from; i >= 0; i--) {
            IssuedPoint point = points.get(i);
            if (!kept.isEmpty() && isCoveredBy(kept.get(kept.size() - 1), point, bucketSeconds)) {
                continue;
            }
            if (count == limit) {
                return i;
            }
            kept.add(point);
            count++;
        }
        return -1;
    }

    /** A clock that stood still or went back gives points with one instant: the last of them says all. */
    private static boolean isCoveredBy(IssuedPoint later, IssuedPoint point, long bucketSeconds) {
        if (bucketSeconds == 0) {
            return point.instant().equals(later.instant());
        }
        return point.instant().getEpochSecond() / bucketSeconds
                == later.instant().getEpochSecond() / bucketSeconds;
    }
}
