package dev.tidemark.coordinator.simulation;

import java.util.Map;
import java.util.TreeMap;

/** Counts what has happened over many seeds, so that a simulation that does nothing can't pass. */
final class Coverage {
    private final Map<String, Long> counts = new TreeMap<>();

    void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    long of(String what) {
        return counts.getOrDefault(what, 0L);
    }

    Map<String, Long> counts() {
        return counts;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        counts.forEach((what, count) -> text.append(String.format("%9d  %s%n", count, what)));
        return text.toString();
    }
}
