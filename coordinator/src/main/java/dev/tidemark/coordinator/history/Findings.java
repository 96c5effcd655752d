package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.Finding.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Counts findings and keeps the first of them. Not thread-safe. */
final class Findings {
    private final int maxKept;
    private final TreeSet<Finding> first = new TreeSet<>();
    private final Map<Kind, Long> totals = new EnumMap<>(Kind.class);

    Findings(int maxKept) {
        this.maxKept = maxKept;
    }

    void add(Finding finding) {
        totals.merge(finding.kind(), 1L, Long::sum);
        first.add(finding);
        if (first.size() > maxKept) {
            first.pollLast();
        }
    }

    List<Finding> first() {
        return List.copyOf(first);
    }

    Map<Kind, Long> totals() {
        return totals;
    }
}
