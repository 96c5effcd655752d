package dev.tidemark.coordinator.service.problem;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Names each problem. Thread-safe. */
@FunctionalInterface
public interface InstanceIds {
    /** Returns an id that was never returned before. */
    UUID next();

    /** Returns ids by chance; as unlikely to repeat, and as thread-safe, as the generator is. */
    static InstanceIds random(RandomGenerator random) {
        return () -> new UUID(random.nextLong(), random.nextLong());
    }
}
