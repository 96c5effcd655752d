package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.Version;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.cql.CassandraSchema;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.TimestampException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The keyspace of the bounds: creates what is missing of it, and refuses one that can't be relied on.
 *
 * <p>Tables have ids that come from their names, as several servers may create them at the same moment: Cassandra would give each attempt
 * an id of its own, and nodes would disagree on which is the table.
 */
final class BoundSchema {
    private static final int VERSION = 1;

    /** Creating a table takes as long as the slowest node takes to write it down. */
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(30);

    private final CassandraSession session;
    private final CassandraBoundSettings settings;

    BoundSchema(CassandraSession session, CassandraBoundSettings settings) {
        this.session = session;
        this.settings = settings;
    }

    /**
     * Makes sure that keyspace and tables are there and as they must be.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_CONFIGURATION}
     */
    void prepare(Sleeper sleeper) {
        requireSerialReads();
        if (replication().isEmpty() || columns().size() < BoundTables.COLUMNS.size()) {
            try (CassandraSession changing =
                    CassandraSession.open(settings.cql().withRequestTimeout(CHANGE_TIMEOUT), sleeper)) {
                createMissing(changing);
            }
        }
        BoundReplication.require(settings, replication().orElseThrow(this::missing));
        requireColumns();
        requireNoTimeToLive();
    }

    /**
     * Agrees with all other servers on the version of the tables and on who agrees on changes.
     *
     * @throws TimestampException {@link ErrorCode#UNKNOWN_FORMAT_VERSION}, {@link ErrorCode#INVALID_CONFIGURATION}
     */
    void agreeOnFormat(BoundStatements statements) {
        String what = "agree on the format of keyspace '" + settings.keyspace() + "'";
        List<Row> rows = statements.plainly(what, "SELECT version, serial FROM %sformat WHERE id = 0");
        if (rows.isEmpty()) {
            ConditionalAnswer answer = statements.changeEverywhere(
                    what,
                    "INSERT INTO %sformat (id, version, serial) VALUES (0, ?, ?) IF NOT EXISTS",
                    VERSION,
                    settings.serialDatacenter());
            rows = answer.found().stream().toList();
        }
        for (Row row : rows) {
            requireFormat(row);
        }
    }

    private void requireFormat(Row row) {
        if (row.getInt("version") != VERSION) {
            throw new TimestampException(
                    ErrorCode.UNKNOWN_FORMAT_VERSION,
                    "the tables of keyspace '" + settings.keyspace() + "' have version " + row.getInt("version")
                            + " (expected: " + VERSION + ")",
                    "Run the version of Tidemark that has written them, or a later one that knows them.");
        }
        String serial = Optional.ofNullable(row.getString("serial")).orElse("");
        if (!serial.equals(settings.serialDatacenter())) {
            throw invalid(
                    "changes in keyspace '" + settings.keyspace() + "' are agreed on by the replicas of "
                            + describe(serial) + " (expected: of " + describe(settings.serialDatacenter())
                            + ", as this server is configured)",
                    "Configure all servers alike; those that ask different replicas would all be elected.");
        }
    }

    private static String describe(String serial) {
        return serial.isEmpty() ? "all data centers" : "data center '" + serial + "' alone";
    }

    /** Until these versions a serial read could miss what an earlier one had seen (CASSANDRA-12126). */
    private void requireSerialReads() {
        String release = session.execute(
                        "read the version of Cassandra",
                        SimpleStatement.newInstance("SELECT release_version FROM system.local"))
                .one()
                .getString(0);
        Version version = Version.parse(release);
        if (version != null
                && version.nextStable().compareTo(version.getMajor() < 4 ? Version.parse("3.11.10") : Version.V4_0_0)
                        < 0) {
            throw invalid(
                    "Cassandra has version " + release
                            + " (expected: 3.11.10 or later, whose serial reads can be relied on)",
                    "Upgrade Cassandra, or keep the bounds in another store.");
        }
    }

