package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.schema.IndexMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The schema of a keyspace as statements from which an empty cluster can be set up: the keyspace, its types, its tables with their
 * ids, its indexes. Each has a name whose order is the order in which they have to be executed. Thread-safe.
 */
public final class CassandraSchema {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String GC_GRACE = "gc_grace_seconds";

    private final CassandraSession session;
    private final Keyspace keyspace;

    /** Creates access to the schema of a keyspace, whether or not it exists. */
    public CassandraSchema(CassandraSession session, String keyspace) {
        this.session = session;
        this.keyspace = new Keyspace(session, keyspace);
    }

    /** Tells whether the keyspace is there; asks the cluster. */
    public boolean exists() {
        return metadata().isPresent();
    }

    /**
     * Reads the schema: statements by name.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when there is no such keyspace
     */
    public SortedMap<String, String> read() {
        KeyspaceMetadata metadata = metadata()
                .orElseThrow(() -> new KeyValueStoreException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "the cluster has no keyspace '" + keyspace + "'",
                        "Correct the name of the keyspace, or restore the store from a backup."));
        SortedMap<String, String> statements = new TreeMap<>();
        for (SchemaStatement statement : session.facts().canDescribe() ? described() : composed(metadata)) {
            statements.put(statement.key(), statement.text());
        }
        return statements;
    }

    /**
     * Returns how long the table that forgets deletions first remembers them.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when there is no such keyspace
     */
    public Duration shortestGcGrace() {
        return metadata().stream()
                .flatMap(metadata -> metadata.getTables().values().stream())
                .map(table -> table.getOptions().get(CqlIdentifier.fromInternal(GC_GRACE)))
                .filter(Number.class::isInstance)
                .mapToLong(seconds -> ((Number) seconds).longValue())
                .min()
                .stream()
                .mapToObj(Duration::ofSeconds)
                .findFirst()
                .orElse(Duration.ofDays(10));
    }

    /** Returns the replication that a schema says: the class of the strategy and its options. */
    public static Map<String, String> replicationOf(Map<String, String> schema) {
        return schema.values().stream()
                .map(SchemaStatement::replication)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new KeyValueStoreException(
                        ErrorCode.STORE_UNSUPPORTED,
                        "the backup's schema has no keyspace (expected: CREATE KEYSPACE)",
                        "Restore a backup of a Cassandra store."));
    }

    /**
     * Names what stands in the way of restoring a schema into the keyspace: tables and types that are there with other columns.
     * Replication and table options are not compared. Empty when nothing does, also when there is no keyspace.
     */
    public List<String> differences(Map<String, String> saved) {
        if (!exists()) {
            return List.of();
        }
        Map<String, String> live = structures(read());
        List<String> differences = new ArrayList<>();
        structures(saved).forEach((name, structure) -> {
            String other = live.get(name);
            if (other != null && !other.equals(structure)) {
                differences.add(name + " is '" + other + "' (expected: '" + structure + "')");
            }
        });
        return differences;
    }

    /**
     * Makes sure that a schema can be restored into the keyspace.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when {@link #differences} finds something
     */
    public void requireNoDifference(Map<String, String> saved) {
        List<String> differences = differences(saved);
        if (!differences.isEmpty()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "keyspace '" + keyspace + "' has another schema than the backup: " + String.join("; ", differences),
                    "Drop what differs, or restore into another keyspace; nothing was changed.");
        }
    }

    /**
     * Creates what is missing, in this keyspace whatever the name of the one that was backed up. Tables get the ids that they had if
     * the name is the same.
     *
     * @param replication overrides the replication of the backup; empty to keep it
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when {@link #differences} finds something, or the cluster
     *     refuses a statement
     */
    public void create(Map<String, String> saved, Map<String, String> replication) {
        requireNoDifference(saved);
        for (Map.Entry<String, String> entry : new TreeMap<>(saved).entrySet()) {
            SchemaStatement statement = SchemaStatement.parse(entry.getKey(), entry.getValue());
            String text = statement.forKeyspace(
                    keyspace.name(), replication, session.facts().isBefore3());
            ResultSet result = session.execute(
                    "create " + entry.getKey() + " in keyspace '" + keyspace + "'",
                    SimpleStatement.newInstance(text).setTimeout(TIMEOUT));
            if (!result.getExecutionInfo().isSchemaInAgreement()) {
                throw new KeyValueStoreException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "not every node has " + entry.getKey() + " of keyspace '" + keyspace + "'",
                        "Check that all nodes are up, then run 'tidemark resume'.");
            }
        }
    }

    private static Map<String, String> structures(Map<String, String> schema) {
        Map<String, String> structures = new TreeMap<>();
        schema.forEach((key, text) -> {
            SchemaStatement statement = SchemaStatement.parse(key, text);
            statement.structure().ifPresent(structure -> structures.put(statement.name(), structure));
        });
        return structures;
    }

    private Optional<KeyspaceMetadata> metadata() {
        return session.refreshedMetadata().getKeyspace(CqlIdentifier.fromInternal(keyspace.name()));
    }

    /** From version 4 the cluster writes the statements itself, in the right order. */
    private List<SchemaStatement> described() {
        List<SchemaStatement> statements = new ArrayList<>();
        String query = "DESCRIBE KEYSPACE " + keyspace.quoted() + " WITH INTERNALS";
        for (Row row : session.execute(
                "describe keyspace '" + keyspace + "'",
                SimpleStatement.newInstance(query).setTimeout(TIMEOUT))) {
            statements.add(SchemaStatement.of(
                    statements.size(),
                    row.getString("type"),
                    row.getString("name"),
                    keyspace.name(),
                    row.getString("create_statement")));
        }
        return statements;
    }

    /** Before, the driver writes them; it leaves the tables' ids out. */
    private List<SchemaStatement> composed(KeyspaceMetadata metadata) {
        List<SchemaStatement> statements = new ArrayList<>();
        statements.add(SchemaStatement.of(0, "keyspace", keyspace.name(), keyspace.name(), metadata.describe(false)));
        for (UserDefinedType type : metadata.getUserDefinedTypes().values()) {
            statements.add(SchemaStatement.of(
                    statements.size(), "type", type.getName().asInternal(), keyspace.name(), type.describe(false)));
        }
        for (TableMetadata table : metadata.getTables().values()) {
            String text = table.describe(false);
            String id = table.getId().map(known -> "ID = '" + known + "' AND ").orElse("");
            statements.add(SchemaStatement.of(
                    statements.size(),
                    "table",
                    table.getName().asInternal(),
                    keyspace.name(),
                    text.replaceFirst("\\) WITH ", ") WITH " + id)));
        }
        for (TableMetadata table : metadata.getTables().values()) {
            for (IndexMetadata index : table.getIndexes().values()) {
                statements.add(SchemaStatement.of(
                        statements.size(),
                        "index",
                        index.getName().asInternal(),
                        keyspace.name(),
                        index.describe(false)));
            }
        }
        return statements;
    }
}
