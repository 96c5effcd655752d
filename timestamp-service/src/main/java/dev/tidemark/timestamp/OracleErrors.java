package dev.tidemark.timestamp;

import dev.tidemark.kvs.ErrorCode;

/** Errors that every client of an oracle has in common. */
public final class OracleErrors {
    private OracleErrors() {}

    /** Returns the error of a call on a client that was closed before or meanwhile. */
    public static TimestampException closed() {
        return new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "timestamp client is closed", "Open a new client.");
    }

    /** Returns the error of a call whose thread was interrupted; the caller sees to the thread's flag. */
    public static TimestampException interrupted() {
        return new TimestampException(ErrorCode.INTERRUPTED, "interrupted while waiting for the timestamp oracle", "");
    }

    /** Returns the same error for one more caller, with a stack trace of its own. */
    public static TimestampException again(TimestampException error) {
        return new TimestampException(error.code(), error.getMessage(), error.hint(), error);
    }
}
