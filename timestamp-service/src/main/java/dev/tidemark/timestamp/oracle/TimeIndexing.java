package dev.tidemark.timestamp.oracle;

/** Keeps the time indexes of the oracles of one process. Thread-safe. */
interface TimeIndexing extends AutoCloseable {
    /** Keeps no time index. */
    TimeIndexing NONE = new TimeIndexing() {
        @Override
        public void follow(TimestampOracle oracle) {}

        @Override
        public void close() {}
    };

    /** Adds points to the index of this oracle from now on. */
    void follow(TimestampOracle oracle);

    /** Adds the last point to each index. Timestamps that are issued meanwhile may be above it. */
    @Override
    void close();
}
