package dev.tidemark.architecture.sample.coordinator;

import dev.tidemark.architecture.sample.cli.Command;
import java.util.Random;

/** Uses a later module; its source of numbers has a seed, which is fine. */
public record Backups(Command command, long seed) {
    /** Returns a number that depends on the seed alone. */
    public int number() {
        return new Random(seed).nextInt();
    }
}
