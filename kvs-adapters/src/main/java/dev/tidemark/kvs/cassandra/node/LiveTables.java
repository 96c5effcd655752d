package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Scope;
import dev.tidemark.kvs.cassandra.node.DataDirectories.TableDirectory;
import dev.tidemark.kvs.cassandra.node.jmx.NodeJmx;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The tables that the keyspace has at present: which, where, and whether there is anything in them. */
final class LiveTables {
    private static final Set<String> TRANSACTIONS = Set.of("_transactions", "_transactions2");

    private final String keyspace;
    private final NodeJmx jmx;
    private final DataDirectories data;

    LiveTables(String keyspace, NodeJmx jmx, DataDirectories data) {
        this.keyspace = keyspace;
        this.jmx = jmx;
        this.data = data;
    }

    static boolean isIn(Scope scope, String table) {
        return scope == Scope.ALL_TABLES || TRANSACTIONS.contains(table);
    }

    /** Returns the tables that there are of those that a change concerns. */
    SortedSet<String> in(Scope scope) {
        SortedSet<String> tables = jmx.tables(keyspace);
        tables.removeIf(table -> !isIn(scope, table));
        return tables;
    }

    /** Returns those of the tables in which the node holds something, if only deletions. */
    SortedSet<String> filled(Scope scope) {
        SortedSet<String> tables = in(scope);
        tables.removeIf(table -> jmx.content(keyspace, table).isEmpty());
        return tables;
    }

    /** Refuses when the node holds anything of what a change concerns. */
    void requireEmpty(Scope scope) {
        SortedSet<String> filled = filled(scope);
        if (!filled.isEmpty()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_NOT_EMPTY,
                    "the node holds data in tables " + filled + " of keyspace '" + keyspace + "' (expected: none)",
                    "Stop whatever writes to the keyspace, or restore into another one.");
        }
    }

    /**
     * Returns the directories of a table's data, at least one.
     *
     * @param probe tag of a snapshot that is taken and removed where nothing else tells the directory of the table from that of one
     *     which had the same name before
     */
    List<TableDirectory> directories(String table, String probe) throws IOException {
        SortedSet<String> names = jmx.directoryNames(keyspace, table);
        if (names.isEmpty()) {
            names = namesOnDisk(table);
        }
        if (names.size() > 1) {
            names = probed(table, probe);
        }
        List<TableDirectory> directories =
                names.stream().flatMap(name -> data.named(name).stream()).toList();
        if (directories.isEmpty()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "table '" + table + "' of keyspace '" + keyspace + "' has no directory in " + data,
                    "List all data directories of this node, and no other's, in the agent's configuration.");
        }
        return directories;
    }

    private SortedSet<String> namesOnDisk(String table) throws IOException {
        SortedSet<String> names = new TreeSet<>();
        for (TableDirectory directory : data.tables()) {
            if (directory.table().equals(table)) {
                names.add(directory.name());
            }
        }
        return names;
    }

    private SortedSet<String> probed(String table, String probe) throws IOException {
        jmx.takeSnapshot(keyspace, probe);
        try {
            SortedSet<String> names = new TreeSet<>();
            for (TableDirectory directory : data.withSnapshot(probe)) {
                if (directory.table().equals(table)) {
                    names.add(directory.name());
                }
            }
            return names;
        } finally {
            jmx.clearSnapshot(keyspace, probe);
        }
    }
}
