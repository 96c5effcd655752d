package dev.tidemark.coordinator.restore;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a restore will do, worked out without changing anything.
 *
 * @param namespace name of the namespace
 * @param backupId id of the backup
 * @param backupTimestamp timestamp of the backup's cut
 * @param targetTimestamp every commit above it will be aborted; at most the backup timestamp
 * @param immutableTimestamp lower end of the start timestamps that are scanned for such commits
 * @param earliestReadableTimestamp reads of the restored stores below it may miss versions
 * @param timeAtBackupTimestamp wall-clock time when the backup timestamp was fetched
 * @param fastForwardTarget the oracle will issue only timestamps greater than this one
 * @param fastForwardInputs where the target comes from: value by name; the target is the greatest
 * @param nodes what each node gets
 * @param steps names of the steps in order
 * @param existingData what becomes of data in the targets
 * @param isDegraded whether the backup lacks replicas, so that every table is repaired
 * @param tables the tables that are restored, without those that the stores need themselves; empty for all
 * @param expectedAborts what is known of the commits that will be aborted, as a sentence
 * @param notes how the target was found, and what could not be taken into account, one sentence each; empty in the normal
 *     case
 */
public record RestorePlan(
        String namespace,
        String backupId,
        long backupTimestamp,
        long targetTimestamp,
        long immutableTimestamp,
        long earliestReadableTimestamp,
        Instant timeAtBackupTimestamp,
        long fastForwardTarget,
        Map<String, Long> fastForwardInputs,
        List<NodePlan> nodes,
        List<String> steps,
        boolean isDegraded,
        ExistingData existingData,
        List<String> tables,
        String expectedAborts,
        List<String> notes) {
    /** Copies the collections. */
    public RestorePlan {
        fastForwardInputs = Collections.unmodifiableMap(new TreeMap<>(fastForwardInputs));
        nodes = List.copyOf(nodes);
        steps = List.copyOf(steps);
        tables = tables == null ? List.of() : List.copyOf(tables); // a journal from before there was a choice
        notes = List.copyOf(notes);
    }

    TableChoice tableChoice() {
        return new TableChoice(tables);
    }

    /** Returns the number of files of all nodes. */
    public long files() {
        return nodes.stream().mapToLong(NodePlan::files).sum();
    }

    /** Returns the number of bytes of all nodes. */
    public long bytes() {
        return nodes.stream().mapToLong(NodePlan::bytes).sum();
    }

    /**
     * What one node of one store gets.
     *
     * @param store name of the store
     * @param node name of the node
     * @param sources names of the backed-up nodes whose files it gets; empty for a node that gets its data by the repair
     * @param arePathsPrefixed whether the files of each source go below a directory of its name
     * @param files number of files of all sources
     * @param bytes their bytes
     */
    public record NodePlan(
            String store, String node, List<String> sources, boolean arePathsPrefixed, long files, long bytes) {
        /** Copies the list. */
        public NodePlan {
            sources = List.copyOf(sources);
        }

        /** Returns the node as {@code store/node}. */
        public String name() {
            return store + "/" + node;
        }
    }
}
