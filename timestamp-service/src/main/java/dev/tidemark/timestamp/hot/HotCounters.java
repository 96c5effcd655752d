package dev.tidemark.timestamp.hot;

import java.util.concurrent.atomic.LongAdder;

/** What the hot path has done since the start. Thread-safe. */
public final class HotCounters {
    private final LongAdder requests = new LongAdder();
    private final LongAdder timestamps = new LongAdder();
    private final LongAdder passedOn = new LongAdder();

    /** Returns how many requests were answered. */
    public long requests() {
        return requests.sum();
    }

    /** Returns how many timestamps they got. */
    public long timestamps() {
        return timestamps.sum();
    }

    /** Returns how many requests for timestamps were left to the resources; requests for anything else do not count. */
    public long passedOn() {
        return passedOn.sum();
    }

    void countAnswer(int issued) {
        requests.increment();
        timestamps.add(issued);
    }

    void countPassedOn() {
        passedOn.increment();
    }
}