    private void createMissing(CassandraSession changing) {
        CassandraSchema schema = new CassandraSchema(changing, settings.keyspace());
        if (!schema.exists()) {
            if (settings.replication().isEmpty()) {
                throw missing();
            }
            // Before it is created: nobody should have to drop what this server has made.
            Map<String, String> options = new TreeMap<>(Map.of("class", BoundReplication.PER_DATACENTER));
            settings.replication().forEach((datacenter, copies) -> options.put(datacenter, copies.toString()));
            BoundReplication.require(settings, options);
            schema.createKeyspace(settings.replication());
        }
        BoundTables.COLUMNS.forEach((table, columns) -> changing.change(
                "create table '" + table + "' of keyspace '" + settings.keyspace() + "'",
                "CREATE TABLE IF NOT EXISTS \"" + settings.keyspace() + "\"." + table + " (" + columns + ") WITH "
                        + BoundTables.OPTIONS.getOrDefault(table, "") + "id = " + id(table)));
    }

    private UUID id(String table) {
        return UUID.nameUUIDFromBytes((settings.keyspace() + "." + table).getBytes(StandardCharsets.UTF_8));
    }

    private TimestampException missing() {
        return invalid(
                "there is no keyspace '" + settings.keyspace() + "'",
                "Create it with NetworkTopologyStrategy, or configure 'replication', with which the server creates it.");
    }

    private Optional<Map<String, String>> replication() {
        Row row = session.execute(
                        "read the replication of keyspace '" + settings.keyspace() + "'",
                        SimpleStatement.newInstance(
                                "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?",
                                settings.keyspace()))
                .one();
        return Optional.ofNullable(row).map(found -> found.getMap("replication", String.class, String.class));
    }

    /** Returns the columns of each of the tables that there are, as {@code name type, name type}, by name. */
    private SortedMap<String, String> columns() {
        SortedMap<String, SortedMap<String, String>> types = new TreeMap<>();
        for (Row row : session.execute(
                "read the tables of keyspace '" + settings.keyspace() + "'",
                SimpleStatement.newInstance(
                        "SELECT table_name, column_name, type FROM system_schema.columns WHERE keyspace_name = ?",
                        settings.keyspace()))) {
            types.computeIfAbsent(row.getString("table_name"), table -> new TreeMap<>())
                    .put(row.getString("column_name"), row.getString("type"));
        }
        types.keySet().retainAll(BoundTables.COLUMNS.keySet());
        SortedMap<String, String> texts = new TreeMap<>();
        types.forEach((table, columns) -> texts.put(table, BoundTables.text(columns)));
        return texts;
    }

    private void requireColumns() {
        SortedMap<String, String> found = columns();
        BoundTables.COLUMNS.forEach((table, columns) -> {
            String expected = BoundTables.text(BoundTables.types(columns));
            String actual = found.getOrDefault(table, "no such table");
            if (!actual.equals(expected)) {
                throw invalid(
                        "table '" + table + "' of keyspace '" + settings.keyspace() + "' has the columns " + actual
                                + " (expected: " + expected + ")",
                        "Give the oracle a keyspace of its own.");
            }
        });
    }

    private void requireNoTimeToLive() {
        for (Row row : session.execute(
                "read the tables of keyspace '" + settings.keyspace() + "'",
                SimpleStatement.newInstance(
                        "SELECT table_name, default_time_to_live FROM system_schema.tables WHERE keyspace_name = ?",
                        settings.keyspace()))) {
            if (row.getInt("default_time_to_live") != 0) {
                throw invalid(
                        "rows of table '" + row.getString("table_name") + "' of keyspace '" + settings.keyspace()
                                + "' vanish after " + row.getInt("default_time_to_live") + " s (expected: never)",
                        "Set the table's default_time_to_live to 0.");
            }
        }
    }

    private static TimestampException invalid(String message, String hint) {
        return new TimestampException(ErrorCode.INVALID_CONFIGURATION, message, hint);
    }
}
