package dev.tidemark.coordinator;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;

/** An operating error of the engine or of the archive. */
public final class CoordinatorException extends TidemarkException {
    private static final long serialVersionUID = 1L;

    /** Creates an error without a cause; see {@link TidemarkException} for the form of message and hint. */
    public CoordinatorException(ErrorCode code, String message, String hint) {
        super(code, message, hint, null);
    }

    /** Creates an error that translates a foreign exception. */
    public CoordinatorException(ErrorCode code, String message, String hint, Throwable cause) {
        super(code, message, hint, cause);
    }
}
