package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.time.Sleeper;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Everything that the transaction protocol takes from its surroundings, so that a simulation can stand in for all of it.
 *
 * @param tasks refreshes leases in the background
 * @param tokens source of ids for leases; unique among all clients of the namespace; thread-safe
 * @param clock measures how old a lease is
 * @param sleeper waits between attempts
 * @param random spreads the attempts of clients that compete; need not be thread-safe
 * @param events is told how far each commit has got
 */
public record TransactionSeams(
        PeriodicTasks tasks,
        Supplier<UUID> tokens,
        MonotonicClock clock,
        Sleeper sleeper,
        RandomGenerator random,
        TransactionEvents events) {
    /** Checks that no part is null. */
    public TransactionSeams {
        Objects.requireNonNull(tasks, "tasks");
        Objects.requireNonNull(tokens, "tokens");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(sleeper, "sleeper");
        Objects.requireNonNull(random, "random");
        Objects.requireNonNull(events, "events");
    }

    /**
     * Returns the seams of the running system.
     *
     * @param tasks stays the caller's, who closes it after the store
     */
    public static TransactionSeams system(PeriodicTasks tasks) {
        return new TransactionSeams(
                tasks,
                UUID::randomUUID,
                MonotonicClock.system(),
                Sleeper.system(),
                new SplittableRandom(),
                TransactionEvents.NONE);
    }

    /** Returns the same seams with another listener. */
    public TransactionSeams withEvents(TransactionEvents listener) {
        return new TransactionSeams(tasks, tokens, clock, sleeper, random, listener);
    }
}
