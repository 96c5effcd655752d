package dev.tidemark.timestamp.oracle;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.InstantSource;

/**
 * What oracles take from their surroundings.
 *
 * @param monotonicClock measures leases
 * @param clock wall-clock time, for the time index alone; orders nothing
 * @param periodicTasks adds points to the time indexes in the background
 */
public record OracleSeams(MonotonicClock monotonicClock, InstantSource clock, PeriodicTasks periodicTasks) {}
