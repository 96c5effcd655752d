package dev.tidemark.coordinator.operation;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.time.Sleeper;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Everything that the engine takes from its surroundings, so that a simulation can stand in for all of it.
 *
 * @param clock wall-clock time, for people to read; orders nothing
 * @param monotonicClock measures leases and durations
 * @param sleeper waits
 * @param periodicTasks refreshes leases and locks in the background
 * @param workers runs what may run in parallel; may run it on the calling thread
 * @param random source of ids; cryptographically strong outside of tests
 * @param host names of the user, the machine and the process, for people to read
 */
public record EngineSeams(
        InstantSource clock,
        MonotonicClock monotonicClock,
        Sleeper sleeper,
        PeriodicTasks periodicTasks,
        Executor workers,
        RandomGenerator random,
        String host) {}
