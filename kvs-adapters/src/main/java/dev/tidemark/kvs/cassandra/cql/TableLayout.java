package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * How AtlasDB lays its tables out in Cassandra. Every table has the same four columns: the row as the partition key, the column
 * and the complement of the version timestamp as the clustering key, so that the newest version comes first, and the value.
 * The id of a table is the version 3 UUID of its name, so that the directories of its files have the same names in every cluster.
 */
final class TableLayout {
    /** Seconds for which a deletion is remembered after it: AtlasDB deletes at ALL only. */
    static final int GC_GRACE_SECONDS = 3600;

    private static final String TRANSACTIONS2 = "_transactions2";

    private TableLayout() {}

    /** Returns the id of a table. */
    static UUID idOf(String keyspace, TableName table) {
        return UUID.nameUUIDFromBytes((keyspace + "." + table).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the statement that creates a table unless it exists. */
    static String createTable(Keyspace keyspace, TableName table, TableStorage storage) {
        boolean isBefore3 = keyspace.session().facts().isBefore3();
        boolean isTickets = table.name().equals(TRANSACTIONS2);
        List<String> options = new ArrayList<>();
        if (storage == TableStorage.COMPACT) {
            options.add("COMPACT STORAGE");
        }
        options.add("CLUSTERING ORDER BY (column1 ASC, column2 ASC)");
        String id = idOf(keyspace.name(), table).toString();
        options.add("ID = " + (isBefore3 ? "'" + id + "'" : id));
        options.add("gc_grace_seconds = " + GC_GRACE_SECONDS);
        options.add("bloom_filter_fp_chance = " + (isTickets ? "0.0001" : "0.1"));
        options.add("min_index_interval = " + (isTickets ? 1 : 128));
        options.add("max_index_interval = " + (isTickets ? 1 : 2048));
        options.add("compaction = {'class': 'org.apache.cassandra.db.compaction.LeveledCompactionStrategy'}");
        options.add("compression = {'%s': 'org.apache.cassandra.io.compress.LZ4Compressor', '%s': '%d'}"
                .formatted(
                        isBefore3 ? "sstable_compression" : "class",
                        isBefore3 ? "chunk_length_kb" : "chunk_length_in_kb",
                        isTickets ? 64 : 4));
        options.add("speculative_retry = 'NONE'");
        if (isBefore3) {
            options.add("dclocal_read_repair_chance = 0.0");
        }
        return "CREATE TABLE IF NOT EXISTS " + keyspace.quoted(table)
                + " (key blob, column1 blob, column2 bigint, value blob, PRIMARY KEY (key, column1, column2)) WITH "
                + String.join(" AND ", options);
    }
}
