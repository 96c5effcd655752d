package dev.tidemark.coordinator.archive.retry;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.util.random.RandomGenerator;

/**
 * What trying again takes from its surroundings; all thread-safe.
 *
 * @param random spreads the waits, so that many clients do not come back at once
 */
public record RetrySeams(MonotonicClock clock, Sleeper sleeper, RandomGenerator random) {}
