package dev.tidemark.cli.bench.timestamp;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Asks a PostgreSQL server for the next value of a sequence that is made for it, each caller over a connection of its own. */
final class PostgresCallers implements AutoCloseable {
    private static final String SEQUENCE = "tidemark_bench";

    private final List<Connection> connections = new ArrayList<>();
    private final List<PreparedStatement> statements = new ArrayList<>();

    private PostgresCallers() {}

    /**
     * Connects.
     *
     * @throws CliException {@link ErrorCode#INVALID_INPUT} when the server can't be reached or has the sequence already
     */
    static PostgresCallers connect(String url, int callers) {
        PostgresCallers opened = new PostgresCallers();
        try {
            for (int i = 0; i < callers; i++) {
                Connection connection = DriverManager.getConnection(url);
                opened.connections.add(connection);
                if (i == 0) {
                    opened.execute("CREATE SEQUENCE " + SEQUENCE);
                }
                opened.statements.add(connection.prepareStatement("SELECT nextval('" + SEQUENCE + "')"));
            }
            return opened;
        } catch (SQLException e) {
            opened.disconnect();
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "the PostgreSQL server can't be used: " + e.getMessage(),
                    "Check --postgres; drop the sequence '" + SEQUENCE + "' if an interrupted benchmark has left it.",
                    e);
        }
    }

    /** Fetches the next value. */
    long fetch(int caller) {
        try (ResultSet result = statements.get(caller).executeQuery()) {
            if (!result.next()) {
                throw new IllegalStateException("nextval: no row (expected: 1)");
            }
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            execute("DROP SEQUENCE " + SEQUENCE);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            disconnect();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connections.get(0).createStatement()) {
            statement.execute(sql);
        }
    }

    private void disconnect() {
        for (Connection connection : connections) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
