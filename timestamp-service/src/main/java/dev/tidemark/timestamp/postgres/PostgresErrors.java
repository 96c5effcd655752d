package dev.tidemark.timestamp.postgres;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.sql.SQLException;
import java.util.Set;

/** What errors of PostgreSQL mean for an oracle. Source of the codes: appendix A of PostgreSQL's documentation. */
final class PostgresErrors {
    private static final String DISK_FULL = "53100";
    private static final String NO_TABLE = "42P01";
    private static final String NO_SCHEMA = "3F000";
    private static final String NO_COLUMN = "42703";
    private static final String NO_PRIVILEGE = "42501";
    private static final String READ_ONLY = "25006";
    private static final Set<String> CORRUPTED = Set.of("XX001", "XX002");

    private PostgresErrors() {}

    /** Translates what a statement has thrown; its outcome is taken as unknown, unless the server or a person has to be mended. */
    static TimestampException translate(PostgresServer server, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String message = "bound store at '" + server.describe() + "': " + text(e);
        if (state.equals(DISK_FULL)) {
            return new TimestampException(
                    ErrorCode.DISK_FULL, message, "Free space on the disk of the PostgreSQL server.", e);
        }
        if (isGone(e) || CORRUPTED.contains(state)) {
            return new TimestampException(
                    ErrorCode.BOUND_STORE_DAMAGED,
                    message,
                    "Find out who has changed the tables; restore them, and fast-forward each namespace, before the oracle is"
                            + " started again.",
                    e);
        }
        if (state.startsWith("28")) {
            return unavailable(message, "Correct user and password of the bound store.", e);
        }
        if (state.equals(NO_PRIVILEGE)) {
            return unavailable(
                    message, "Grant the role of the bound store what its page in the documentation lists.", e);
        }
        if (state.equals(READ_ONLY)) {
            return unavailable(message, "Connect to the primary.", e);
        }
        return unavailable(message, "Send the request again; if this goes on, look after the PostgreSQL server.", e);
    }

    /** Tells whether a table or a column that was asked for does not exist. */
    static boolean isGone(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.equals(NO_TABLE) || state.equals(NO_SCHEMA) || state.equals(NO_COLUMN);
    }

    /** Tells whether a connection can't be used any more, and others of the same time probably can't either. */
    static boolean isBroken(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P") || state.equals(READ_ONLY);
    }

    static TimestampException unavailable(String message, String hint, Throwable cause) {
        return new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, message, hint, cause);
    }

    private static String text(SQLException e) {
        String message = String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", "; ");
        return e.getSQLState() == null ? message : message + " (" + e.getSQLState() + ")";
    }
}
