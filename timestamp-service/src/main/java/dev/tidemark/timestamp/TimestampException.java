package dev.tidemark.timestamp;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;

/** An operating error of the timestamp oracle or of the way to it. */
public final class TimestampException extends TidemarkException {
    private static final long serialVersionUID = 1L;

    /** Creates an error without a cause; see {@link TidemarkException} for the form of message and hint. */
    public TimestampException(ErrorCode code, String message, String hint) {
        super(code, message, hint, null);
    }

    /** Creates an error that translates a foreign exception. */
    public TimestampException(ErrorCode code, String message, String hint, Throwable cause) {
        super(code, message, hint, cause);
    }
}
