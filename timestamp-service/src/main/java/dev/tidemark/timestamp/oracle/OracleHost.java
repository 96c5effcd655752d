package dev.tidemark.timestamp.oracle;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

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

    /** Returns who leads, from memory. */
    LeadershipView leadership();

    /**
     * Returns how the namespaces are that were used since this process began to lead, by name, from memory.
     *
     * @param maxLeases how many of the oldest leases of each, &gt;= 1
     * @return empty while this process does not lead
     */
    List<NamespaceView> views(int maxLeases);

    /** Returns the newest points of the time indexes that this process has written while it leads, by namespace, from memory. */
    SortedMap<String, IssuedPoint> lastPoints();

    /**
     * Hands leadership over: answers nothing more, gives the lease up, and leaves it to others for two leases. If none of them takes it,
     * this process leads again after that.
     *
     * @throws TimestampException {@link ErrorCode#NOT_ALLOWED_NOW} when it does not lead, or no other process can
     */
    void release();

    /** Stops issuing, and gives the store up for others. */
    @Override
    void close();
}
