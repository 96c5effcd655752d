package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.BoundErrors;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;

/**
 * The time indexes: a partition for each day of a namespace, and a list of its days. Written and read at a quorum, without lightweight
 * transactions, because no timestamp depends on it. Thinned after a number of points that this process has added, and once with the
 * first point of a day, so that it is also thinned where no process lives for so long. A reader meanwhile may miss a point that is
 * being dropped, and no other. Thread-safe.
 */
final class CassandraTimeIndex {
    private static final String INSERT_DAY =
            "INSERT INTO %stime_index_days (namespace, day, first_timestamp) VALUES (?, ?, ?)";
    private static final String SELECT_DAYS =
            "SELECT day, first_timestamp FROM %stime_index_days WHERE namespace = ? ORDER BY day DESC";
    private static final String SELECT_LAST_DAYS = SELECT_DAYS + " LIMIT 2";
    private static final String DELETE_DAY = "DELETE FROM %stime_index_days WHERE namespace = ? AND day = ?";
    private static final String INSERT_POINT =
            "INSERT INTO %stime_index (namespace, day, timestamp, second, nano) VALUES (?, ?, ?, ?, ?)";
    private static final String SELECT_POINTS =
            "SELECT timestamp, second, nano FROM %stime_index WHERE namespace = ? AND day = ? AND timestamp > ? LIMIT ?";
    private static final String SELECT_LAST = "SELECT timestamp, second, nano FROM %stime_index"
            + " WHERE namespace = ? AND day = ? ORDER BY timestamp DESC LIMIT 1";
    private static final String DELETE_POINTS =
            "DELETE FROM %stime_index WHERE namespace = ? AND day = ? AND timestamp >= ? AND timestamp <= ?";
    private static final String DELETE_ALL_POINTS = "DELETE FROM %stime_index WHERE namespace = ? AND day = ?";
    private static final long DAY_SECONDS = 24 * 60 * 60;

    private final BoundStatements statements;
    private final UnaryOperator<List<IssuedPoint>> levels;
    private final int slackPoints;

    /** By namespace, how many points were added since the index was thinned. */
    private final ConcurrentMap<String, Integer> added = new ConcurrentHashMap<>();

    /** Namespaces whose index was thinned with the first point of a day. */
    private final Set<String> thinned = ConcurrentHashMap.newKeySet();

    /**
     * Creates access to the tables.
     *
     * @param levels returns those of some points, which are ordered, that are to be kept
     * @param slackPoints how many points are added before the index is thinned again
     */
    CassandraTimeIndex(BoundStatements statements, UnaryOperator<List<IssuedPoint>> levels, int slackPoints) {
        this.statements = statements;
        this.levels = levels;
        this.slackPoints = slackPoints;
    }

    /** Adds a point to the index of a namespace that exists. */
    void add(String namespace, IssuedPoint point) {
        Optional<IssuedPoint> last = last(namespace);
        BoundErrors.checkFollows(point, last);
        int day = day(point);
        boolean isNewDay = last.isEmpty() || day(last.get()) < day;
        if (isNewDay) {
            statements.plainly(what("add a day to", namespace), INSERT_DAY, namespace, day, point.timestamp());
        }
        Instant instant = point.instant();
        statements.plainly(
                what("add to", namespace),
                INSERT_POINT,
                namespace,
                day,
                point.timestamp(),
                instant.getEpochSecond(),
                instant.getNano());
        boolean isDue = added.merge(namespace, 1, Integer::sum) >= slackPoints;
        if (isDue || (isNewDay && last.isPresent() && thinned.add(namespace))) {
            added.put(namespace, 0);
            thin(namespace);
        }
    }

    /** Returns the newest point. */
    Optional<IssuedPoint> last(String namespace) {
        return last(namespace, days(namespace, SELECT_LAST_DAYS)).or(() -> last(namespace, days(namespace)));
    }

