package dev.tidemark.timestamp.batch;

import dev.tidemark.timestamp.TimestampException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Calls that one request serves, in the order of their arrival. Filled by one thread; ends once, whoever is first to end it. */
final class Batch {
    private final List<WaitingCall> waiting = new ArrayList<>();
    private final List<PromisedCall<?>> promised = new ArrayList<>();
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private int count;

    /** Adds a call, which gets the timestamps after those of the calls before it. */
    void add(Call call) {
        call.follow(count);
        count += call.count();
        if (call instanceof WaitingCall thread) {
            waiting.add(thread);
        } else {
            promised.add((PromisedCall<?>) call);
        }
    }

    /** Returns how many timestamps the calls want together; 0 when there are none. */
    int count() {
        return count;
    }

    /**
     * Gives each call its timestamps, which begin with {@code lower}.
     *
     * @param woken runs when no thread waits any more, and before any code of a caller does
     */
    void give(long lower, Runnable woken) {
        end(call -> call.give(lower), woken);
    }

    /** Fails each call; {@code woken} as in {@link #give}. */
    void fail(TimestampException failure, Runnable woken) {
        end(call -> call.fail(failure), woken);
    }

    private void end(Consumer<Call> ending, Runnable woken) {
        boolean isFirst = isEnded.compareAndSet(false, true);
        if (isFirst) {
            waiting.forEach(ending);
        }
        woken.run();
        if (isFirst) {
            promised.forEach(ending);
        }
    }
}
