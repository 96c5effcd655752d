package dev.tidemark.timestamp.postgres;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.migration.ForeignBound;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The upper limit that AtlasDB keeps in PostgreSQL: column {@code last_allocated} of the only row of {@code _timestamp}, before whose
 * name a prefix may stand, or of {@code pt_metropolis_ts}; in {@code pt_timelock_db_ts}, of the row of one client.
 *
 * <p>It is invalidated as AtlasDB does it: the column gets the name {@code legacy_last_allocated}, one statement that waits for whoever
 * is changing the table, and after which AtlasDB's statements fail. In a table of several clients that is so for all of them. Source:
 * {@code com.palantir.atlasdb.keyvalue.dbkvs.timestamp}. Used by one thread.
 */
public final class AtlasDbPostgresBound implements ForeignBound {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final String LIMIT = "last_allocated";
    private static final String INVALIDATED_LIMIT = "legacy_last_allocated";
    private static final String CLIENT = "client";
    private static final String COLUMNS = "SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?"
            + " AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped";

    private final PostgresServer server;
    private final Row row;
    private final String table;
    private final ConnectionPool connections;

    /**
     * Which row it is.
     *
     * @param schema of the table
     * @param table such as {@code _timestamp}
     * @param client whose row it is, in a table of several; empty in one with a single row
     */
    public record Row(String schema, String table, String client) {
        /**
         * Checks the names.
         *
         * @throws IllegalArgumentException when one is none that AtlasDB gives
         */
        public Row {
            for (String name : List.of(schema, table)) {
                if (!NAME.matcher(name).matches()) {
                    throw new IllegalArgumentException(
                            "table: '" + schema + "." + table + "' (expected: names of 1 to 63 of a-z 0-9 _)");
                }
            }
        }
    }

    private AtlasDbPostgresBound(PostgresServer server, Row row) {
        this.server = server;
        this.row = row;
        this.table = '"' + row.schema + "\".\"" + row.table + '"';
        this.connections = new ConnectionPool(
                server,
                () -> {
                    var connection = server.connect();
                    try {
                        Lineage.prepare(connection, server);
                        return connection;
                    } catch (SQLException | RuntimeException e) {
                        connection.close();
                        throw e;
                    }
                },
                1);
    }

    /** Opens it; connects when it is asked for something. */
    public static AtlasDbPostgresBound open(PostgresServer server, Row row) {
        return new AtlasDbPostgresBound(server, row);
    }

    @Override
    public String where() {
        return "table '" + row.schema + "." + row.table + "'"
                + (row.client.isEmpty() ? "" : ", client '" + row.client + "',") + " at '" + server.describe() + "'";
    }

    @Override
    public boolean isInvalidated() {
        return column().equals(INVALIDATED_LIMIT);
    }

    @Override
    public long read() {
        return read(column());
    }

    @Override
    public long invalidate() {
        if (!isInvalidated()) {
            read(); // what can't be taken over is left as it is
            connections.change(connection -> Sql.update(
                    connection, "ALTER TABLE " + table + " RENAME COLUMN " + LIMIT + " TO " + INVALIDATED_LIMIT));
        }
        if (!isInvalidated()) {
            throw damaged("its column is still called " + LIMIT);
        }
        return read(INVALIDATED_LIMIT);
    }

    @Override
    public List<String> alsoStopped() {
        if (row.client.isEmpty()) {
            return List.of();
        }
        return connections.read(connection -> Sql.query(
                connection,
                "SELECT " + CLIENT + " FROM " + table + " WHERE " + CLIENT + " <> ? ORDER BY 1",
                found -> "client '" + found.getString(1) + "'",
                row.client));
    }

    @Override
    public void close() {
        connections.close();
    }

    /** Returns the name of the column with the limit; it says whether that is invalidated. */
    private String column() {
        Set<String> columns = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        columns.addAll(connections.read(
                connection -> Sql.query(connection, COLUMNS, found -> found.getString(1), row.schema, row.table)));
        if (columns.isEmpty()) {
            throw missing("there is no such table");
        }
        if (columns.contains(CLIENT) == row.client.isEmpty()) {
            throw new TimestampException(
                    ErrorCode.INVALID_INPUT,
                    where() + " has "
                            + (row.client.isEmpty()
                                    ? "the rows of several clients, and none is named"
                                    : "no column '" + CLIENT + "'"),
                    row.client.isEmpty()
                            ? "Name the client."
                            : "Leave the client out, or correct the name of the table.");
        }
        boolean isValid = columns.contains(LIMIT);
        boolean isInvalidated = columns.contains(INVALIDATED_LIMIT);
        if (isValid == isInvalidated) {
            throw damaged("it has " + (isValid ? "both of" : "neither of") + " the columns " + LIMIT + " and "
                    + INVALIDATED_LIMIT);
        }
        return isValid ? LIMIT : INVALIDATED_LIMIT;
    }

    private long read(String column) {
        List<Long> limits = connections.read(connection -> {
            String sql = "SELECT " + column + " FROM " + table;
            return row.client.isEmpty()
                    ? Sql.query(connection, sql, found -> found.getObject(1, Long.class))
                    : Sql.query(
                            connection,
                            sql + " WHERE " + CLIENT + " = ?",
                            found -> found.getObject(1, Long.class),
                            row.client);
        });
        if (limits.isEmpty()) {
            throw missing("it has no such row, so AtlasDB has never issued a timestamp from it");
        }
        Long limit = limits.get(0);
        if (limits.size() > 1 || limit == null || limit < 0) {
            throw damaged("it has " + limits.size() + " rows, the first with " + limit
                    + " (expected: one, with a limit >= 0)");
        }
        return limit;
    }

    private TimestampException missing(String reason) {
        return new TimestampException(
                ErrorCode.UNKNOWN_TABLE,
                "no limit of AtlasDB in " + where() + ": " + reason,
                "Correct the table's prefix, its schema or the client; AtlasDB's configuration has them.");
    }

    private TimestampException damaged(String reason) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_DAMAGED,
                "limit of AtlasDB in " + where() + " can't be trusted: " + reason,
                "Find out which limit AtlasDB has used last, and leave that one alone in the table.");
    }
}