    /** The last days may have no points: their first one was being added when a process died. */
    private Optional<IssuedPoint> last(String namespace, List<Day> days) {
        for (int i = days.size() - 1; i >= 0; i--) {
            List<IssuedPoint> found =
                    points(statements.plainly(what("read", namespace), SELECT_LAST, namespace, days.get(i).number));
            if (!found.isEmpty()) {
                return Optional.of(found.get(0));
            }
        }
        return Optional.empty();
    }

    /** Returns points after a timestamp, oldest first. */
    List<IssuedPoint> read(String namespace, long afterTimestamp, int maxPoints) {
        List<Day> days = days(namespace);
        int first = 0;
        while (first + 1 < days.size() && days.get(first + 1).firstTimestamp <= afterTimestamp) {
            first++;
        }
        List<IssuedPoint> found = new ArrayList<>();
        for (int i = first; i < days.size() && found.size() < maxPoints; i++) {
            for (IssuedPoint point : read(namespace, days.get(i), afterTimestamp, maxPoints - found.size())) {
                if (found.isEmpty() || point.follows(found.get(found.size() - 1))) {
                    found.add(point);
                }
            }
        }
        return found;
    }

    private List<IssuedPoint> read(String namespace, Day day, long afterTimestamp, int maxPoints) {
        return points(statements.plainly(
                what("read", namespace), SELECT_POINTS, namespace, day.number, afterTimestamp, maxPoints));
    }

    private void thin(String namespace) {
        List<Day> days = days(namespace);
        List<List<IssuedPoint>> points = new ArrayList<>();
        List<IssuedPoint> all = new ArrayList<>();
        for (Day day : days) {
            List<IssuedPoint> ofDay = read(namespace, day, 0, Integer.MAX_VALUE);
            points.add(ofDay);
            all.addAll(ofDay);
        }
        Set<IssuedPoint> kept = new HashSet<>(levels.apply(all));
        for (int i = 0; i < days.size(); i++) {
            thin(namespace, days.get(i), points.get(i), kept, i == days.size() - 1);
        }
    }

    private void thin(String namespace, Day day, List<IssuedPoint> points, Set<IssuedPoint> kept, boolean isLastDay) {
        if (!isLastDay && points.stream().noneMatch(kept::contains)) {
            // In this order: a day that is not listed could not be dropped later.
            statements.plainly(what("thin", namespace), DELETE_ALL_POINTS, namespace, day.number);
            statements.plainly(what("thin", namespace), DELETE_DAY, namespace, day.number);
            return;
        }
        for (int from = 0; from < points.size(); from++) {
            int end = from;
            while (end < points.size() && !kept.contains(points.get(end))) {
                end++;
            }
            if (end > from) {
                statements.plainly(
                        what("thin", namespace),
                        DELETE_POINTS,
                        namespace,
                        day.number,
                        points.get(from).timestamp(),
                        points.get(end - 1).timestamp());
                from = end;
            }
        }
    }

    /** Returns the days, oldest first. */
    private List<Day> days(String namespace) {
        return days(namespace, SELECT_DAYS);
    }

    private List<Day> days(String namespace, String query) {
        List<Day> days = new ArrayList<>();
        for (Row row : statements.plainly(what("read", namespace), query, namespace)) {
            days.add(new Day(row.getInt("day"), row.getLong("first_timestamp")));
        }
        Collections.reverse(days);
        return days;
    }

    /** Returns the points that can be read; a row that nobody of ours has written costs that one point. */
    private static List<IssuedPoint> points(List<Row> rows) {
        List<IssuedPoint> points = new ArrayList<>();
        for (Row row : rows) {
            point(row).ifPresent(points::add);
        }
        return points;
    }

    private static Optional<IssuedPoint> point(Row row) {
        try {
            Instant instant = Instant.ofEpochSecond(row.getLong("second"), row.getInt("nano"));
            return row.isNull("second")
                    ? Optional.empty()
                    : Optional.of(new IssuedPoint(instant, row.getLong("timestamp")));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static int day(IssuedPoint point) {
        return Math.toIntExact(point.instant().getEpochSecond() / DAY_SECONDS);
    }

    private static String what(String verb, String namespace) {
        return verb + " the time index of namespace '" + namespace + "' in Cassandra";
    }

    private record Day(int number, long firstTimestamp) {}
}
