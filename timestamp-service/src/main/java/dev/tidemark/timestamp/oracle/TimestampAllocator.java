package dev.tidemark.timestamp.oracle;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out the numbers of one namespace and owns its durable state.
 *
 * <p>A number is handed out by one compare-and-set on a counter, and only while the counter stays at or below the persisted
 * bound. When the window is used up, one thread persists the next bound and the others wait for it; nothing else waits for
 * I/O. If persisting fails, the outcome is unknown. In a store that only one process should have open, nothing is issued any more
 * then until a restart has read the state again. In a shared one, what was written in this process's epoch was written by this
 * allocator, now or in an attempt that counted as failed: the state is read again and issuing goes on from there. A state of another
 * epoch ends it for good. Thread-safe.
 */
final class TimestampAllocator {
    /** How many numbers are covered by one write of the bound, as in AtlasDB; a restart skips at most as many. */
    static final long WINDOW = 1_000_000;

    /** What {@link #tryAllocate} returns when the window is used up. */
    static final long NONE = -1;

    private static final Logger LOG = LoggerFactory.getLogger(TimestampAllocator.class);
    private static final int MAX_EXTENSIONS_PER_REQUEST = 1000;
    private static final int MAX_ATTEMPTS = 10;

    private final String namespace;
    private final BoundStore store;
    private final long ceiling;
    private final Authority authority;
    private final Object persisting = new Object();

    /** The last number that was handed out; only grows. */
    private final AtomicLong last;

    /** How many numbers were handed out. */
    private final LongAdder issued = new LongAdder();

    /** The durable state; replaced after the store has acknowledged it, while holding {@link #persisting}. */
    private volatile BoundState state;

    /** Why nothing is issued any more, or null; set once. */
    private volatile TimestampException stopped;

    TimestampAllocator(String namespace, BoundStore store, long ceiling, Authority authority, BoundState state) {
        this.namespace = namespace;
        this.store = store;
        this.ceiling = ceiling;
        this.authority = authority;
        this.state = state;
        this.last = new AtomicLong(state.bound());
    }

    /**
     * Hands out contiguous numbers without waiting.
     *
     * @param count how many, &gt;= 1
     * @return the first of them, or {@link #NONE} when {@link #extend} must be called first
     */
    long tryAllocate(int count) {
        while (true) {
            checkIssuing();
            long current = last.get();
            if (current + count > state.bound()) {
                return NONE;
            }
            if (last.compareAndSet(current, current + count)) {
                issued.add(count);
                // A store that was lost in between may have another writer that issues above the bound already.
                checkIssuing();
                return current + 1;
            }
        }
    }

    /** Hands out contiguous numbers; waits for the bound if needed. Returns the first of them. */
    long allocate(int count) {
        for (int i = 0; i < MAX_EXTENSIONS_PER_REQUEST; i++) {
            long first = tryAllocate(count);
            if (first != NONE) {
                return first;
            }
            extend(count);
        }
        throw overloaded();
    }

    /** Persists a bound that covers so many more numbers, unless somebody else just did. */
    void extend(int count) {
        synchronized (persisting) {
            checkIssuing();
            long current = last.get();
            if (current + count <= state.bound()) {
                return;
            }
            long bound = current + WINDOW;
            if (bound > BoundState.MAX_BOUND) {
                throw new TimestampException(
                        ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                        "namespace '" + namespace + "' has used up its timestamps: last is " + current,
                        "Copy the data into a new namespace.");
            }
            change(old -> old.withBound(Math.max(old.bound(), bound)));
        }
    }

    /** Makes every later number greater than the given one; see {@code NamespaceOracle#fastForward}. */
    void fastForward(long timestamp) {
        OracleLimits.checkFastForward(namespace, timestamp, ceiling);
        synchronized (persisting) {
            checkIssuing();
            if (timestamp > state.bound()) {
                // The counter is raised only when the bound is durable, and the window up to the new bound opens only
                // with the new state, so a number in between is never handed out.
                BoundState next = persist(old -> old.withBound(Math.max(old.bound(), timestamp + WINDOW)));
                raise(timestamp);
                state = next;
            } else {
                raise(timestamp);
            }
        }
        LOG.info("namespace '{}' fast-forwarded to {}; last timestamp is {}", namespace, timestamp, last.get());
    }

    /** Replaces the durable state by a function of it, as one step. */
    void change(UnaryOperator<BoundState> operator) {
        synchronized (persisting) {
            checkIssuing();
            state = persist(operator);
        }
    }

    /** Returns the durable state. */
    BoundState state() {
        return state;
    }

    /** Returns the last number that was handed out. */
    long last() {
        return last.get();
    }

    /** Returns how many numbers were handed out since the allocator was created. */
    long issued() {
        return issued.sum();
    }

    /** Returns why nothing is issued any more; empty while numbers are. */
    String failure() {
        TimestampException reason = stopped;
        return reason == null ? "" : reason.getMessage();
    }

    /** Ends issuing for good; the first reason stays. */
    void stop(TimestampException reason) {
        synchronized (persisting) {
            if (stopped == null) {
                stopped = reason;
            }
        }
    }

    /** Tells whether nothing is issued any more. */
    boolean isStopped() {
        return stopped != null;
    }

    /** Throws when nothing is issued any more. */
    void checkIssuing() {
        TimestampException reason = stopped;
        if (reason != null) {
            throw new TimestampException(reason.code(), reason.getMessage(), reason.hint(), reason);
        }
    }

    TimestampException overloaded() {
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "namespace '" + namespace + "' has used up " + MAX_EXTENSIONS_PER_REQUEST
                        + " windows while one request waited",
                "Send the request again; if this goes on, find the client that asks for so many timestamps.");
    }

    private void raise(long timestamp) {
        last.accumulateAndGet(timestamp, Math::max);
    }

    /** Makes a function of the durable state durable; returns the new state, which is not {@link #state} yet. */
    private BoundState persist(UnaryOperator<BoundState> operator) {
        BoundState current = state;
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            BoundState next = operator.apply(current);
            if (next.equals(current)) {
                return next;
            }
            try {
                store.compareAndSet(namespace, current, next);
                return next;
            } catch (TimestampException e) {
                if (!isShared() || e.code() != ErrorCode.BOUND_STORE_IN_USE) {
                    throw failed(e);
                }
                current = ownState(e);
            } catch (RuntimeException e) {
                String message = "namespace '" + namespace + "' has stopped issuing timestamps: " + e;
                stop(new TimestampException(ErrorCode.INTERNAL, message, "Report this as a defect.", e));
                LOG.error("{}", message, e);
                throw e;
            }
        }
        throw overloaded();
    }

    /** Returns the state that was found instead of the expected one, if it is of this epoch. */
    private BoundState ownState(TimestampException mismatch) {
        BoundState found;
        try {
            found = store.read(namespace);
        } catch (TimestampException e) {
            throw failed(e);
        }
        if (found.epoch() != authority.epoch()) {
            throw stopped(mismatch);
        }
        return found;
    }

    private TimestampException failed(TimestampException e) {
        return isShared() && e.code() == ErrorCode.ORACLE_UNAVAILABLE ? e : stopped(e);
    }

    private TimestampException stopped(TimestampException e) {
        String message = "namespace '" + namespace + "' has stopped issuing timestamps: " + e.getMessage();
        TimestampException reason = new TimestampException(e.code(), message, e.hint(), e);
        stop(reason);
        LOG.error("{}", message, e);
        return reason;
    }

    private boolean isShared() {
        return authority.epoch() != Authority.NO_EPOCH;
    }
}
