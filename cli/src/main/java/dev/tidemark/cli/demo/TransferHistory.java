package dev.tidemark.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the clients were told of their transfers: which were acknowledged, with which commit timestamp, and of which the outcome
 * is not known. Thread-safe.
 */
public final class TransferHistory {
    private static final int MAX_EXAMPLES = 5;

    private final Map<Long, Long> commitByTransfer = new TreeMap<>();
    private final Set<Long> unknown = new TreeSet<>();

    /** Creates an empty history. */
    public TransferHistory() {}

    /** Records that a transfer was acknowledged. */
    public synchronized void acknowledged(long transfer, long commitTimestamp) {
        commitByTransfer.put(transfer, commitTimestamp);
        unknown.remove(transfer);
    }

    /** Records that a transfer may or may not have committed. */
    public synchronized void unknown(long transfer) {
        unknown.add(transfer);
    }

    /** Returns how many transfers were acknowledged. */
    public synchronized int size() {
        return commitByTransfer.size();
    }

    /** Returns the ids of all transfers that were acknowledged or may have committed. */
    public synchronized Set<Long> begun() {
        Set<Long> begun = new TreeSet<>(commitByTransfer.keySet());
        begun.addAll(unknown);
        return begun;
    }

    /**
     * Compares the history with the transfers that a store holds, in both directions.
     *
     * @param present ids of the transfers that the store holds
     * @param timestamp transfers that committed at or below it must be there, others must not
     */
    public synchronized Comparison compare(Set<Long> present, long timestamp) {
        List<String> examples = new ArrayList<>();
        long expected = 0;
        long missing = 0;
        long tooNew = 0;
        for (Map.Entry<Long, Long> entry : commitByTransfer.entrySet()) {
            boolean isExpected = entry.getValue() <= timestamp;
            expected += isExpected ? 1 : 0;
            if (isExpected && !present.contains(entry.getKey())) {
                missing++;
                example(examples, "transfer " + entry + " is missing");
            }
            if (!isExpected && present.contains(entry.getKey())) {
                tooNew++;
                example(examples, "transfer " + entry + " is too new");
            }
        }
        long invented = 0;
        for (Long transfer : present) {
            if (!commitByTransfer.containsKey(transfer) && !unknown.contains(transfer)) {
                invented++;
                example(examples, "transfer " + transfer + " was never made");
            }
        }
        return new Comparison(expected, present.size(), missing, tooNew, invented, examples);
    }

    private static void example(List<String> examples, String text) {
        if (examples.size() < MAX_EXAMPLES) {
            examples.add(text);
        }
    }

    /**
     * The result of a comparison.
     *
     * @param expected transfers that must be there
     * @param present transfers that are there
     * @param missing acknowledged at or below the timestamp, and not there
     * @param tooNew acknowledged above the timestamp, and there
     * @param invented there, and never begun
     * @param examples a few of the differences
     */
    public record Comparison(
            long expected, long present, long missing, long tooNew, long invented, List<String> examples) {
        /** Tells whether there is no difference. */
        public boolean isEqual() {
            return missing == 0 && tooNew == 0 && invented == 0;
        }
    }
}
