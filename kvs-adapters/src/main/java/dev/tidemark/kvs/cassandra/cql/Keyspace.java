package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** One keyspace of a cluster: names, the level of its writes, statements over its tables. */
final class Keyspace {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_]{1,48}");
    private static final String PER_DATACENTER = "NetworkTopologyStrategy";

    private final CassandraSession session;
    private final String name;

    /**
     * Creates access to a keyspace, whether or not it exists.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when Cassandra has no such names
     */
    Keyspace(CassandraSession session, String name) {
        if (!ALLOWED.matcher(name).matches()) {
            throw new KeyValueStoreException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "keyspace name: '" + name + "' (expected: 1 to 48 of A-Z a-z 0-9 _)",
                    "Correct the name of the keyspace.");
        }
        this.session = session;
        this.name = name;
    }

    CassandraSession session() {
        return session;
    }

    String name() {
        return name;
    }

    /** Returns the name as it stands in statements. */
    String quoted() {
        return '"' + name + '"';
    }

    /**
     * Returns a table's name as it stands in statements.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_INPUT} when Cassandra has no such names
     */
    String quoted(TableName table) {
        if (!ALLOWED.matcher(table.name()).matches()) {
            throw new KeyValueStoreException(
                    ErrorCode.INVALID_INPUT,
                    "table name: '" + table + "' (expected: 1 to 48 of A-Z a-z 0-9 _, as Cassandra has it)",
                    "Choose another name for the table.");
        }
        return quoted() + ".\"" + table + '"';
    }

    /**
     * Prepares a statement over a table.
     *
     * @param verb what the statement does, for errors: {@code read from}, for example
     * @param cql the statement, with {@code %s} for the table
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TABLE} when there is no such table
     */
    PreparedStatement prepare(String verb, String cql, TableName table) {
        return session.prepare(what(verb, table), cql.formatted(quoted(table)));
    }

    /** Returns what is being done, for errors. */
    String what(String verb, TableName table) {
        return verb + " table '" + table + "' of keyspace '" + name + "'";
    }

    /**
     * Returns the level of writes: a quorum in every data center, where the keyspace is replicated by data center. With another
     * strategy the cluster knows a quorum of all replicas alone.
     */
    ConsistencyLevel writeLevel() {
        return session.metadata()
                .getKeyspace(CqlIdentifier.fromInternal(name))
                .map(metadata -> metadata.getReplication().get("class"))
                .filter(strategy -> !strategy.endsWith(PER_DATACENTER))
                .map(strategy -> ConsistencyLevel.QUORUM)
                .orElse(ConsistencyLevel.EACH_QUORUM);
    }

    /** Returns all tables, sorted by name. */
    Set<TableName> tables() {
        SimpleStatement statement = session.facts().isBefore3()
                ? SimpleStatement.newInstance(
                        "SELECT columnfamily_name FROM system.schema_columnfamilies WHERE keyspace_name = ?", name)
                : SimpleStatement.newInstance(
                        "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", name);
        Set<TableName> tables = new TreeSet<>();
        for (Row row : session.all("list the tables of keyspace '" + name + "'", statement)) {
            tables.add(TableName.of(row.getString(0)));
        }
        return tables;
    }

    @Override
    public String toString() {
        return name;
    }
}
