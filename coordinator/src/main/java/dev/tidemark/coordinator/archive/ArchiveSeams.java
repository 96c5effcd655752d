package dev.tidemark.coordinator.archive;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What the archive takes from its surroundings.
 *
 * @param clock time of creation, for people to read
 * @param random source of keys, salts and ids; a {@link java.security.SecureRandom} outside of tests
 * @param workers runs the concurrent part of the probe of a new archive; may run it on the calling thread
 */
public record ArchiveSeams(InstantSource clock, RandomGenerator random, Executor workers) {}
