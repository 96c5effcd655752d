package dev.tidemark.timestamp.hot;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** What the hot path has done since the start. Thread-safe. */
public final class HotCounters {
    private final LongAdder requests = new LongAdder();
    private final LongAdder timestamps = new LongAdder();
    private final LongAdder passedOn = new LongAdder();
    private final LongConsumer answered;

    /**
     * Creates counters that stand at zero.
     *
     * @param answered is told of each answer how long it took, in nanoseconds
     */
    public HotCounters(LongConsumer answered) {
        this.answered = answered;
    }

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

    void countAnswer(int issued, long nanos) {
        answered.accept(nanos);
        requests.increment();
        timestamps.add(issued);
    }

    void countPassedOn() {
        passedOn.increment();
    }
}
