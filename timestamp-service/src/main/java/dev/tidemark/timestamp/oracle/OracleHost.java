package dev.tidemark.timestamp.oracle;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.util.Optional;

/** Has the oracles of this process, while it may answer for them. Thread-safe. */
public interface OracleHost extends AutoCloseable {
    /**
     * Returns the oracles.
     *
     * @throws TimestampException {@link ErrorCode#NOT_LEADER} when another process leads, or nobody does
     */
    TimestampOracles oracles();

    /** Returns where the process answers that leads, if another one does and has said so. */
    Optional<String> leaderAddress();

    /**
     * Throws the reason when something is wrong that does not pass; to wait for another process that leads is not wrong.
     *
     * @throws TimestampException the first such reason
     */
    void checkHealth();

    /** Stops issuing, and gives the store up for others. */
    @Override
    void close();
}
