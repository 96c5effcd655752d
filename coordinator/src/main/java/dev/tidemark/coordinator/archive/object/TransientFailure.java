package dev.tidemark.coordinator.archive.object;

import java.time.Duration;
import java.util.Optional;

/**
 * Marks an error of a store as one that may pass, by being its cause: a timeout, a full queue, a torn connection, damage on the
 * way. What is not marked is not tried again.
 */
public final class TransientFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** What may have become of the call. */
    public enum Effect {
        /** The store has refused it or was never reached. */
        NONE,
        /** The answer was lost or is not one: some, none or all of the effect is there. */
        UNKNOWN
    }

    private final Effect effect;
    private final Duration retryAfter;

    /**
     * Creates a mark.
     *
     * @param retryAfter how long the store asked to wait; zero when it didn't
     * @param cause what has failed, or null
     */
    public TransientFailure(Effect effect, Duration retryAfter, Throwable cause) {
        super(cause == null ? "" : String.valueOf(cause.getMessage()), cause);
        this.effect = effect;
        this.retryAfter = retryAfter;
    }

    /** Creates a mark without a wish of the store. */
    public TransientFailure(Effect effect, Throwable cause) {
        this(effect, Duration.ZERO, cause);
    }

    /** Returns what may have become of the call. */
    public Effect effect() {
        return effect;
    }

    /** Returns how long the store asked to wait; zero when it didn't. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** Returns the mark of an error, or nothing when the error is there to stay. */
    public static Optional<TransientFailure> of(Throwable error) {
        return error.getCause() instanceof TransientFailure mark ? Optional.of(mark) : Optional.empty();
    }
}
