package dev.tidemark.timestamp.raft;

import dev.tidemark.timestamp.IssuedPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The time index of one namespace, in memory and in every snapshot, and therefore shorter than in files: the newest points as they
 * were recorded, before them the last one of each minute, before those the last one of each hour, and the oldest are dropped. With a
 * point in every second they are an hour, a day and a year.
 */
final class PointHistory {
    /** How many points are kept on each level. */
    private static final int[] LEVEL_POINTS = {60 * 60, 24 * 60, 366 * 24};

    /** Of how many seconds one point is kept on each level; 0 = all. */
    private static final long[] LEVEL_SECONDS = {0, 60, 60 * 60};

    /** How many points may be added before the index is thinned again. */
    private static final int SLACK_POINTS = 1000;

    /** How many points there are at most. */
    static final int MAX_POINTS = LEVEL_POINTS[0] + LEVEL_POINTS[1] + LEVEL_POINTS[2] + SLACK_POINTS;

    /** Seconds, nanoseconds and timestamp of each point, oldest first: a third of what objects would take. */
    private long[] cells = new long[0];

    private int size;

    int size() {
        return size;
    }

    void add(IssuedPoint point) {
        append(point);
        if (size == MAX_POINTS) {
            thin();
        }
    }

    Optional<IssuedPoint> last() {
        return size == 0 ? Optional.empty() : Optional.of(get(size - 1));
    }

    /** Returns points above a timestamp, oldest first. */
    List<IssuedPoint> after(long timestamp, int maxPoints) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cells[3 * middle + 2] > timestamp) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        List<IssuedPoint> found = new ArrayList<>();
        for (int i = low; i < size && found.size() < maxPoints; i++) {
            found.add(get(i));
        }
        return found;
    }

    void writeTo(WireWriter out) {
        out.int32(size);
        for (int i = 0; i < size; i++) {
            out.point(get(i));
        }
    }

    static PointHistory readFrom(WireReader in) {
        PointHistory read = new PointHistory();
        int count = in.count(MAX_POINTS);
        for (int i = 0; i < count; i++) {
            IssuedPoint point = in.point();
            if (read.last().isPresent() && !point.follows(read.last().get())) {
                throw new IllegalArgumentException("point: " + point + " (expected: one that follows the last)");
            }
            read.append(point);
        }
        return read;
    }

    private IssuedPoint get(int index) {
        return new IssuedPoint(Instant.ofEpochSecond(cells[3 * index], cells[3 * index + 1]), cells[3 * index + 2]);
    }

    private void append(IssuedPoint point) {
        if (cells.length < 3 * (size + 1)) {
            cells = Arrays.copyOf(cells, Math.max(48, cells.length + cells.length / 3 / 2 * 3));
        }
        cells[3 * size] = point.instant().getEpochSecond();
        cells[3 * size + 1] = point.instant().getNano();
        cells[3 * size + 2] = point.timestamp();
        size++;
    }

    /** Keeps, from the newest back, the last point of each stretch of its level. */
    private void thin() {
        long[] kept = new long[cells.length];
        int next = kept.length;
        int level = 0;
        int onLevel = 0;
        for (int i = size - 1; i >= 0 && level < LEVEL_POINTS.length; i--) {
            if (next < kept.length && isCovered(kept, next, i, LEVEL_SECONDS[level])) {
                continue;
            }
            next -= 3;
            System.arraycopy(cells, 3 * i, kept, next, 3);
            onLevel++;
            if (onLevel == LEVEL_POINTS[level]) {
                level++;
                onLevel = 0;
            }
        }
        cells = Arrays.copyOfRange(kept, next, kept.length);
        size = cells.length / 3;
    }

    /** A clock that stood still or went back gives points with one instant: the last of them says all. */
    private boolean isCovered(long[] kept, int at, int index, long stretchSeconds) {
        long later = kept[at];
        long seconds = cells[3 * index];
        return stretchSeconds == 0
                ? seconds == later && cells[3 * index + 1] == kept[at + 1]
                : seconds / stretchSeconds == later / stretchSeconds;
    }
}
