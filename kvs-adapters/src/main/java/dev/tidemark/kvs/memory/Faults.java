package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The faults that were ordered for a store, each for the next call of its seam, and the listener that hears of every call.
 * Thread-safe.
 */
public final class Faults {
    /** When a call fails. */
    public enum Moment {
        /** Nothing is done. */
        BEFORE_EFFECT,
        /** Everything is done; only the answer is lost. */
        AFTER_EFFECT
    }

    private record Fault(Moment moment, ErrorCode code) {}

    private final Map<Seam, Deque<Fault>> ordered = new EnumMap<>(Seam.class);
    private volatile Consumer<Seam> listener = seam -> {};

    Faults() {}

    /** Orders a failure for the next call of the seam that has none ordered. */
    public synchronized void failNext(Seam seam, Moment moment, ErrorCode code) {
        ordered.computeIfAbsent(seam, key -> new ArrayDeque<>()).add(new Fault(moment, code));
    }

    /** Sets who is called before each call of a seam, outside of the store's monitor; it may call the store itself. */
    public void listen(Consumer<Seam> newListener) {
        listener = newListener;
    }

    <T> T call(Seam seam, Supplier<T> effect) {
        listener.accept(seam);
        Fault fault = next(seam);
        if (fault != null && fault.moment == Moment.BEFORE_EFFECT) {
            throw failure(seam, fault);
        }
        T result = effect.get();
        if (fault != null) {
            throw failure(seam, fault);
        }
        return result;
    }

    void run(Seam seam, Runnable effect) {
        call(seam, () -> {
            effect.run();
            return true;
        });
    }

    private synchronized Fault next(Seam seam) {
        Deque<Fault> faults = ordered.get(seam);
        return faults == null ? null : faults.poll();
    }

    private static KeyValueStoreException failure(Seam seam, Fault fault) {
        return new KeyValueStoreException(fault.code, "ordered failure of " + seam + ", " + fault.moment, "Try again.");
    }
}
