package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.cassandra.agent.ChangeMark.Scope;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an agent remembers.
 *
 * @param nodeId name of the node; empty until it was asked for the first time
 * @param hostId the node's id in its cluster; empty until it was asked for the first time
 * @param epoch the greatest epoch that was seen; 0 for none
 * @param completed id of the restore that ended last; empty for none
 * @param changes the change that has not ended: one or none
 * @param safetyCopies what each safety copy is good for, by name
 * @param unwanted Cassandra's tags of snapshots that are to be removed
 * @param loads how many times loading has begun; makes the names of its directories differ
 */
record NodeRecord(
        String nodeId,
        String hostId,
        long epoch,
        String completed,
        List<Change> changes,
        SortedMap<String, Scope> safetyCopies,
        SortedSet<String> unwanted,
        long loads) {
    static final NodeRecord NEW =
            new NodeRecord("", "", 0, "", List.of(), Collections.emptySortedMap(), Collections.emptySortedSet(), 0);

    /** Copies the collections. */
    NodeRecord {
        changes = List.copyOf(changes);
        safetyCopies = Collections.unmodifiableSortedMap(new TreeMap<>(safetyCopies));
        unwanted = Collections.unmodifiableSortedSet(new TreeSet<>(unwanted));
    }

    Optional<Change> change() {
        return changes.stream().findFirst();
    }

    NodeRecord withIdentity(String newNodeId, String newHostId) {
        return new NodeRecord(newNodeId, newHostId, epoch, completed, changes, safetyCopies, unwanted, loads);
    }

    NodeRecord withEpoch(long newEpoch) {
        return new NodeRecord(nodeId, hostId, newEpoch, completed, changes, safetyCopies, unwanted, loads);
    }

    NodeRecord withCompleted(String restore) {
        return new NodeRecord(nodeId, hostId, epoch, restore, changes, safetyCopies, unwanted, loads);
    }

    NodeRecord with(Change change) {
        return new NodeRecord(nodeId, hostId, epoch, completed, List.of(change), safetyCopies, unwanted, loads);
    }

    NodeRecord withoutChange() {
        return new NodeRecord(nodeId, hostId, epoch, completed, List.of(), safetyCopies, unwanted, loads);
    }

    NodeRecord withSafetyCopy(String name, Scope scope) {
        SortedMap<String, Scope> more = new TreeMap<>(safetyCopies);
        more.put(name, scope);
        return new NodeRecord(nodeId, hostId, epoch, completed, changes, more, unwanted, loads);
    }

    /** Returns the record without a safety copy, whose snapshot is to be removed; the same when there is none. */
    NodeRecord withoutSafetyCopy(String name) {
        if (!safetyCopies.containsKey(name)) {
            return this;
        }
        SortedMap<String, Scope> less = new TreeMap<>(safetyCopies);
        less.remove(name);
        return new NodeRecord(nodeId, hostId, epoch, completed, changes, less, unwanted, loads)
                .withUnwanted(Tags.safetyCopy(name));
    }

    NodeRecord withUnwanted(String tag) {
        SortedSet<String> more = new TreeSet<>(unwanted);
        more.add(tag);
        return new NodeRecord(nodeId, hostId, epoch, completed, changes, safetyCopies, more, loads);
    }

    NodeRecord withoutUnwanted(String tag) {
        SortedSet<String> less = new TreeSet<>(unwanted);
        less.remove(tag);
        return new NodeRecord(nodeId, hostId, epoch, completed, changes, safetyCopies, less, loads);
    }

    NodeRecord withAnotherLoad() {
        return new NodeRecord(nodeId, hostId, epoch, completed, changes, safetyCopies, unwanted, loads + 1);
    }
}
