package dev.tidemark.timestamp.postgres;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The statements on the states of namespaces, each of them a transaction of its own. */
final class NamespaceRows {
    private final String namesSql;
    private final String readSql;
    private final String createSql;
    private final String replaceSql;

    NamespaceRows(Tables tables) {
        String table = tables.name("namespaces");
        this.namesSql = "SELECT namespace FROM " + table;
        this.readSql = "SELECT epoch, bound, fence_id FROM " + table + " WHERE namespace = ?";
        // Both rows or none, and where the first exists nothing.
        this.createSql =
                "WITH created AS (INSERT INTO " + table + " (namespace, epoch, bound, fence_id) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (namespace) DO NOTHING RETURNING namespace) INSERT INTO "
                        + tables.name("time_index_end")
                        + " (namespace, ts, seconds, nanos) SELECT namespace, 0, 0, 0 FROM created";
        this.replaceSql = "UPDATE " + table + " SET epoch = ?, bound = ?, fence_id = ?"
                + " WHERE namespace = ? AND epoch = ? AND bound = ? AND fence_id = ?";
    }

    List<String> names(Connection connection) throws SQLException {
        return Sql.query(connection, namesSql, row -> row.getString(1));
    }

    Optional<BoundState> read(Connection connection, String namespace) throws SQLException {
        return Sql.query(connection, readSql, row -> state(namespace, row), namespace).stream()
                .findFirst();
    }

    void create(Connection connection, String namespace, BoundState initial) throws SQLException {
        Sql.update(connection, createSql, namespace, initial.epoch(), initial.bound(), initial.fenceId());
    }

    /** Returns whether the state was the expected one, and is replaced. */
    boolean replace(Connection connection, String namespace, BoundState expected, BoundState next) throws SQLException {
        return Sql.update(
                        connection,
                        replaceSql,
                        next.epoch(),
                        next.bound(),
                        next.fenceId(),
                        namespace,
                        expected.epoch(),
                        expected.bound(),
                        expected.fenceId())
                == 1;
    }

    private static BoundState state(String namespace, ResultSet row) throws SQLException {
        try {
            return new BoundState(row.getLong(1), row.getLong(2), row.getString(3));
        } catch (IllegalArgumentException e) {
            throw new TimestampException(
                    ErrorCode.BOUND_STORE_DAMAGED,
                    "row of namespace '" + namespace + "' in the bound store can't be right: " + e.getMessage(),
                    "Find out who has changed it; raise the bound above every timestamp that its clients have.",
                    e);
        }
    }
}
