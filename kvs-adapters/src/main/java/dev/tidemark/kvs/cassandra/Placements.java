package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cluster.Placement;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.node.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides which nodes of a cluster get which backed-up nodes' files.
 *
 * <p>On a ring with the same tokens each backed-up node is matched with one that holds the same token ranges, by its name where it
 * can be, and that one gets its files alone. On any other ring a node gets the files of every backed-up node that held a part of
 * what it holds: of R replicas some may lack a write that a quorum has, so all of them are needed. What lies outside of its ranges
 * is removed afterwards.
 */
final class Placements {
    private final Comparator<String> tokenOrder;

    /** Creates placements for a partitioner with this order of tokens, as the cluster writes them. */
    Placements(Comparator<String> tokenOrder) {
        this.tokenOrder = tokenOrder;
    }

    /**
     * Places the files.
     *
     * @param backedUp the nodes of the backup; those without a snapshot are not up and have no token ranges
     * @param targets token ranges of each node of the cluster, as {@code (start,end]}
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when a part of a target's ranges is in no backed-up node
     */
    List<Placement> of(List<NodeDescription> backedUp, SortedMap<NodeId, List<String>> targets) {
        return onTheSameRing(backedUp, targets).orElseGet(() -> onAnotherRing(backedUp, targets));
    }

    private Optional<List<Placement>> onTheSameRing(
            List<NodeDescription> backedUp, SortedMap<NodeId, List<String>> targets) {
        if (backedUp.size() != targets.size()) {
            return Optional.empty();
        }
        Map<NodeId, NodeDescription> sourceOf = new HashMap<>();
        Set<NodeId> left = new TreeSet<>(targets.keySet());
        List<NodeDescription> unmatched = new ArrayList<>();
        for (NodeDescription source : backedUp) {
            if (source.isUp() && left.contains(source.id()) && holdSame(source, targets.get(source.id()))) {
                sourceOf.put(source.id(), source);
                left.remove(source.id());
            } else if (source.isUp()) {
                unmatched.add(source);
            }
        }
        for (NodeDescription source : unmatched) {
            Optional<NodeId> match = left.stream()
                    .filter(target -> holdSame(source, targets.get(target)))
                    .findFirst();
            if (match.isEmpty()) {
                return Optional.empty();
            }
            sourceOf.put(match.get(), source);
            left.remove(match.get());
        }
        return Optional.of(targets.keySet().stream()
                .map(target -> new Placement(
                        target,
                        sourceOf.containsKey(target)
                                ? List.of(sourceOf.get(target).id().id())
                                : List.of(),
                        true))
                .toList());
    }

    private static boolean holdSame(NodeDescription source, List<String> ranges) {
        return Set.copyOf(source.tokenRanges()).equals(Set.copyOf(ranges));
    }

    private List<Placement> onAnotherRing(List<NodeDescription> backedUp, SortedMap<NodeId, List<String>> targets) {
        Map<NodeDescription, List<Interval>> sources = new TreeMap<>(Comparator.comparing(NodeDescription::id));
        backedUp.stream()
                .filter(NodeDescription::isUp)
                .forEach(source -> sources.put(source, intervals(source.tokenRanges())));
        List<Placement> placements = new ArrayList<>();
        targets.forEach((target, ranges) -> {
            List<Interval> own = intervals(ranges);
            List<String> chosen = new ArrayList<>();
            sources.forEach((source, intervals) -> {
                if (intervals.stream().anyMatch(one -> own.stream().anyMatch(other -> overlap(one, other)))) {
                    chosen.add(source.id().id());
                }
            });
            if (chosen.isEmpty()) {
                throw new KeyValueStoreException(
                        ErrorCode.STORE_UNSUPPORTED,
                        "no node of the backup held any token range of node '" + target + "'",
                        "Restore into a cluster with the partitioner of the backup.");
            }
            placements.add(new Placement(target, chosen, true));
        });
        return placements;
    }

    private List<Interval> intervals(List<String> ranges) {
        List<Interval> intervals = new ArrayList<>();
        for (String range : ranges) {
            int comma = range.indexOf(',');
            if (comma < 1 || !range.startsWith("(") || !range.endsWith("]")) {
                throw new KeyValueStoreException(
                        ErrorCode.STORE_UNSUPPORTED,
                        "token range '" + range + "' (expected: (start,end])",
                        "Restore a backup of a Cassandra cluster.");
            }
            String start = range.substring(1, comma);
            String end = range.substring(comma + 1, range.length() - 1);
            if (tokenOrder.compare(start, end) < 0) {
                intervals.add(new Interval(start, end));
            } else { // goes on behind the end of the ring at its beginning
                intervals.add(new Interval(start, null));
                intervals.add(new Interval(null, end));
            }
        }
        return intervals;
    }

    private boolean overlap(Interval one, Interval other) {
        return isBelow(one.start, other.end) && isBelow(other.start, one.end);
    }

    private boolean isBelow(String start, String end) {
        return start == null || end == null || tokenOrder.compare(start, end) < 0;
    }

    /** The tokens above start up to end; null is the end of the ring. */
    private record Interval(String start, String end) {}
}
