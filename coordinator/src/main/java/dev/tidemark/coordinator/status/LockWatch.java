package dev.tidemark.coordinator.status;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.LockView;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Tells for how long the lock of a namespace has not been renewed, without taking it.
 *
 * <p>The time in an entry is that of its writer's clock, which may be wrong. It is believed when it says that the lock is being renewed.
 * When it says otherwise it is believed only if the same entry was seen for a whole lease on this process's monotonic clock: whoever is
 * alive writes the next one within that time. An entry that another one has followed since the last look was written by somebody who
 * lives, whatever its time says.
 *
 * <p>Remembers one entry for each namespace, so that looks of a process that goes on need not wait. Thread-safe.
 */
public final class LockWatch {
    /** An operation whose lock was not renewed for so many leases is stuck. */
    static final int LEASES_UNTIL_STUCK = 3;

    private static final int LOOKS_IN_A_LEASE = 3;

    private final MonotonicClock clock;
    private final Sleeper sleeper;
    private final boolean isPatient;
    private final Map<String, Sighting> sightings = new ConcurrentHashMap<>();

    private LockWatch(MonotonicClock clock, Sleeper sleeper, boolean isPatient) {
        this.clock = clock;
        this.sleeper = sleeper;
        this.isPatient = isPatient;
    }

    /** Creates a watch that waits for up to three leases to be certain, when the time in the entry says that nobody renews the lock. */
    public static LockWatch waiting(MonotonicClock clock, Sleeper sleeper) {
        return new LockWatch(clock, sleeper, true);
    }

    /** Creates a watch that never waits: it is certain at a later look, when a lease has passed since the first one. */
    public static LockWatch remembering(MonotonicClock clock) {
        return new LockWatch(
                clock,
                duration -> {
                    throw new IllegalStateException("waits");
                },
                false);
    }

    /**
     * Returns for how long nobody has renewed a lock that is held; zero when somebody does, or when that is not certain yet.
     *
     * @param held the lock as it was seen right now
     * @param look looks at it again
     */
    Duration silence(String namespace, LockView held, Supplier<Optional<LockView>> look, Instant now) {
        Duration byItsTime = Duration.between(held.writtenAt(), now);
        Sighting known = sightings.get(namespace);
        boolean isSeenAgain = known != null && known.view.isSameEntry(held);
        Sighting first = isSeenAgain ? known : new Sighting(held, clock.nanoTime(), known != null);
        sightings.put(namespace, first);
        boolean isJustWritten = first.isFollower && !isSeenAgain;
        boolean isBelievedAlive = byItsTime.abs().compareTo(held.lease()) <= 0;
        if (isJustWritten || isBelievedAlive) {
            return Duration.ZERO;
        }
        Duration needed = byItsTime.isNegative() ? held.lease().multipliedBy(LEASES_UNTIL_STUCK + 1L) : held.lease();
        if (isPatient && !staysUntil(needed, first, look)) {
            sightings.remove(namespace);
            return Duration.ZERO;
        }
        Duration seen = first.age(clock);
        if (seen.compareTo(held.lease()) < 0) {
            return Duration.ZERO;
        }
        return first.isFollower || seen.compareTo(byItsTime) > 0 ? seen : byItsTime;
    }

    /** Looks again and again until the entry was seen for so long; false as soon as another one has followed. */
    private boolean staysUntil(Duration needed, Sighting first, Supplier<Optional<LockView>> look) {
        Duration pause = first.view.lease().dividedBy(LOOKS_IN_A_LEASE).plusMillis(1);
        while (first.age(clock).compareTo(needed) < 0) {
            try {
                sleeper.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CoordinatorException(
                        ErrorCode.INTERRUPTED, "interrupted while looking whether a lock is renewed", "", e);
            }
            if (look.get().filter(first.view::isSameEntry).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * When an entry was seen first.
     *
     * @param isFollower whether another entry was seen before: this one was written in between, whatever its time says
     */
    private record Sighting(LockView view, long atNanos, boolean isFollower) {
        private Duration age(MonotonicClock clock) {
            return Duration.ofNanos(clock.nanoTime() - atNanos);
        }
    }
}
