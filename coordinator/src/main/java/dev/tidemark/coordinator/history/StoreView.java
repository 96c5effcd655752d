package dev.tidemark.coordinator.history;

/** How a store is looked at. */
public enum StoreView {
    /**
     * The store was restored or rewound to the timestamp: of the transactions that ran before, none may be committed above it.
     * What started later than everything in the history is the work after the restore, and out of the comparison.
     */
    RESTORED,
    /** The store goes on: what committed above the timestamp is out of the comparison. */
    LIVE
}
