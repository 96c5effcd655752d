package dev.tidemark.coordinator.namespace;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * In which order the stores of a namespace are worked on: snapshots of a store are begun when those of all stores before it are there,
 * and each step of a restore comes to it after them. Stores of which nothing is said are worked on side by side, or by name. Immutable.
 */
public final class StoreOrder {
    /** Says nothing of any store. */
    public static final StoreOrder NONE = new StoreOrder(Map.of());

    private final Map<String, List<String>> after;

    private StoreOrder(Map<String, List<String>> after) {
        this.after = after;
    }

    /**
     * Creates an order.
     *
     * @param after of each store, which others come before it
     * @throws IllegalArgumentException when one names a store that is not there, or comes after itself, by others or at once
     */
    public static StoreOrder of(Map<String, List<String>> after) {
        after.forEach((store, others) -> others.forEach(other -> {
            if (!after.containsKey(other)) {
                throw new IllegalArgumentException("store '" + store + "' is to come after '" + other
                        + "' (expected: one of " + new TreeSet<>(after.keySet()) + ")");
            }
        }));
        StoreOrder order = new StoreOrder(new TreeMap<>(after));
        order.waves(after.keySet());
        return order;
    }

    /**
     * Returns the stores in groups: all of a group can be worked on at a time, those of the next one when all of it are done.
     *
     * @param stores those that are there; of others nothing is said
     */
    public List<SortedSet<String>> waves(Collection<String> stores) {
        List<SortedSet<String>> waves = new ArrayList<>();
        SortedSet<String> left = new TreeSet<>(stores);
        while (!left.isEmpty()) {
            SortedSet<String> wave = new TreeSet<>();
            for (String store : left) {
                if (after.getOrDefault(store, List.of()).stream().noneMatch(left::contains)) {
                    wave.add(store);
                }
            }
            if (wave.isEmpty()) {
                throw new IllegalArgumentException(
                        "the stores " + left + " come after each other (expected: an order with a beginning)");
            }
            left.removeAll(wave);
            waves.add(wave);
        }
        return waves;
    }

    /** Returns the same entries in this order. */
    public <T> Map<String, T> ordered(Map<String, T> byStore) {
        Map<String, T> ordered = new LinkedHashMap<>();
        waves(byStore.keySet()).forEach(wave -> wave.forEach(store -> ordered.put(store, byStore.get(store))));
        return ordered;
    }
}
