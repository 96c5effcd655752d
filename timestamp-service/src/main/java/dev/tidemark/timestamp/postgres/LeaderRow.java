package dev.tidemark.timestamp.postgres;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The statements on the leader's record, each of them a transaction of its own. */
final class LeaderRow {
    private final String readSql;
    private final String createSql;
    private final String replaceSql;

    LeaderRow(Tables tables) {
        String table = tables.name("leader");
        this.readSql = "SELECT epoch, renewal, holder, address, lease_millis, released FROM " + table;
        this.createSql = "INSERT INTO " + table + " (id, epoch, renewal, holder, address, lease_millis, released)"
                + " VALUES (1, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";
        this.replaceSql = "UPDATE " + table
                + " SET epoch = ?, renewal = ?, holder = ?, address = ?, lease_millis = ?, released = ?"
                + " WHERE id = 1 AND epoch = ? AND renewal = ? AND holder = ? AND address = ? AND lease_millis = ?"
                + " AND released = ?";
    }

    Optional<LeaderRecord> read(Connection connection) throws SQLException {
        return Sql.query(connection, readSql, LeaderRow::leader).stream().findFirst();
    }

    /** Returns whether the record was the expected one, and is replaced. */
    boolean replace(Connection connection, Optional<LeaderRecord> expected, LeaderRecord next) throws SQLException {
        Object[] values = values(next);
        if (expected.isEmpty()) {
            return Sql.update(connection, createSql, values) == 1;
        }
        Object[] all = new Object[2 * values.length];
        System.arraycopy(values, 0, all, 0, values.length);
        System.arraycopy(values(expected.get()), 0, all, values.length, values.length);
        return Sql.update(connection, replaceSql, all) == 1;
    }

    private static Object[] values(LeaderRecord leader) {
        return new Object[] {
            leader.epoch(),
            leader.renewal(),
            leader.holder(),
            leader.address(),
            leader.lease().toMillis(),
            leader.isReleased()
        };
    }

    private static LeaderRecord leader(ResultSet row) throws SQLException {
        try {
            return new LeaderRecord(
                    row.getLong(1),
                    row.getLong(2),
                    row.getString(3),
                    row.getString(4),
                    Duration.ofMillis(row.getLong(5)),
                    row.getBoolean(6));
        } catch (IllegalArgumentException e) {
            throw new TimestampException(
                    ErrorCode.BOUND_STORE_DAMAGED,
                    "leader's record in the bound store can't be right: " + e.getMessage(),
                    "Find out who has changed it; stop every server before it is repaired.",
                    e);
        }
    }
}
