package dev.tidemark.coordinator.history;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a history is about.
 *
 * @param namespace the namespace that was recorded
 * @param stores its stores by name, 1..{@value #MAX_STORES}, each once
 * @param from the history has every transaction that wrote and started at or above it, &gt;= 1; what is older than that is not
 *     known. 1 is a history from the beginning
 */
public record HistoryHeader(String namespace, List<String> stores, long from) {
    /** Largest number of stores. */
    public static final int MAX_STORES = 1_000;

    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,200}");

    /**
     * Copies the list and checks the parts.
     *
     * @throws IllegalArgumentException when a name is empty, too long or has control characters, when a store is named twice or
     *     none is, and when the timestamp is below 1
     */
    public HistoryHeader {
        stores = List.copyOf(stores);
        requireName("namespace", namespace);
        stores.forEach(store -> requireName("store", store));
        if (stores.isEmpty() || stores.size() > MAX_STORES || new HashSet<>(stores).size() < stores.size()) {
            throw new IllegalArgumentException("stores: " + stores + " (expected: 1 to " + MAX_STORES + ", each once)");
        }
        if (from < 1) {
            throw new IllegalArgumentException("from: " + from + " (expected: at least 1)");
        }
    }

    /** Returns the header of a history from the beginning. */
    public static HistoryHeader complete(String namespace, List<String> stores) {
        return new HistoryHeader(namespace, stores, 1);
    }

    private static void requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(what + ": '" + name + "' (expected: 1 to 200 printable characters)");
        }
    }
}
