package dev.tidemark.timestamp.status;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;

/**
 * What became of asking one server how it is.
 *
 * @param server its address or directory
 * @param status its answer, or null
 * @param code of the failure, or null
 * @param failure why there is no answer, or null
 * @param hint what to do about that, or null
 */
public record ServerAnswer(String server, OracleStatus status, ErrorCode code, String failure, String hint) {
    /** Returns an answer. */
    public static ServerAnswer of(String server, OracleStatus status) {
        return new ServerAnswer(server, status, null, null, null);
    }

    /** Returns the failure to get one. */
    public static ServerAnswer failed(String server, TimestampException failure) {
        return new ServerAnswer(server, null, failure.code(), failure.getMessage(), failure.hint());
    }

    /** Tells whether the server has answered. */
    public boolean isAnswered() {
        return status != null;
    }

    /** Tells whether the server says that it issues timestamps. */
    public boolean isLeading() {
        return isAnswered() && status.leadership().leading();
    }
}
