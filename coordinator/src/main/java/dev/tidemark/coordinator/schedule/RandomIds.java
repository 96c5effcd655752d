package dev.tidemark.coordinator.schedule;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Ids that nobody else has. */
final class RandomIds {
    private static final int BYTES = 16;

    private RandomIds() {}

    /** Returns 32 lower-case hexadecimal digits. */
    static String next(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
