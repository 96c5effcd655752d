package dev.tidemark.coordinator.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StoreOrderTest {
    @Test
    void waves_nothingSaid_areOne() {
        assertThat(StoreOrder.NONE.waves(Set.of("b", "a"))).containsExactly(new TreeSet<>(Set.of("a", "b")));
    }

    @Test
    void ordered_afterOthers_comesBehindThem() {
        StoreOrder order = StoreOrder.of(Map.of("a", List.of("c"), "b", List.of(), "c", List.of("b"), "d", List.of()));

        assertThat(order.waves(Set.of("a", "b", "c", "d")).stream().map(List::copyOf))
                .containsExactly(List.of("b", "d"), List.of("c"), List.of("a"));
        assertThat(order.ordered(Map.of("a", 1, "b", 2, "c", 3, "d", 4)).keySet())
                .containsExactly("b", "d", "c", "a");
    }

    @Test
    void of_cycle_isRefusedWithItsStores() {
        assertThatThrownBy(() -> StoreOrder.of(Map.of("a", List.of("b"), "b", List.of("a"), "c", List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[a, b] come after each other");
        assertThatThrownBy(() -> StoreOrder.of(Map.of("a", List.of("a")))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_unknownStore_isRefusedWithThoseThatAreThere() {
        assertThatThrownBy(() -> StoreOrder.of(Map.of("a", List.of("z"), "b", List.of())))
                .hasMessageContaining("after 'z' (expected: one of [a, b])");
    }
}
