package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.STORE_UNSUPPORTED;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.cassandra.cql.Ring.Member;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RingTest {
    private static final Replication TWO_ANYWHERE = new Replication(new TreeMap<>(), 2);

    @Test
    void ranges_oneNode_isTheWholeRing() {
        assertThat(ranges(new Replication(new TreeMap<>(), 1), member(1, "dc", "r", "5")))
                .isEqualTo(Map.of(1L, List.of("(5,5]")));
    }

    @Test
    void ranges_anywhere_areOnTheNextNodesOfTheRing() {
        assertThat(ranges(
                        TWO_ANYWHERE,
                        member(1, "dc", "r", "10", "40"),
                        member(2, "dc", "r", "20"),
                        member(3, "other", "r", "30")))
                .isEqualTo(Map.of(
                        1L, List.of("(40,10]", "(20,30]", "(30,40]"),
                        2L, List.of("(40,10]", "(10,20]", "(30,40]"),
                        3L, List.of("(10,20]", "(20,30]")));
    }

    /** The next node of the ring is passed over while there is a rack without a copy. */
    @Test
    void ranges_byDatacenter_areOnDifferentRacks() {
        assertThat(ranges(
                        perDatacenter(Map.of("dc", 2)),
                        member(1, "dc", "a", "10"),
                        member(2, "dc", "a", "20"),
                        member(3, "dc", "b", "30"),
                        member(4, "elsewhere", "a", "15")))
                .isEqualTo(Map.of(
                        1L, List.of("(30,10]", "(20,30]"),
                        2L, List.of("(10,15]", "(15,20]"),
                        3L, List.of("(30,10]", "(10,15]", "(15,20]", "(20,30]")));
    }

    @Test
    void ranges_moreCopiesThanRacks_takeNodesOfRacksThatHaveOne() {
        Map<Long, List<String>> ranges = ranges(
                perDatacenter(Map.of("dc", 3)),
                member(1, "dc", "a", "10"),
                member(2, "dc", "a", "20"),
                member(3, "dc", "a", "30"),
                member(4, "dc", "b", "40"));

        assertThat(ranges.get(4L)).containsExactly("(40,10]", "(10,20]", "(20,30]", "(30,40]");
        assertThat(ranges.get(1L)).containsExactly("(40,10]", "(20,30]", "(30,40]");
        assertThat(ranges.get(2L)).containsExactly("(40,10]", "(10,20]", "(30,40]");
        assertThat(ranges.get(3L)).containsExactly("(10,20]", "(20,30]");
    }

    @Test
    void ranges_severalDatacenters_haveTheirCopiesEach() {
        Map<Long, List<String>> ranges = ranges(
                perDatacenter(Map.of("one", 1, "two", 2)),
                member(1, "one", "r", "-10"),
                member(2, "one", "r", "10"),
                member(3, "two", "r", "-9"),
                member(4, "two", "r", "11"));

        assertThat(ranges.get(1L)).containsExactly("(11,-10]", "(10,11]");
        assertThat(ranges.get(2L)).containsExactly("(-10,-9]", "(-9,10]");
        assertThat(ranges.get(3L)).hasSize(4).isEqualTo(ranges.get(4L));
    }

    @Test
    void ranges_moreCopiesThanNodes_areRefused() {
        assertFails(STORE_UNSUPPORTED, () -> ranges(TWO_ANYWHERE, member(1, "dc", "r", "5")));
        assertFails(
                STORE_UNSUPPORTED,
                () -> ranges(
                        perDatacenter(Map.of("dc", 1, "elsewhere", 1)),
                        member(1, "dc", "r", "5"),
                        member(2, "dc", "r", "6")));
    }

    @Test
    void replication_anyOptions_giveFactorAndQuorum() {
        Replication perDatacenter = Replication.of(
                "k",
                Map.of(
                        "class",
                        "org.apache.cassandra.locator.NetworkTopologyStrategy",
                        "one",
                        "3",
                        "two",
                        "2",
                        "x",
                        "0"));
        Replication anywhere = Replication.of("k", Map.of("class", "SimpleStrategy", "replication_factor", "4"));

        assertThat(perDatacenter.perDatacenter()).isEqualTo(Map.of("one", 3, "two", 2));
        assertThat(perDatacenter.factor()).isEqualTo(5);
        assertThat(perDatacenter.writeQuorum()).isEqualTo(4);
        assertThat(anywhere.factor()).isEqualTo(4);
        assertThat(anywhere.writeQuorum()).isEqualTo(3);
        for (Map<String, String> options : List.of(
                Map.of("class", "LocalStrategy"),
                Map.of("class", "NetworkTopologyStrategy"),
                Map.of("class", "NetworkTopologyStrategy", "one", "3/1"),
                Map.of("class", "SimpleStrategy"),
                Map.<String, String>of())) {
            assertFails(STORE_UNSUPPORTED, () -> Replication.of("k", options));
        }
    }

    private static Replication perDatacenter(Map<String, Integer> factors) {
        return new Replication(new TreeMap<>(factors), 0);
    }

    private static Map<Long, List<String>> ranges(Replication replication, Member... members) {
        return new Ring(List.of(members), Partitioner.MURMUR3.tokenOrder())
                .ranges(replication).entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> entry.getKey().getLeastSignificantBits(), Map.Entry::getValue));
    }

    private static Member member(long id, String datacenter, String rack, String... tokens) {
        return new Member(new UUID(0, id), datacenter, rack, List.of(tokens));
    }
}
