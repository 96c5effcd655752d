package dev.tidemark.timestamp.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.timestamp.TimestampException;
import java.util.Set;

/** Says in the oracle's words what a Cassandra cluster complains about. */
final class CassandraFailures {
    private static final Set<ErrorCode> KEPT = Set.of(
            ErrorCode.INVALID_CONFIGURATION,
            ErrorCode.UNAUTHORIZED,
            ErrorCode.UNKNOWN_TABLE,
            ErrorCode.BOUND_STORE_DAMAGED,
            ErrorCode.BOUND_STORE_IN_USE,
            ErrorCode.CLOCK_BEHIND,
            ErrorCode.INTERRUPTED);

    private CassandraFailures() {}

    /** Returns the error of a request to an open store: whatever was complained about, a change may have been carried out before. */
    static TimestampException ofRequest(KeyValueStoreException e) {
        return translate(ErrorCode.ORACLE_UNAVAILABLE, e);
    }

    /** Returns the error of a store that could not be opened or used, with its own code where somebody has to do something about it. */
    static TimestampException atStart(KeyValueStoreException e) {
        return translate(KEPT.contains(e.code()) ? e.code() : ErrorCode.ORACLE_UNAVAILABLE, e);
    }

    private static TimestampException translate(ErrorCode code, KeyValueStoreException e) {
        String hint = e.hint().isEmpty() ? "Try again when Cassandra is up." : e.hint();
        return new TimestampException(code, e.getMessage(), hint, e);
    }
}
