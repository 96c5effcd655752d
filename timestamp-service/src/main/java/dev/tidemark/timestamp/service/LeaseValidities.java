package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.oracle.LeaseGeneration;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaderTime;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseValidity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/**
 * Tells clients of TimeLock for how long they may rely on a lease without asking again: 8 s of 20 s, as TimeLock does.
 *
 * <p>A client compares the moment in a lease with the leader's time that it has fetched later, and trusts the lease if the validity has
 * not passed and both have the same id. So the id is another one whenever leases may have been lost other than by time: in another
 * process, in another term of this one, and after a fence.
 */
final class LeaseValidities {
    private final MonotonicClock clock;
    private final UUID processId;

    LeaseValidities(MonotonicClock clock, UUID processId) {
        this.clock = clock;
        this.processId = processId;
    }

    /** Returns the validity of leases that are granted or refreshed after this call. */
    LeaseValidity of(TimestampOracle oracle) {
        Duration validity =
                Duration.ofMillis(oracle.leaseDurationMillis()).multipliedBy(2).dividedBy(5);
        return new LeaseValidity(leaderTime(oracle), validity.toString());
    }

    /** Returns the time by which the validities of a namespace's leases are judged. */
    LeaderTime leaderTime(TimestampOracle oracle) {
        UUID id = leaderId(oracle);
        return new LeaderTime(id, clock.nanoTime());
    }

    /** Returns the id under which leases can be alive. */
    UUID leaderId(TimestampOracle oracle) {
        LeaseGeneration generation = oracle.leaseGeneration();
        return UUID.nameUUIDFromBytes((processId + " " + generation).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the id of this process. */
    UUID processId() {
        return processId;
    }
}
