package dev.tidemark.timestamp.postgres;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of a bound store in a schema of their own; docs/configuration.rst has them to the column. They are created together, in a
 * schema that has none of them. Where some are missing, something was lost: they are never created again.
 */
final class Tables {
    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final Set<String> TABLES =
            Set.of("installation", "namespaces", "leader", "time_index", "time_index_end");
    private static final int FORMAT = 1;

    /** Of the lock under which tables are created; the name of this program in ASCII. */
    private static final long CREATION_LOCK = 0x7469_6465_6d61_726bL;

    private static final String PERSISTENCE = "SELECT c.relname, c.relpersistence FROM pg_class c"
            + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relkind IN ('r', 'p')";

    private final String schema;
    private final PostgresServer server;

    /**
     * Checks the name of the schema.
     *
     * @throws IllegalArgumentException when it is none
     */
    Tables(String schema, PostgresServer server) {
        this.schema = schema;
        this.server = server;
        checkSchema(schema);
    }

    static void checkSchema(String schema) {
        if (!NAME.matcher(schema).matches()) {
            throw new IllegalArgumentException(
                    "schema: '" + schema + "' (expected: 1 to 63 of a-z 0-9 _, not beginning with a digit)");
        }
    }

    /** Returns a table's name as it stands in a statement. */
    String name(String table) {
        return '"' + schema + "\"." + table;
    }

    /** Creates the tables if there is none of them, and checks that they are whole. */
    void createOrCheck(Connection connection, Lineage lineage) throws SQLException {
        Map<String, String> found = persistence(connection);
        if (found.isEmpty()) {
            create(connection, lineage);
            found = persistence(connection);
        }
        if (!found.keySet().equals(TABLES)) {
            SortedSet<String> missing = new TreeSet<>(TABLES);
            missing.removeAll(found.keySet());
            throw new TimestampException(
                    ErrorCode.BOUND_STORE_DAMAGED,
                    "schema '" + schema + "' of the bound store at '" + server.describe() + "' lacks the tables "
                            + String.join(", ", missing) + ", which were there together with "
                            + String.join(", ", found.keySet()),
                    "Find out who has dropped them; restore them, and fast-forward each namespace, before the oracle is started"
                            + " again.");
        }
        found.forEach((table, persistence) -> {
            if (!persistence.equals("p")) {
                throw new TimestampException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "table '" + table + "' of the bound store at '" + server.describe()
                                + "' is emptied by a crash of the server",
                        "Create the tables as the documentation says, without UNLOGGED.");
            }
        });
    }

    private Map<String, String> persistence(Connection connection) throws SQLException {
        return new TreeMap<>(
                Sql.query(connection, PERSISTENCE, row -> Map.entry(row.getString(1), row.getString(2)), schema)
                        .stream()
                        .filter(entry -> TABLES.contains(entry.getKey()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private void create(Connection connection, Lineage lineage) throws SQLException {
        connection.setAutoCommit(false);
        try {
            // Two servers that start at the same moment: the second one waits here, and then finds the tables.
            Sql.execute(connection, List.of("SELECT pg_advisory_xact_lock(" + CREATION_LOCK + ")"));
            if (persistence(connection).isEmpty()) {
                Sql.execute(connection, statements());
                Sql.update(
                        connection,
                        "INSERT INTO " + name("installation")
                                + " (id, format, system_identifier, timeline) VALUES (1, ?, ?, ?)",
                        FORMAT,
                        lineage.systemIdentifier(),
                        lineage.timeline());
                LOG.info("tables of the bound store created in schema '{}' of '{}'", schema, server.describe());
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private List<String> statements() {
        return List.of(
                "CREATE SCHEMA IF NOT EXISTS \"" + schema + '"',
                "CREATE TABLE " + name("installation")
                        + " (id smallint PRIMARY KEY CHECK (id = 1), format integer NOT NULL,"
                        + " system_identifier bigint NOT NULL, timeline bigint NOT NULL)",
                "CREATE TABLE " + name("namespaces") + " (namespace text COLLATE \"C\" PRIMARY KEY,"
                        + " epoch bigint NOT NULL CHECK (epoch >= 0), bound bigint NOT NULL CHECK (bound >= 0),"
                        + " fence_id text NOT NULL)",
                "CREATE TABLE " + name("leader")
                        + " (id smallint PRIMARY KEY CHECK (id = 1), epoch bigint NOT NULL, renewal bigint NOT NULL,"
                        + " holder text NOT NULL, address text NOT NULL, lease_millis bigint NOT NULL, released boolean NOT NULL)",
                "CREATE TABLE " + name("time_index")
                        + " (namespace text COLLATE \"C\" REFERENCES " + name("namespaces") + ", ts bigint,"
                        + " seconds bigint NOT NULL, nanos integer NOT NULL, PRIMARY KEY (namespace, ts))",
                "CREATE TABLE " + name("time_index_end")
                        + " (namespace text COLLATE \"C\" PRIMARY KEY REFERENCES " + name("namespaces")
                        + ", ts bigint NOT NULL, seconds bigint NOT NULL, nanos integer NOT NULL)");
    }

    /** Returns the history in which the bounds were written. */
    Lineage recorded(Connection connection) throws SQLException {
        List<Installation> rows = Sql.query(
                connection,
                "SELECT format, system_identifier, timeline FROM " + name("installation"),
                row -> new Installation(row.getInt(1), new Lineage(row.getLong(2), row.getLong(3))));
        if (rows.size() != 1) {
            throw new TimestampException(
                    ErrorCode.BOUND_STORE_DAMAGED,
                    "table " + name("installation") + " of the bound store at '" + server.describe() + "' has "
                            + rows.size() + " rows (expected: 1)",
                    "Find out who has changed it; compare the namespaces with their clients' timestamps before it is repaired.");
        }
        if (rows.get(0).format != FORMAT) {
            throw new TimestampException(
                    ErrorCode.UNKNOWN_FORMAT_VERSION,
                    "bound store at '" + server.describe() + "' has format " + rows.get(0).format + " (expected: "
                            + FORMAT + ")",
                    "Use the version of Tidemark that has written it, or a newer one.");
        }
        return rows.get(0).lineage;
    }

    /** Notes another timeline; does nothing when somebody else just did. */
    void recordTimeline(Connection connection, Lineage recorded, long timeline) throws SQLException {
        Sql.update(
                connection,
                "UPDATE " + name("installation") + " SET timeline = ? WHERE id = 1 AND timeline = ?",
                timeline,
                recorded.timeline());
    }

    private record Installation(int format, Lineage lineage) {}
}
