package dev.tidemark.kvs;

import java.util.Objects;

/**
 * An operating error: something outside of the program is not as it has to be. Carries a code, a message that names the
 * value and what was expected, and a hint, one imperative sentence that tells the operator what to do. Defects of the
 * program are thrown as {@link IllegalArgumentException} and {@link IllegalStateException} instead.
 *
 * <p>Each module throws its own subclass.
 */
public abstract class TidemarkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String hint;

    /**
     * Creates an error.
     *
     * @param code what went wrong, as a stable code
     * @param message lower case, no full stop, ids in single quotes, units on numbers
     * @param hint one imperative sentence for the operator; empty when there is nothing to advise
     * @param cause the foreign exception that was translated, or null
     */
    protected TidemarkException(ErrorCode code, String message, String hint, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
        this.hint = Objects.requireNonNull(hint, "hint");
    }

    /** Returns the stable code. */
    public final ErrorCode code() {
        return code;
    }

    /** Returns what the operator should do, one sentence without the word HINT, or the empty string. */
    public final String hint() {
        return hint;
    }
}
