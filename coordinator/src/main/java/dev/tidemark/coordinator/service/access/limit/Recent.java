package dev.tidemark.coordinator.service.access.limit;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was last heard of somebody; of more than {@link #MAX_ENTRIES}, those that were not heard of for longest are forgotten. */
final class Recent<V> extends LinkedHashMap<String, V> {
    static final int MAX_ENTRIES = 10_000;

    private static final long serialVersionUID = 1L;

    Recent() {
        super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MAX_ENTRIES;
    }
}
