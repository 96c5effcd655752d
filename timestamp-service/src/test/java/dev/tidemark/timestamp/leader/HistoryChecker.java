package dev.tidemark.timestamp.leader;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks answers against what an oracle promises: a timestamp is greater than every one, and every target of a fast-forward, that was
 * answered before its request began; and none is answered twice. Thread-safe.
 */
public final class HistoryChecker {
    private final List<String> violations = new ArrayList<>();
    private final TreeMap<Long, Long> issued = new TreeMap<>();
    private final List<Long> floors = new ArrayList<>();
    private long greatestAnswered;
    private int answers;
    private int lastAnswered = -1;

    /** A request begins; returns its number. */
    public synchronized int begin() {
        floors.add(greatestAnswered);
        return floors.size() - 1;
    }

    /** A request was answered with so many timestamps from the first on. */
    public synchronized void answered(int request, long first, int count) {
        answers++;
        lastAnswered = Math.max(lastAnswered, request);
        if (first <= floors.get(request)) {
            violations.add("request " + request + " got " + first + " after " + floors.get(request) + " was answered");
        }
        Map.Entry<Long, Long> before = issued.floorEntry(first + count - 1);
        if (before != null && before.getValue() >= first) {
            violations.add("request " + request + " got " + first + ".." + (first + count - 1) + ", of which "
                    + before.getKey() + ".." + before.getValue() + " was issued before");
        }
        issued.put(first, first + count - 1);
        greatestAnswered = Math.max(greatestAnswered, first + count - 1);
    }

    /** A fast-forward was acknowledged. */
    public synchronized void fastForwarded(long target) {
        greatestAnswered = Math.max(greatestAnswered, target);
    }

    /** Returns the greatest timestamp that was answered or promised. */
    public synchronized long greatest() {
        return greatestAnswered;
    }

    /** Returns how many requests were answered. */
    public synchronized int answers() {
        return answers;
    }

    /** Returns the number that the next request will have. */
    public synchronized int begun() {
        return floors.size();
    }

    /** Returns the greatest number of a request that was answered; -1 when none was. */
    public synchronized int lastAnswered() {
        return lastAnswered;
    }

    /** Returns what was wrong so far. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }
}
