package dev.tidemark.coordinator.catalog;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Leads from wall-clock time to timestamps, with what is known from several sources: the manifests of an archive, which
 * survive the loss of everything else, and a live oracle.
 *
 * <p>Each point says that every timestamp at or below its own was issued at or before its instant. Clocks may contradict each
 * other: an oracle that was lost and set up anew goes on with greater timestamps, but perhaps on a clock that is behind the
 * old one. Then a later point says the same of the same timestamps and of more, with an earlier instant, and the point that it
 * covers is left out. What remains rises in both, and the clock that was read last is believed.
 *
 * <p>Immutable.
 */
public final class TimeIndex {
    /** How many points are kept; where there are more, every second one is left out. */
    static final int MAX_POINTS = 500_000;

    /** Rising strictly in both. */
    private final List<TimePoint> points;

    private TimeIndex(List<TimePoint> points) {
        this.points = points;
    }

    /**
     * Returns the points of all manifests that can be read, and of removed backups; damaged ones are left out. Reads every
     * manifest.
     *
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_UNAVAILABLE}
     */
    public static TimeIndex ofArchive(NamespaceArchive archive) {
        List<TimePoint> all = new ArrayList<>();
        Consumer<List<TimePoint>> add = points -> {
            all.addAll(points);
            if (all.size() > 2 * MAX_POINTS) {
                List<TimePoint> merged = merge(all);
                all.clear();
                all.addAll(merged);
            }
        };
        new KeptTimes(archive).forEach(add);
        archive.manifests().forEach(manifest -> add.accept(manifest.timeIndex()));
        return of(all);
    }

    /** Returns an index of points in any order, from any sources. */
    public static TimeIndex of(Collection<TimePoint> points) {
        return new TimeIndex(merge(points));
    }

    /** Returns this index with the points of a live oracle added; see {@code NamespaceOracle#timeIndex()}. */
    public TimeIndex with(List<IssuedPoint> issued) {
        return new TimeIndex(merge(Stream.concat(
                        points.stream(),
                        issued.stream().map(point -> new TimePoint(point.instant(), point.timestamp())))
                .toList()));
    }

    /**
     * Returns the newest point at or before an instant: the state at its timestamp is the state at its instant, and holds
     * nothing that came after the instant asked for. It may be long before: whoever asks compares, shows it, and decides. So
     * is the last point for every instant in the future.
     *
     * @throws CoordinatorException {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when there is none
     */
    public TimePoint atOrBefore(Instant instant) {
        int low = 0;
        int high = points.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (points.get(middle).instant().isAfter(instant)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (low == 0) {
            throw before(instant);
        }
        return points.get(low - 1);
    }

    /** Returns the earliest point. */
    public Optional<TimePoint> first() {
        return points.isEmpty() ? Optional.empty() : Optional.of(points.get(0));
    }

    /** Returns the latest point. */
    public Optional<TimePoint> last() {
        return points.isEmpty() ? Optional.empty() : Optional.of(points.get(points.size() - 1));
    }

    /**
     * Returns a time at or before which a timestamp was issued, for people to read: that of the first point at or above it.
     * Empty when it is above all points.
     */
    public Optional<Instant> timeOf(long timestamp) {
        int low = 0;
        int high = points.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (points.get(middle).timestamp() < timestamp) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == points.size()
                ? Optional.empty()
                : Optional.of(points.get(low).instant());
    }

    /** Returns all points, rising strictly in both. */
    public List<TimePoint> points() {
        return Collections.unmodifiableList(points);
    }

    /**
     * Goes from the greatest timestamp down and keeps a point only if its instant is before all of those above it: any other
     * is covered by one that has a greater timestamp and no later an instant.
     */
    static List<TimePoint> merge(Collection<TimePoint> points) {
        List<TimePoint> descending = new ArrayList<>(points);
        descending.sort(
                Comparator.comparingLong(TimePoint::timestamp).reversed().thenComparing(TimePoint::instant));
        List<TimePoint> kept = new ArrayList<>();
        for (TimePoint point : descending) {
            if (kept.isEmpty()
                    || point.instant().isBefore(kept.get(kept.size() - 1).instant())) {
                kept.add(point);
            }
        }
        while (kept.size() > MAX_POINTS) {
            kept = everySecond(kept);
        }
        Collections.reverse(kept);
        return kept;
    }

    /** Returns every second point, the first one among them. */
    private static List<TimePoint> everySecond(List<TimePoint> points) {
        List<TimePoint> half = new ArrayList<>();
        for (int i = 0; i < points.size(); i += 2) {
            half.add(points.get(i));
        }
        return half;
    }

    private CoordinatorException before(Instant instant) {
        String hint = points.isEmpty()
                ? "No time is known; name a timestamp instead."
                : "Ask for a time from " + points.get(0).instant() + " to "
                        + points.get(points.size() - 1).instant() + ".";
        return new CoordinatorException(
                ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                "which timestamp was the newest one at " + instant + " is not known (expected: "
                        + (points.isEmpty()
                                ? "a time index with points"
                                : "a time at or after " + points.get(0).instant())
                        + ")",
                hint);
    }
}
