package dev.tidemark.coordinator.bundle;

import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.timestamp.TimestampClient;
import java.util.function.Supplier;

/** Puts the oracle of the application in the place of the configured one, which is never opened. */
record EmbeddedDecoration(TimestampClient embedded) implements Decoration {
    @Override
    public TimestampClient openOracle(Supplier<TimestampClient> configured) {
        return new SharedTimestampClient(embedded);
    }
}
