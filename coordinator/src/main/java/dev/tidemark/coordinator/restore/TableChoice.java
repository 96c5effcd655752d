package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.TableSelection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which tables of a backup are restored.
 *
 * @param tables their names; empty for all
 */
record TableChoice(List<String> tables) {
    private static final int MAX_NAMED = 20;

    TableChoice {
        tables = List.copyOf(tables);
    }

    /**
     * Checks that each table is in some store of the backup.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_TABLE}
     */
    void requireKnown(Manifest manifest) {
        Set<String> known = manifest.stores().stream()
                .flatMap(store -> store.tables().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        for (String table : tables) {
            if (!known.contains(table)) {
                throw new CoordinatorException(
                        ErrorCode.UNKNOWN_TABLE,
                        "backup '" + manifest.backupId() + "' has no table '" + table + "' (expected: one of "
                                + named(known) + ")",
                        "Correct the name, or choose a backup that has the table.");
            }
        }
    }

    private static String named(Set<String> known) {
        String names = known.stream()
                .filter(name -> !name.startsWith("_")) // those are always restored
                .limit(MAX_NAMED)
                .collect(Collectors.joining(", "));
        return known.size() > MAX_NAMED ? names + ", ..." : names;
    }

    /** Returns what a store gets. One that has none of the tables gets those that it needs itself. */
    TableSelection of(StoreBackup store, StoreConnector connector) {
        if (tables.isEmpty()) {
            return TableSelection.all(store.schema());
        }
        return connector.select(
                store.schema(),
                tables.stream()
                        .filter(store.tables()::contains)
                        .map(TableName::of)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }
}
