package dev.tidemark.timestamp.cassandra;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The tables of the bounds, as {@code package-info} describes them. */
final class BoundTables {
    /** What stands between the parentheses when a table is created, by its name. */
    static final Map<String, String> COLUMNS = Map.of(
            "format",
            "id int, version int, serial text, PRIMARY KEY (id)",
            "namespaces",
            "store int, namespace text, PRIMARY KEY (store, namespace)",
            "bounds",
            "namespace text, epoch bigint, bound bigint, fence_id text, writer uuid, change bigint,"
                    + " PRIMARY KEY (namespace)",
            "leader",
            "id int, epoch bigint, renewal bigint, holder text, address text, lease_millis bigint,"
                    + " is_released boolean, PRIMARY KEY (id)",
            "time_index_days",
            "namespace text, day int, first_timestamp bigint, PRIMARY KEY (namespace, day)",
            "time_index",
            "namespace text, day int, timestamp bigint, second bigint, nano int,"
                    + " PRIMARY KEY ((namespace, day), timestamp)");

    /** What stands before the id, by the table's name. */
    static final Map<String, String> OPTIONS = Map.of("time_index_days", "CLUSTERING ORDER BY (day DESC) AND ");

    private BoundTables() {}

    /** Returns the types of the columns by their names. */
    static SortedMap<String, String> types(String columns) {
        SortedMap<String, String> types = new TreeMap<>();
        for (String column :
                columns.substring(0, columns.indexOf(", PRIMARY KEY")).split(", ", -1)) {
            String[] parts = column.strip().split(" ", 2);
            types.put(parts[0], parts[1]);
        }
        return types;
    }

    /** Returns columns as one text. */
    static String text(SortedMap<String, String> types) {
        return types.entrySet().stream()
                .map(column -> column.getKey() + " " + column.getValue())
                .collect(Collectors.joining(", "));
    }
}
