package dev.tidemark.coordinator.schedule;

import java.time.Instant;

/**
 * One record of a tick, as it is in the archive.
 *
 * @param state what it says
 * @param attempt how many times the tick was claimed so far; 0 when it never was
 * @param claimant random id of who claimed it, 32 lower-case hexadecimal digits: whose record it is when an answer was lost
 * @param host who wrote it, for people to read; decides nothing
 * @param at when it was written by its writer's clock; after a failure, what the wait before the next attempt counts from
 * @param rule cron expression and zone that made the instant a tick
 * @param since the oldest of the ticks that are skipped together, else the tick itself
 * @param ticks how many are skipped together, else 1; 0 where there is none
 * @param operationId operation that runs it or has run it, or the empty string
 */
record TickRecord(
        TickState state,
        int attempt,
        String claimant,
        String host,
        Instant at,
        String rule,
        Instant since,
        int ticks,
        String operationId) {
    TickRecord {
        if (attempt < 0 || ticks < 0 || claimant.isEmpty()) {
            throw new IllegalArgumentException("tick record: attempt " + attempt + ", ticks " + ticks + ", claimant '"
                    + claimant + "' (expected: >= 0, >= 0, an id)");
        }
    }

    /** Tells whether the other record can only have been written by who wrote this one, and says the same. */
    boolean isSame(TickRecord other) {
        return state == other.state
                && attempt == other.attempt
                && claimant.equals(other.claimant)
                && operationId.equals(other.operationId);
    }

    /** Returns the record that follows this one. */
    TickRecord then(TickState next, String writer, Instant time) {
        return new TickRecord(next, attempt, claimant, writer, time, rule, since, ticks, operationId);
    }

    /** Returns the record that says that an operation has begun to run the tick. */
    TickRecord started(String operation, String writer, Instant time) {
        return new TickRecord(TickState.STARTED, attempt, claimant, writer, time, rule, since, ticks, operation);
    }

    /** Returns the record with which somebody takes the tick up. */
    TickRecord claimedAgain(String newClaimant, String writer, Instant time) {
        return new TickRecord(TickState.CLAIMED, attempt + 1, newClaimant, writer, time, rule, since, ticks, "");
    }
}
