package dev.tidemark.kvs;

/** An operating error of a store, of its adapter or of the transaction protocol on top of it. */
public final class KeyValueStoreException extends TidemarkException {
    private static final long serialVersionUID = 1L;

    /** Creates an error without a cause; see {@link TidemarkException} for the form of message and hint. */
    public KeyValueStoreException(ErrorCode code, String message, String hint) {
        super(code, message, hint, null);
    }

    /** Creates an error that translates a foreign exception. */
    public KeyValueStoreException(ErrorCode code, String message, String hint, Throwable cause) {
        super(code, message, hint, cause);
    }
}
