package dev.tidemark.timestamp.postgres;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Which history a PostgreSQL server is on.
 *
 * @param systemIdentifier drawn when the cluster was initialized; its copies and standbys have the same
 * @param timeline one higher each time that a standby was promoted or a recovery from a backup has ended
 */
record Lineage(long systemIdentifier, long timeline) {
    private static final String STATE = "SELECT pg_is_in_recovery(), current_setting('fsync'),"
            + " current_setting('synchronous_commit'), (SELECT system_identifier FROM pg_control_system()),"
            // the first eight digits of a segment's name are its timeline
            + " CASE WHEN pg_is_in_recovery() THEN '0' ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END";
    private static final String SETUP = "SELECT set_config('synchronous_commit', ?, false),"
            + " set_config('statement_timeout', ?, false), set_config('default_transaction_isolation', 'read committed', false),"
            + " set_config('default_transaction_read_only', 'off', false)";

    /**
     * Prepares a new connection, so that what is acknowledged on it is durable, and returns the history that the server is on.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_CONFIGURATION} when the server acknowledges what is not durable,
     *     {@link ErrorCode#ORACLE_UNAVAILABLE} when it is a standby
     */
    static Lineage prepare(Connection connection, PostgresServer server) throws SQLException {
        State state = Sql.query(
                        connection,
                        STATE,
                        row -> new State(
                                row.getBoolean(1),
                                row.getString(2),
                                row.getString(3),
                                new Lineage(row.getLong(4), Long.parseLong(row.getString(5), 16))))
                .get(0);
        if (state.isStandby) {
            throw PostgresErrors.unavailable(
                    "bound store at '" + server.describe() + "' is a standby (expected: the primary)",
                    "Connect to the primary.",
                    null);
        }
        if (state.fsync.equals("off")) {
            throw notDurable(server, "fsync");
        }
        if (state.synchronousCommit.equals("off")) {
            throw notDurable(server, "synchronous_commit");
        }
        String commit = state.synchronousCommit.equals("remote_apply") ? "remote_apply" : "on";
        String statementTimeout = server.statementMillis() + "ms";
        List<String> set = Sql.query(connection, SETUP, row -> row.getString(1), commit, statementTimeout);
        if (!set.equals(List.of(commit))) {
            throw notDurable(server, "synchronous_commit");
        }
        return state.lineage;
    }

    private static TimestampException notDurable(PostgresServer server, String setting) {
        return new TimestampException(
                ErrorCode.INVALID_CONFIGURATION,
                "bound store at '" + server.describe() + "' has " + setting
                        + " off (expected: on), so a crash of the server" + " would lose what it has acknowledged",
                "Set " + setting + " to on at the server, for this role and for this database.");
    }

    private record State(boolean isStandby, String fsync, String synchronousCommit, Lineage lineage) {}
}
