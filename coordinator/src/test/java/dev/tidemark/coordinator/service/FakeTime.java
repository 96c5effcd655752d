package dev.tidemark.coordinator.service;

import dev.tidemark.kvs.time.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that passes when a test says so. Thread-safe. */
public final class FakeTime implements MonotonicClock, InstantSource {
    /** When it begins. */
    public static final Instant START = Instant.parse("2026-03-04T05:06:07Z");

    /** Close to the end of the numbers, because only differences have a meaning. */
    private static final long FIRST_NANOS = Long.MAX_VALUE - 1000;

    private volatile Duration passed = Duration.ZERO;

    /** Lets time pass. */
    public void advance(Duration duration) {
        passed = passed.plus(duration);
    }

    @Override
    public long nanoTime() {
        return FIRST_NANOS + passed.toNanos();
    }

    @Override
    public Instant instant() {
        return START.plus(passed);
    }
}
