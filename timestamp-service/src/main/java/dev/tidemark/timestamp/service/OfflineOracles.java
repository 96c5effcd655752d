package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.leader.Candidate;
import dev.tidemark.timestamp.leader.ElectedOracles;
import dev.tidemark.timestamp.oracle.OracleHost;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The oracles of a timestamp service while none of its servers runs, for what has to write its bounds without one. Used by one thread.
 */
public final class OfflineOracles implements AutoCloseable {
    private static final int LOOKS_IN_A_LEASE = 10;

    private final TimestampServiceSettings settings;
    private final BoundStore store;
    private OracleHost host;

    private OfflineOracles(TimestampServiceSettings settings, BoundStore store) {
        this.settings = settings;
        this.store = store;
    }

    /**
     * Opens the store of a service.
     *
     * @throws TimestampException as {@link BoundStore}
     */
    public static OfflineOracles open(TimestampServiceSettings settings) {
        return new OfflineOracles(settings, settings.openStore());
    }

    /** Returns the store. */
    public BoundStore store() {
        return store;
    }

    /**
     * Returns the oracles, which may issue from now on until this object is closed. Waits until the lease of a server that has died
     * has run out.
     *
     * @param id names this process
     * @throws TimestampException {@link ErrorCode#NOT_LEADER} when a server leads, {@link ErrorCode#INTERRUPTED} when the thread is
     *     interrupted
     */
    public TimestampOracles lead(OracleSeams seams, UUID id, Sleeper sleeper) {
        if (!(store instanceof SharedBoundStore shared)) {
            host = new TimestampOracles(store, settings.oracleSettings(), seams);
            return host.oracles();
        }
        Duration lease = settings.leader().lease().toJavaDuration();
        ElectedOracles elected = ElectedOracles.start(
                shared, settings.oracleSettings(), seams, new Candidate(id.toString(), "", lease), true);
        host = elected;
        Optional<LeaderRecord> first = elected.leader();
        Duration longest = first.map(LeaderRecord::lease)
                .filter(other -> other.compareTo(lease) > 0)
                .orElse(lease);
        Duration pause = lease.dividedBy(LOOKS_IN_A_LEASE);
        long looks = 2 * longest.toMillis() / pause.toMillis();
        for (long i = 0; i < looks && !elected.isLeading(); i++) {
            sleep(sleeper, pause);
            if (!elected.isLeading() && !elected.leader().equals(first)) {
                break; // somebody renews
            }
        }
        return elected.oracles();
    }

    private static void sleep(Sleeper sleeper, Duration pause) {
        try {
            sleeper.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimestampException(
                    ErrorCode.INTERRUPTED, "interrupted while waiting to lead", "Run the command again.", e);
        }
    }

    /** Gives the lease up, and closes the store. */
    @Override
    public void close() {
        if (host != null) {
            host.close();
        } else {
            store.close();
        }
    }
}
