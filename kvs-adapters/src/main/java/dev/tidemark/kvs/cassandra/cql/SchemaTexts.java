package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.RelationMetadata;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.ListType;
import com.datastax.oss.driver.api.core.type.MapType;
import com.datastax.oss.driver.api.core.type.SetType;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import dev.tidemark.kvs.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The statements that create a keyspace, by names in whose order they can be executed: the keyspace, types (those that are part of
 * others before these), tables, their indexes, functions, aggregates, views. The driver writes them; ids of tables and some
 * options of tables that it does not know are added.
 */
final class SchemaTexts {
    private static final String WITH = "\n) WITH ";
    private static final String TABLE = "30-table-";
    private static final String INDEX = "40-index-";
    private static final String VIEW = "60-view-";
    private static final Pattern ID = Pattern.compile("\\bID = '?([0-9a-f-]{36})'?");
    private static final Pattern NAME = Pattern.compile("CREATE KEYSPACE (?:\"([^\"]+)\"|([A-Za-z0-9_]+)) ");
    /** Columns of the table of tables that newer versions have, and how their values are written. */
    private static final Map<String, String> NEWER_OPTIONS =
            new TreeMap<>(Map.of("allow_auto_snapshot", "%s", "incremental_backups", "%s", "memtable", "'%s'"));

    private final CassandraSession session;

    SchemaTexts(CassandraSession session) {
        this.session = session;
    }

    SortedMap<String, String> of(KeyspaceMetadata keyspace) {
        SortedMap<String, String> texts = new TreeMap<>();
        texts.put(CassandraSchema.KEYSPACE, keyspace.describe(true));
        Map<CqlIdentifier, UserDefinedType> types = keyspace.getUserDefinedTypes();
        types.forEach((name, type) ->
                texts.put("20-type-%02d-%s".formatted(depth(type, types), name(name)), type.describe(true)));
        Map<String, List<String>> newerOptions = newerOptions(keyspace.getName());
        keyspace.getTables().forEach((name, table) -> {
            texts.put(
                    TABLE + name(name),
                    withOptions(table, table.describe(true), newerOptions.getOrDefault(name(name), List.of())));
            table.getIndexes()
                    .forEach((indexName, index) ->
                            texts.put(INDEX + name(name) + "-" + name(indexName), index.describe(true)));
        });
        keyspace.getFunctions()
                .forEach((signature, function) ->
                        texts.put("50-function-" + signature.toString(), function.describe(true)));
        keyspace.getAggregates()
                .forEach((signature, aggregate) ->
                        texts.put("51-aggregate-" + signature.toString(), aggregate.describe(true)));
        keyspace.getViews()
                .forEach((name, view) ->
                        texts.put(VIEW + name(name), withOptions(view, view.describe(true), List.of())));
        return texts;
    }

    /** Returns the tables that the statements create. */
    static Stream<TableName> tablesIn(Map<String, String> texts) {
        return new TreeSet<>(texts.keySet())
                .stream().filter(key -> key.startsWith(TABLE)).map(key -> TableName.of(key.substring(TABLE.length())));
    }

    /** Returns the statements without those of other tables, and without views. */
    static SortedMap<String, String> select(Map<String, String> texts, Predicate<TableName> isSelected) {
        SortedMap<String, String> selected = new TreeMap<>(texts);
        selected.keySet().removeIf(key -> key.startsWith(VIEW));
        tablesIn(texts).filter(isSelected.negate()).forEach(table -> selected.keySet()
                .removeIf(key -> key.equals(TABLE + table) || key.startsWith(INDEX + table + "-")));
        return selected;
    }

    /** Returns the name in the statement that creates a keyspace. */
    static String keyspaceName(String statement) {
        Matcher name = NAME.matcher(statement);
        if (!name.find()) {
            throw new IllegalStateException("statement: '" + statement + "' (expected: CREATE KEYSPACE)");
        }
        return name.group(1) != null ? name.group(1) : name.group(2);
    }

    /** Returns the statement with the id that AtlasDB gives the table, if it creates a table. */
    static String withIdByName(String statement, String keyspace, String key) {
        if (!key.startsWith(TABLE)) {
            return statement;
        }
        UUID id = TableLayout.idOf(keyspace, TableName.of(key.substring(TABLE.length())));
        return statement.replace(idIn(statement).orElseThrow().toString(), id.toString());
    }

    /** Returns the id of the table that the statement creates. */
    static Optional<UUID> idIn(String statement) {
        Matcher id = ID.matcher(statement);
        return id.find() ? Optional.of(UUID.fromString(id.group(1))) : Optional.empty();
    }

    /** Returns the statement without an id. */
    static String withoutId(String statement) {
        return ID.matcher(statement).replaceFirst("ID = ?");
    }

    private String withOptions(RelationMetadata relation, String statement, List<String> newerOptions) {
        List<String> options = new ArrayList<>(newerOptions);
        relation.getId()
                .ifPresent(id -> options.add(0, "ID = " + (session.facts().isBefore3() ? "'" + id + "'" : id)));
        int with = statement.indexOf(WITH);
        if (options.isEmpty() || with < 0) {
            return statement;
        }
        return statement.substring(0, with + WITH.length()) + String.join("\n    AND ", options) + "\n    AND "
                + statement.substring(with + WITH.length());
    }

    private Map<String, List<String>> newerOptions(CqlIdentifier keyspace) {
        Map<String, List<String>> options = new HashMap<>();
        if (session.facts().isBefore4()) {
            return options;
        }
        for (Row row : session.all(
                "read the tables of keyspace '" + keyspace.asInternal() + "'",
                SimpleStatement.newInstance(
                        "SELECT * FROM system_schema.tables WHERE keyspace_name = ?", keyspace.asInternal()))) {
            List<String> ofTable = new ArrayList<>();
            NEWER_OPTIONS.forEach((name, format) -> {
                if (row.getColumnDefinitions().contains(name)
                        && !row.isNull(name)
                        && !row.getObject(name).toString().isEmpty()) {
                    ofTable.add(name + " = " + format.formatted(row.getObject(name)));
                }
            });
            options.put(row.getString("table_name"), ofTable);
        }
        return options;
    }

    /** Returns how deep the types are that the type is made of. */
    private static int depth(UserDefinedType type, Map<CqlIdentifier, UserDefinedType> types) {
        return type.getFieldTypes().stream()
                .flatMap(field -> typesIn(field).stream())
                .map(types::get)
                .filter(Objects::nonNull)
                .mapToInt(part -> 1 + depth(part, types))
                .max()
                .orElse(0);
    }

    private static List<CqlIdentifier> typesIn(DataType type) {
        List<CqlIdentifier> found = new ArrayList<>();
        if (type instanceof UserDefinedType userDefined) {
            found.add(userDefined.getName());
        } else if (type instanceof ListType list) {
            found.addAll(typesIn(list.getElementType()));
        } else if (type instanceof SetType set) {
            found.addAll(typesIn(set.getElementType()));
        } else if (type instanceof MapType map) {
            found.addAll(typesIn(map.getKeyType()));
            found.addAll(typesIn(map.getValueType()));
        } else if (type instanceof TupleType tuple) {
            tuple.getComponentTypes().forEach(component -> found.addAll(typesIn(component)));
        }
        return found;
    }

    private static String name(CqlIdentifier identifier) {
        return identifier.asInternal();
    }
}
