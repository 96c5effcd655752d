package dev.tidemark.timestamp.cassandra;

import dev.tidemark.kvs.cassandra.cql.CassandraPunch.Punch;
import dev.tidemark.timestamp.IssuedPoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A time index from AtlasDB's punches. Each was written by the clock of some client, and clocks differ: of two punches one may be earlier
 * and have the greater timestamp, which can't both be true.
 *
 * <p>Kept are as many as possible that agree with each other (a longest increasing subsequence). A client whose clock was off by days
 * costs its own punches that way; to keep the first of two that disagree, or the last, would cost those of all others for as long.
 */
final class PunchedPoints {
    private PunchedPoints() {}

    /**
     * Returns points of which each follows the one before.
     *
     * @param punches in the order of their times, and of their timestamps where times are equal
     * @param maxTimestamp inclusive; what is above was never issued
     */
    static List<IssuedPoint> of(List<Punch> punches, long maxTimestamp) {
        List<IssuedPoint> points = new ArrayList<>();
        for (Punch punch : punches) {
            boolean isPossible = punch.timestamp() >= 1
                    && punch.timestamp() <= maxTimestamp
                    && IssuedPoint.isInstantInRange(punch.instant());
            if (isPossible) {
                points.add(new IssuedPoint(punch.instant(), punch.timestamp()));
            }
        }
        return longestIncreasing(points);
    }

    private static List<IssuedPoint> longestIncreasing(List<IssuedPoint> points) {
        /* Of each length, the index of the point with the lowest timestamp that ends a sequence of this length. */
        int[] ends = new int[points.size()];
        int[] previous = new int[points.size()];
        int length = 0;
        for (int i = 0; i < points.size(); i++) {
            int shorter = firstNotBelow(points, ends, length, points.get(i).timestamp());
            previous[i] = shorter == 0 ? -1 : ends[shorter - 1];
            ends[shorter] = i;
            length = Math.max(length, shorter + 1);
        }
        List<IssuedPoint> longest = new ArrayList<>(length);
        for (int i = length == 0 ? -1 : ends[length - 1]; i >= 0; i = previous[i]) {
            longest.add(points.get(i));
        }
        Collections.reverse(longest);
        return longest;
    }

    /** Returns how many of the ends have a lower timestamp. */
    private static int firstNotBelow(List<IssuedPoint> points, int[] ends, int length, long timestamp) {
        int low = 0;
        int high = length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (points.get(ends[middle]).timestamp() < timestamp) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
