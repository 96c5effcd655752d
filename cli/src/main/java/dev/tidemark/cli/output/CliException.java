package dev.tidemark.cli.output;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;

/** An operating error of a command itself: its input, its files. */
public final class CliException extends TidemarkException {
    private static final long serialVersionUID = 1L;

    /** Creates an error without a cause; see {@link TidemarkException} for the form of message and hint. */
    public CliException(ErrorCode code, String message, String hint) {
        super(code, message, hint, null);
    }

    /** Creates an error that translates a foreign exception. */
    public CliException(ErrorCode code, String message, String hint, Throwable cause) {
        super(code, message, hint, cause);
    }
}
