package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.TableSelection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The schema of one keyspace as statements by name, from which it can be set up again, and the keyspace that is set up. Thread-safe.
 */
public final class CassandraSchema {
    /** The name of the statement that creates the keyspace itself. */
    static final String KEYSPACE = "10-keyspace";

    /** Emptying a table waits for every node to write what it holds. */
    private static final Duration TRUNCATE_TIMEOUT = Duration.ofMinutes(5);

    private static final Pattern REPLICATION =
            Pattern.compile("replication\\s*=\\s*\\{([^}]*)\\}", Pattern.CASE_INSENSITIVE);
    private static final Pattern OPTION = Pattern.compile("'([^']*)'\\s*:\\s*'?([^',}\\s]*)'?");

    private final CassandraSession session;
    private final Keyspace keyspace;

    /**
     * Creates access to a keyspace, whether or not it exists.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when Cassandra has no keyspaces of this name
     */
    public CassandraSchema(CassandraSession session, String keyspace) {
        this.session = session;
        this.keyspace = new Keyspace(session, keyspace);
    }

    /**
     * Narrows a saved schema to some tables with their indexes. Types and functions stay; views, whose data come from more than
     * their own files, do not.
     */
    public static TableSelection select(Map<String, String> saved, Predicate<TableName> isSelected) {
        return new TableSelection(
                SchemaTexts.select(saved, isSelected),
                SchemaTexts.tablesIn(saved)
                        .filter(isSelected)
                        .map(table -> table + "-")
                        .toList());
    }

    /** Returns the replication that a saved schema says: the class of the strategy and its options. */
    public static Map<String, String> replicationOf(Map<String, String> saved) {
        nameIn(saved);
        Map<String, String> options = new TreeMap<>();
        Matcher replication = REPLICATION.matcher(saved.get(KEYSPACE));
        if (replication.find()) {
            OPTION.matcher(replication.group(1))
                    .results()
                    .forEach(option -> options.put(option.group(1), option.group(2)));
        }
        return options;
    }

    /** Tells whether the keyspace exists. */
    public boolean exists() {
        return session.refreshedMetadata()
                .getKeyspace(CqlIdentifier.fromInternal(keyspace.name()))
                .isPresent();
    }

    /**
     * Returns the statements that create the keyspace, its types, tables with their ids, indexes, functions and views, by name.
     * Their order is that of the names.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when there is no such keyspace
     */
    public SortedMap<String, String> read() {
        return new SchemaTexts(session).of(metadata(session, keyspace.name()));
    }

    /**
     * Compares the keyspace with statements that were read from it, from another one or earlier. What the keyspace has and the
     * statements have not is no difference, and neither is replication, a table's id, or an option that one of the two versions of
     * Cassandra does not know.
     *
     * @return what is missing or different, one line each, ordered; empty when everything is there
     */
    public List<String> differences(Map<String, String> saved) {
        SortedMap<String, String> live = exists() ? read() : new TreeMap<>();
        String name = nameIn(saved);
        List<String> differences = new ArrayList<>();
        new TreeMap<>(saved).forEach((key, statement) -> {
            if (!key.equals(KEYSPACE)) {
                String expected = CqlText.renameKeyspace(statement, name, keyspace.name());
                differences.addAll(SchemaDifference.of(key, expected, live.get(key)));
            } else if (live.isEmpty()) {
                differences.add("keyspace '" + keyspace + "' is missing");
            }
        });
        return differences;
    }

    /**
     * Creates what is missing of what the statements describe, under the name of this keyspace. What exists is not changed.
     *
     * @param copiesPerDatacenter replication of the keyspace if it has to be created; empty for that of the statements
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when the cluster refuses a statement, for example because
     *     a table of another keyspace has the id; {@link ErrorCode#STORE_UNAVAILABLE} when not every node gets to know it
     */
    public void create(Map<String, String> saved, Map<String, Integer> copiesPerDatacenter, TableIds ids) {
        SortedMap<String, String> live = exists() ? read() : new TreeMap<>();
        String name = nameIn(saved);
        new TreeMap<>(saved).forEach((key, statement) -> {
            if (live.containsKey(key)) {
                return;
            }
            if (key.equals(KEYSPACE) && !copiesPerDatacenter.isEmpty()) {
                createKeyspace(copiesPerDatacenter);
                return;
            }
            String renamed = CqlText.renameKeyspace(statement, name, keyspace.name());
            String create = ids == TableIds.SAVED ? renamed : SchemaTexts.withIdByName(renamed, keyspace.name(), key);
            SchemaTexts.idIn(create).ifPresent(id -> requireUnused(key, id));
            session.change("create '" + key + "' of keyspace '" + keyspace + "'", create);
        });
    }

    private void requireUnused(String key, UUID id) {
        session.refreshedMetadata().getKeyspaces().values().forEach(other -> other.getTables()
                .values()
                .forEach(table -> {
                    if (table.getId().equals(Optional.of(id))) {
                        throw new KeyValueStoreException(
                                ErrorCode.STORE_UNSUPPORTED,
                                "can't create '" + key + "' of keyspace '" + keyspace + "': its id " + id
                                        + " is that of table '"
                                        + table.getName().asInternal() + "' of keyspace '"
                                        + other.getName().asInternal() + "'",
                                "Use another cluster, or give the tables the ids that come from their names.");
                    }
                }));
    }

    /**
     * Creates the keyspace unless it exists.
     *
     * @param copiesPerDatacenter at least one data center
     */
    public void createKeyspace(Map<String, Integer> copiesPerDatacenter) {
        String replication = copiesPerDatacenter.entrySet().stream()
                .map(entry -> "'" + entry.getKey() + "': " + entry.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
        session.change(
                "create keyspace '" + keyspace + "'",
                "CREATE KEYSPACE IF NOT EXISTS " + keyspace.quoted()
                        + " WITH replication = {'class': 'NetworkTopologyStrategy', " + replication + "}");
    }

    /**
     * Empties tables on all nodes, one after the other. Fails while a node is down; some of the tables may be empty then.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TABLE} when one of them does not exist,
     *     {@link ErrorCode#STORE_UNAVAILABLE}
     */
    public void truncate(Set<TableName> tables) {
        for (TableName table : tables) {
            session.execute(
                    keyspace.what("empty", table),
                    SimpleStatement.newInstance("TRUNCATE " + keyspace.quoted(table))
                            .setTimeout(TRUNCATE_TIMEOUT)
                            .setIdempotent(true));
        }
    }

    /** Returns the name of the keyspace that a schema was saved from. */
    public static String keyspaceOf(Map<String, String> saved) {
        return nameIn(saved);
    }

    private static String nameIn(Map<String, String> saved) {
        String statement = saved.get(KEYSPACE);
        if (statement == null) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "the saved schema has no '" + KEYSPACE + "' (expected: that of a Cassandra keyspace)",
                    "Restore a backup of a Cassandra store.");
        }
        return SchemaTexts.keyspaceName(statement);
    }

    /** Returns what the driver knows of a keyspace, read again. */
    static KeyspaceMetadata metadata(CassandraSession session, String keyspace) {
        return session.refreshedMetadata()
                .getKeyspace(CqlIdentifier.fromInternal(keyspace))
                .orElseThrow(() -> new KeyValueStoreException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "there is no keyspace '" + keyspace + "'",
                        "Correct the name of the keyspace, or restore the store from a backup."));
    }

    /** Which ids new tables have. */
    public enum TableIds {
        /** Those of the statements: the directories of the tables' files have the same names. */
        SAVED,
        /** Those that AtlasDB gives its tables, which come from the names of keyspace and table. */
        BY_NAME
    }
}
