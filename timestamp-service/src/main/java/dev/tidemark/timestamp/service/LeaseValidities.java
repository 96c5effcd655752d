package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaderTime;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseValidity;
import java.time.Duration;
import java.util.UUID;

/** Tells clients of TimeLock for how long they may rely on a lease without asking again: 8 s of 20 s, as TimeLock does. */
final class LeaseValidities {
    private final MonotonicClock clock;
    private final UUID processId;

    LeaseValidities(MonotonicClock clock, UUID processId) {
        this.clock = clock;
        this.processId = processId;
    }

    /** Returns the validity of leases that are refreshed after this call. */
    LeaseValidity of(NamespaceOracle oracle) {
        Duration validity =
                Duration.ofMillis(oracle.leaseDurationMillis()).multipliedBy(2).dividedBy(5);
        return new LeaseValidity(new LeaderTime(processId, clock.nanoTime()), validity.toString());
    }
}
