package dev.tidemark.architecture.sample.coordinator;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/** Reaches for time and chance instead of being given them, directly and by references to methods. */
public final class ClockReader {
    /** Returns what should have come from outside. */
    public String read() throws InterruptedException {
        Thread.sleep(0);
        Supplier<UUID> ids = UUID::randomUUID;
        return Instant.now() + " " + System.currentTimeMillis() + ids.get() + Math.random()
                + new SecureRandom().nextInt();
    }
}
