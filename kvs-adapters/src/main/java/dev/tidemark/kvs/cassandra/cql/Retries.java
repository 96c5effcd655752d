package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.time.Sleeper;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits before a request that may succeed later is sent again: 200 ms, then twice as long each time, for 6 s in all. The driver
 * itself has tried other coordinators by then; what is left is to give a node the time to come back.
 *
 * @param sleeper waits
 */
record Retries(Sleeper sleeper) {
    static final int MAX_ATTEMPTS = 6;

    private static final Logger log = LoggerFactory.getLogger(Retries.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);

    /**
     * Waits.
     *
     * @param attempts how many have failed, &gt;= 1
     * @param failure why the last one has
     * @throws KeyValueStoreException the failure itself, when it is final or the attempts are used up
     */
    void pauseOrThrow(int attempts, RuntimeException failure) {
        if (!mayHelp(failure) || attempts >= MAX_ATTEMPTS) {
            throw failure;
        }
        log.warn("attempt {} of {} failed, trying again: {}", attempts, MAX_ATTEMPTS, failure.getMessage());
        pause(FIRST_WAIT.multipliedBy(1L << (attempts - 1)));
    }

    /** Waits. */
    void pause(Duration duration) {
        try {
            sleeper.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DriverErrors.interrupted("wait", e);
        }
    }

    /** Tells whether the failure may be gone the next time. */
    static boolean mayHelp(RuntimeException failure) {
        return failure instanceof KeyValueStoreException error && error.code() == ErrorCode.STORE_UNAVAILABLE;
    }
}
