package dev.tidemark.cli.bench;

import java.nio.file.Path;

/**
 * What one repeat works with.
 *
 * @param directory an empty directory, absolute
 * @param size how much data, in the unit of {@link Benchmark#size}
 * @param seed equal seeds make equal data
 */
public record BenchmarkSettings(Path directory, long size, long seed) {
    /** Checks the size. */
    public BenchmarkSettings {
        if (size <= 0) {
            throw new IllegalArgumentException("size: " + size + " (expected: > 0)");
        }
    }
}
