package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseAnswer;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseValidity;
import dev.tidemark.timestamp.service.RequestBodies.ConjureStartBody;
import dev.tidemark.timestamp.service.RequestBodies.CountBody;
import dev.tidemark.timestamp.service.StartTransactions.PartitionedTimestamps;
import dev.tidemark.timestamp.service.StartTransactions.StartedAnswer;

/** Starts and commits transactions as the Conjure paths answer it: with what becomes of watched locks. */
final class ConjureTransactions {
    private final StartTransactions transactions;
    private final LeaseValidities validities;

    ConjureTransactions(StartTransactions transactions, LeaseValidities validities) {
        this.transactions = transactions;
        this.validities = validities;
    }

    Started start(TimestampOracle oracle, ConjureStartBody body) {
        ConjureStartBody request = RequestBodies.required(body);
        StartedAnswer started =
                transactions.start(oracle, request.requestId(), request.requestorId(), request.numTransactions());
        return new Started(started.immutableTimestamp(), started.timestamps(), started.lease(), update(oracle));
    }

    CommitTimestamps commit(TimestampOracle oracle, CountBody body) {
        TimestampRange range =
                oracle.commitTimestamps(RequestBodies.required(body).numTimestamps());
        return new CommitTimestamps(range.lower(), range.upper(), update(oracle));
    }

    CommitTimestamp commit(TimestampOracle oracle) {
        long timestamp = oracle.commitTimestamps(1).lower();
        return new CommitTimestamp(timestamp, update(oracle));
    }

    private LockWatchUpdate update(TimestampOracle oracle) {
        return LockWatchUpdate.none(validities.leaderId(oracle));
    }

    /** Transactions that were started. */
    record Started(
            LeaseAnswer immutableTimestamp,
            PartitionedTimestamps timestamps,
            LeaseValidity lease,
            LockWatchUpdate lockWatchUpdate) {}

    /** Commit timestamps, both ends inclusive. */
    record CommitTimestamps(long inclusiveLower, long inclusiveUpper, LockWatchUpdate lockWatchUpdate) {}

    /** One commit timestamp. */
    record CommitTimestamp(long timestamp, LockWatchUpdate lockWatchUpdate) {}
}
