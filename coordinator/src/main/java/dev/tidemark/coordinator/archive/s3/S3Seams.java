package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.archive.retry.Retries;
import dev.tidemark.kvs.time.MonotonicClock;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * What the store takes from its surroundings.
 *
 * @param clock from which locks last
 * @param monotonicClock bounds how long a body may take
 * @param helpers send parts of large objects beside the thread that waits for them; may run them on it
 * @param retries tries the requests of an upload in parts again, each by itself: where many fail, all of them would hardly ever
 *     succeed one after the other
 */
public record S3Seams(InstantSource clock, MonotonicClock monotonicClock, Executor helpers, Retries retries) {}
