package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Places copies on nodes as Cassandra does. All tokens of all nodes cut the ring into ranges; the copies of a range are on the
 * first nodes that are met from its upper end onwards: on any nodes, or in each data center on nodes of as many racks as there
 * are.
 */
final class Ring {
    private final List<Point> points = new ArrayList<>();
    private final Map<String, Set<UUID>> nodesByDatacenter = new HashMap<>();
    private final Map<String, Set<String>> racksByDatacenter = new HashMap<>();

    /**
     * Creates the ring.
     *
     * @param order of the tokens
     */
    Ring(List<Member> members, Comparator<String> order) {
        for (Member member : members) {
            member.tokens().forEach(token -> points.add(new Point(token, member)));
            nodesByDatacenter
                    .computeIfAbsent(member.datacenter(), name -> new HashSet<>())
                    .add(member.hostId());
            racksByDatacenter
                    .computeIfAbsent(member.datacenter(), name -> new HashSet<>())
                    .add(member.rack());
        }
        points.sort(Comparator.comparing(Point::token, order));
    }

    /**
     * Returns the ranges that each node has a copy of, in the order of the ring, as {@code (start,end]}.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when there are more copies than nodes
     */
    Map<UUID, List<String>> ranges(Replication replication) {
        requireEnoughNodes(replication);
        Map<UUID, List<String>> ranges = new HashMap<>();
        for (int i = 0; i < points.size(); i++) {
            String start = points.get((i + points.size() - 1) % points.size()).token();
            String range = "(" + start + "," + points.get(i).token() + "]";
            for (UUID node : replicas(i, replication)) {
                ranges.computeIfAbsent(node, id -> new ArrayList<>()).add(range);
            }
        }
        return ranges;
    }

    private Set<UUID> replicas(int first, Replication replication) {
        Set<UUID> replicas = new LinkedHashSet<>();
        if (replication.perDatacenter().isEmpty()) {
            for (int i = 0; i < points.size() && replicas.size() < replication.anywhere(); i++) {
                replicas.add(points.get((first + i) % points.size()).member().hostId());
            }
            return replicas;
        }
        replication
                .perDatacenter()
                .forEach((datacenter, factor) -> replicas.addAll(replicas(first, datacenter, factor)));
        return replicas;
    }

    private Set<UUID> replicas(int first, String datacenter, int factor) {
        int repeatsLeft = factor - racksByDatacenter.get(datacenter).size();
        Set<String> racks = new HashSet<>();
        Set<UUID> replicas = new LinkedHashSet<>();
        for (int i = 0; i < points.size() && replicas.size() < factor; i++) {
            Member member = points.get((first + i) % points.size()).member();
            if (!member.datacenter().equals(datacenter) || replicas.contains(member.hostId())) {
                continue;
            }
            boolean isNewRack = racks.add(member.rack());
            if (isNewRack || repeatsLeft > 0) {
                replicas.add(member.hostId());
                repeatsLeft -= isNewRack ? 0 : 1;
            }
        }
        return replicas;
    }

    private void requireEnoughNodes(Replication replication) {
        int all = nodesByDatacenter.values().stream().mapToInt(Set::size).sum();
        requireEnough("the cluster", all, replication.anywhere());
        replication
                .perDatacenter()
                .forEach((datacenter, factor) -> requireEnough(
                        "data center '" + datacenter + "'",
                        nodesByDatacenter.getOrDefault(datacenter, Set.of()).size(),
                        factor));
    }

    private static void requireEnough(String where, int nodes, int copies) {
        if (nodes < copies) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    where + " has " + nodes + " nodes (expected: at least " + copies + ", the copies of each row)",
                    "Add nodes, or lower the replication of the keyspace.");
        }
    }

    /** A node with its tokens, as the cluster writes them. */
    record Member(UUID hostId, String datacenter, String rack, List<String> tokens) {}

    private record Point(String token, Member member) {}
}
