package dev.tidemark.timestamp.batch;

import dev.tidemark.timestamp.TimestampException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Calls that one request serves, in the order of their arrival. Ends once, whoever is first to end it. */
final class Batch {
    private final List<Call> calls;
    private final int count;
    private final AtomicBoolean isEnded = new AtomicBoolean();

    /**
     * Creates a batch.
     *
     * @param count how many timestamps the calls want together
     */
    Batch(List<Call> calls, int count) {
        this.calls = calls;
        this.count = count;
    }

    int count() {
        return count;
    }

    /** Gives each call its timestamps, which begin with {@code lower}. */
    void give(long lower) {
        if (!isEnded.compareAndSet(false, true)) {
            return;
        }
        long next = lower;
        for (Call call : calls) {
            call.give(next);
            next += call.count();
        }
    }

    void fail(TimestampException failure) {
        if (isEnded.compareAndSet(false, true)) {
            calls.forEach(call -> call.fail(failure));
        }
    }
}
