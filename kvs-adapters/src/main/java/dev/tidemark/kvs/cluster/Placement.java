package dev.tidemark.kvs.cluster;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.StoreNode;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which files a target node gets in a restore.
 *
 * @param target the node
 * @param sources names of the backed-up nodes whose files it gets, in order; empty for a node that begins with nothing
 * @param arePathsPrefixed whether the path of each staged file begins with the name of its source and a slash, which keeps files of
 *     several sources apart; a target with more than one source has prefixed paths
 */
public record Placement(NodeId target, List<String> sources, boolean arePathsPrefixed) {
    /** Copies the list. */
    public Placement {
        sources = List.copyOf(sources);
        if (sources.size() > 1 && !arePathsPrefixed) {
            throw new IllegalArgumentException("sources: " + sources + " without prefixed paths (expected: at most 1)");
        }
    }

    /**
     * Places every backed-up node's files on the node of the same name.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when there is none
     */
    static List<Placement> onTheSameNodes(List<NodeDescription> backedUp, List<StoreNode> targets) {
        TreeSet<NodeId> reachable = targets.stream().map(StoreNode::id).collect(Collectors.toCollection(TreeSet::new));
        TreeSet<NodeId> wanted =
                backedUp.stream().map(NodeDescription::id).collect(Collectors.toCollection(TreeSet::new));
        if (!reachable.containsAll(wanted)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "the store's nodes are " + reachable + " (expected: at least " + wanted + ")",
                    "Set up the nodes that the backup has.");
        }
        return backedUp.stream()
                .sorted((one, other) -> one.id().compareTo(other.id()))
                .map(node ->
                        new Placement(node.id(), node.isUp() ? List.of(node.id().id()) : List.of(), false))
                .toList();
    }
}
