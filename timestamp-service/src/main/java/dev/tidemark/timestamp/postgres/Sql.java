package dev.tidemark.timestamp.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Sends statements. */
final class Sql {
    private static final String OUTCOME_UNKNOWN = "08007";

    private Sql() {}

    /** Makes something of a row. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * Sends a change.
     *
     * @return how many rows it has changed
     * @throws SQLException also when the server has warned: a commit that was cancelled while it waited for its standbys is
     *     acknowledged like any other, but for a warning
     */
    static int update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            int count = statement.executeUpdate();
            SQLWarning warning = statement.getWarnings();
            if (warning != null) {
                throw new SQLException(
                        "acknowledged with a warning: " + warning.getMessage(), OUTCOME_UNKNOWN, warning);
            }
            return count;
        }
    }

    static <T> List<T> query(Connection connection, String sql, RowReader<T> reader, Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(reader.read(rows));
                }
                return read;
            }
        }
    }

    /** Runs statements of which no outcome is wanted. */
    static void execute(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }
}
