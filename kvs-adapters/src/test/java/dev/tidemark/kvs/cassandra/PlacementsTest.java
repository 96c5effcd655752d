package dev.tidemark.kvs.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cluster.Placement;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.node.NodeId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlacementsTest {
    private static final List<String> RING = List.of("(-10,0]", "(0,10]", "(10,-10]");

    private final Placements placements = new Placements(Comparator.comparingLong(Long::parseLong));

    @Test
    void of_sameNodesAndTokens_givesEachItsOwn() {
        assertThat(placements.of(List.of(up("a", RING), up("b", RING)), targets("a", RING, "b", RING)))
                .containsExactly(placement("a", "a"), placement("b", "b"));
    }

    @Test
    void of_sameTokensOnOtherNodes_givesOneToEach() {
        List<String> first = List.of("(-10,0]", "(10,-10]");
        List<String> second = List.of("(-10,0]", "(0,10]");

        assertThat(placements.of(List.of(up("a", first), up("b", second)), targets("x", second, "y", first)))
                .containsExactly(placement("x", "b"), placement("y", "a"));
    }

    @Test
    void of_oneNodeHasNoSnapshot_leavesItsPlaceEmpty() {
        assertThat(placements.of(
                        List.of(up("a", RING), new NodeDescription(new NodeId("b"), false, List.of()), up("c", RING)),
                        targets("a", RING, "b", RING, "c", RING)))
                .containsExactly(placement("a", "a"), placement("b"), placement("c", "c"));
    }

    @Test
    void of_otherTokens_givesEveryOverlap() {
        assertThat(placements.of(
                        List.of(up("a", List.of("(-10,0]")), up("b", List.of("(0,10]")), up("c", List.of("(10,-10]"))),
                        targets("x", List.of("(-5,5]"), "y", List.of("(5,-5]"))))
                .containsExactly(placement("x", "a", "b"), placement("y", "a", "b", "c"));
    }

    @Test
    void of_rangesThatOnlyTouch_doNotOverlap() {
        assertThat(placements.of(
                        List.of(up("a", List.of("(-10,0]")), up("b", List.of("(0,-10]"))),
                        targets("x", List.of("(0,5]"), "y", List.of("(5,-10]"), "z", List.of("(-10,0]"))))
                .containsExactly(placement("x", "b"), placement("y", "b"), placement("z", "a"));
    }

    @Test
    void of_fewerNodes_givesAllOfThemToEach() {
        assertThat(placements.of(
                        List.of(up("a", RING), up("b", RING), up("c", RING)),
                        targets("x", List.of("(3,4]", "(4,3]"), "y", List.of("(3,4]", "(4,3]"))))
                .containsExactly(placement("x", "a", "b", "c"), placement("y", "a", "b", "c"));
    }

    @Test
    void of_rangesOfAnotherStore_isRefused() {
        assertThatThrownBy(() -> placements.of(List.of(up("a", List.of("all"))), targets("x", RING)))
                .isInstanceOfSatisfying(
                        KeyValueStoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNSUPPORTED));
    }

    private static NodeDescription up(String name, List<String> ranges) {
        return new NodeDescription(new NodeId(name), true, ranges);
    }

    private static Placement placement(String target, String... sources) {
        return new Placement(new NodeId(target), List.of(sources), true);
    }

    private static SortedMap<NodeId, List<String>> targets(Object... namesAndRanges) {
        SortedMap<NodeId, List<String>> targets = new TreeMap<>();
        for (int i = 0; i < namesAndRanges.length; i += 2) {
            @SuppressWarnings("unchecked")
            List<String> ranges = (List<String>) namesAndRanges[i + 1];
            targets.put(new NodeId((String) namesAndRanges[i]), ranges);
        }
        assertThat(Map.copyOf(targets)).isNotEmpty();
        return targets;
    }
}
