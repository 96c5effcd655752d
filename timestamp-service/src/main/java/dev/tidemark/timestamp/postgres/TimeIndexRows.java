package dev.tidemark.timestamp.postgres;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.TimeIndexLevels;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The statements on the time indexes. The end of an index is a row of its own, which is moved together with the addition of a point: so
 * two servers that add at the same moment can't add what does not follow, and neither waits for a change of the bound.
 */
final class TimeIndexRows {
    private static final int ROWS_PER_STATEMENT = 2000;

    private final String addSql;
    private final String endSql;
    private final String readSql;
    private final String countSql;
    private final String removeSql;

    TimeIndexRows(Tables tables) {
        String points = tables.name("time_index");
        String end = tables.name("time_index_end");
        this.addSql = "WITH moved AS (UPDATE " + end + " SET ts = ?, seconds = ?, nanos = ?"
                + " WHERE namespace = ? AND ts < ? AND (seconds, nanos) <= (?, ?) RETURNING *)"
                + " INSERT INTO " + points
                + " (namespace, ts, seconds, nanos) SELECT namespace, ts, seconds, nanos FROM moved";
        this.endSql = "SELECT seconds, nanos, ts FROM " + end + " WHERE namespace = ?";
        this.readSql =
                "SELECT seconds, nanos, ts FROM " + points + " WHERE namespace = ? AND ts > ? ORDER BY ts LIMIT ?";
        this.countSql = "SELECT count(*) FROM " + points + " WHERE namespace = ?";
        this.removeSql = "DELETE FROM " + points + " WHERE namespace = ? AND ts = ANY (?)";
    }

    /** Returns whether the point was added: it follows the last one of an index that exists. */
    boolean add(Connection connection, String namespace, IssuedPoint point) throws SQLException {
        Instant instant = point.instant();
        long seconds = instant.getEpochSecond();
        int nanos = instant.getNano();
        long timestamp = point.timestamp();
        return Sql.update(connection, addSql, timestamp, seconds, nanos, namespace, timestamp, seconds, nanos) == 1;
    }

    /** Returns the last point, and in it nothing when there is none; empty when there is no such namespace. */
    Optional<Optional<IssuedPoint>> end(Connection connection, String namespace) throws SQLException {
        return Sql.query(connection, endSql, row -> Optional.ofNullable(point(row)), namespace).stream()
                .findFirst();
    }

    /** Returns points, oldest first; a row that can't be a point is passed over. */
    List<IssuedPoint> read(Connection connection, String namespace, long afterTimestamp, int maxPoints)
            throws SQLException {
        return Sql.query(connection, readSql, TimeIndexRows::point, namespace, afterTimestamp, maxPoints).stream()
                .filter(Objects::nonNull)
                .toList();
    }

    long count(Connection connection, String namespace) throws SQLException {
        return Sql.query(connection, countSql, row -> row.getLong(1), namespace).get(0);
    }

    /** Removes the points that are not kept, see {@link TimeIndexLevels}; returns how many there were. */
    int thin(Connection connection, String namespace) throws SQLException {
        List<IssuedPoint> points = new ArrayList<>();
        long after = 0;
        List<IssuedPoint> page;
        do {
            page = read(connection, namespace, after, ROWS_PER_STATEMENT);
            points.addAll(page);
            after = page.isEmpty() ? after : page.get(page.size() - 1).timestamp();
        } while (!page.isEmpty());
        Set<IssuedPoint> kept = new HashSet<>(TimeIndexLevels.thin(points));
        List<Long> removed = points.stream()
                .filter(point -> !kept.contains(point))
                .map(IssuedPoint::timestamp)
                .toList();
        for (int from = 0; from < removed.size(); from += ROWS_PER_STATEMENT) {
            List<Long> some = removed.subList(from, Math.min(removed.size(), from + ROWS_PER_STATEMENT));
            Sql.update(connection, removeSql, namespace, connection.createArrayOf("bigint", some.toArray()));
        }
        return removed.size();
    }

    /** Returns null for what can't be a point, such as the end of an index that has none. */
    private static IssuedPoint point(ResultSet row) throws SQLException {
        try {
            return new IssuedPoint(Instant.ofEpochSecond(row.getLong(1), row.getInt(2)), row.getLong(3));
        } catch (IllegalArgumentException | DateTimeException e) {
            return null;
        }
    }
}
