package dev.tidemark.kvs.cluster;

import java.util.List;
import java.util.Map;

/**
 * What a restore brings back of everything that a backup has of a store.
 *
 * @param schema the part of the backup's schema that it creates, text by name
 * @param pathPrefixes a file of a node belongs to it when its path begins with one of them
 */
public record TableSelection(Map<String, String> schema, List<String> pathPrefixes) {
    /** Copies the collections. */
    public TableSelection {
        schema = Map.copyOf(schema);
        pathPrefixes = List.copyOf(pathPrefixes);
    }

    /** Returns all that there is. */
    public static TableSelection all(Map<String, String> schema) {
        return new TableSelection(schema, List.of(""));
    }
}
