package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.ImmutableTimestampLease;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseAnswer;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseValidity;
import dev.tidemark.timestamp.service.RequestBodies.TokenBody;
import java.util.UUID;

/**
 * Starts transactions as TimeLock does: one lease for all of them, then a start timestamp for each. The lease goes by the id of the
 * request, so that a request that is sent again gets the same lease, with other start timestamps.
 *
 * <p>All start timestamps of a requestor have the same remainder modulo 16, so that those of different requestors fall on different
 * rows of AtlasDB's transactions table. Which one follows from the requestor's id alone, and outlives a fail-over.
 */
final class StartTransactions {
    private static final int PARTITIONS = 16;

    private final LeaseValidities validities;

    StartTransactions(LeaseValidities validities) {
        this.validities = validities;
    }

    /** Starts so many transactions, at least one; as many as 10,000 timestamps give when more are wanted. */
    StartedAnswer start(TimestampOracle oracle, UUID requestId, UUID requestorId, int count) {
        int wanted = Math.min(OracleLimits.checkCount(count), OracleLimits.MAX_TIMESTAMPS_PER_REQUEST / PARTITIONS);
        LeaseValidity validity = validities.of(oracle);
        LeaseAnswer lease = lease(oracle, requestId);
        TimestampRange range = oracle.freshTimestamps(wanted * PARTITIONS);
        long start = range.lower() + Math.floorMod(partition(requestorId) - range.lower(), (long) PARTITIONS);
        return new StartedAnswer(lease, new PartitionedTimestamps(start, PARTITIONS, wanted), validity);
    }

    /** Starts one transaction with any timestamp. */
    StartedPlainly start(TimestampOracle oracle, UUID requestId) {
        LeaseAnswer lease = lease(oracle, requestId);
        return new StartedPlainly(lease, oracle.freshTimestamp());
    }

    /** Returns the remainder of a requestor's start timestamps. */
    static int partition(UUID requestorId) {
        return Math.floorMod(requestorId.hashCode(), PARTITIONS);
    }

    private static LeaseAnswer lease(TimestampOracle oracle, UUID requestId) {
        ImmutableTimestampLease lease = oracle.lockImmutableTimestamp(new LeaseToken(requestId));
        return new LeaseAnswer(
                lease.immutableTimestamp(), new TokenBody(lease.token().requestId()));
    }

    /** Transactions that were started, in all detail. */
    record StartedAnswer(LeaseAnswer immutableTimestamp, PartitionedTimestamps timestamps, LeaseValidity lease) {
        StartedSingly single() {
            return new StartedSingly(immutableTimestamp, timestamps.first(), lease);
        }

        StartedIdentified identified() {
            return new StartedIdentified(immutableTimestamp, timestamps.first());
        }
    }

    /** Start timestamps: {@code start}, and each {@code interval} more, {@code count} of them. */
    record PartitionedTimestamps(long start, int interval, int count) {
        TimestampAndPartition first() {
            return new TimestampAndPartition(start, (int) (start % PARTITIONS));
        }
    }

    /** A start timestamp and its remainder. */
    record TimestampAndPartition(long timestamp, int partition) {}

    /** One transaction, as the first version of the request is answered. */
    record StartedPlainly(LeaseAnswer immutableTimestamp, long freshTimestamp) {}

    /** One transaction, as the second version of the request is answered. */
    record StartedIdentified(LeaseAnswer immutableTimestamp, TimestampAndPartition startTimestampAndPartition) {}

    /** One transaction, as the third version of the request is answered. */
    record StartedSingly(
            LeaseAnswer immutableTimestamp, TimestampAndPartition startTimestampAndPartition, LeaseValidity lease) {}
}
