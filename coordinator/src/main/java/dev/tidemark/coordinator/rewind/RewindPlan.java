package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.archive.manifest.StoreBackup.SchemaFrom;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a rewind will do, worked out without changing anything.
 *
 * @param namespace name of the namespace
 * @param targetTimestamp every commit above it will be aborted
 * @param firstStart lower end, inclusive, of the start timestamps that are scanned for such commits
 * @param earliestTimestamp the lowest timestamp that garbage collection has not passed, of all stores
 * @param expectedAborts commits above the target timestamp at the moment of planning
 * @param fastForwardTarget the oracle will issue only timestamps greater than this one, and than any that it issues meanwhile
 * @param fastForwardInputs where the target comes from: value by name; the target is the greatest
 * @param nodes nodes that keep a safety copy, as {@code store/node}
 * @param transactionsSchemas those of a backup whose files others have put back; empty for a moment of the live stores
 * @param transactionsSchemasBound the last start timestamp for which they were decided; 0 when there are none
 * @param isEveryTableRepaired whether every table is repaired, or the internal ones alone
 * @param notes how the target was found, one sentence each; empty when the request names it
 * @param steps names of the steps in order
 */
public record RewindPlan(
        String namespace,
        long targetTimestamp,
        long firstStart,
        long earliestTimestamp,
        long expectedAborts,
        long fastForwardTarget,
        Map<String, Long> fastForwardInputs,
        List<String> nodes,
        List<SchemaFrom> transactionsSchemas,
        long transactionsSchemasBound,
        boolean isEveryTableRepaired,
        List<String> notes,
        List<String> steps) {
    /** Copies the collections. */
    public RewindPlan {
        fastForwardInputs = Collections.unmodifiableMap(new TreeMap<>(fastForwardInputs));
        nodes = List.copyOf(nodes);
        transactionsSchemas = List.copyOf(transactionsSchemas);
        notes = List.copyOf(notes);
        steps = List.copyOf(steps);
    }

    /** Tells whether others have put the files of a backup into the stores. */
    boolean isExternal() {
        return !transactionsSchemas.isEmpty();
    }
}
