package dev.tidemark.timestamp.service.health;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.timestamp.service.watch.ImmutableTimestampAlarm;
import java.util.stream.Collectors;

/** Warns of immutable timestamps that stand still. Always healthy: another server would not make their holders let go. */
public final class ImmutableTimestampHealthCheck extends HealthCheck {
    private static final int MAX_NAMED = 10;

    private final ImmutableTimestampAlarm alarm;

    /** @param alarm what is asked */
    public ImmutableTimestampHealthCheck(ImmutableTimestampAlarm alarm) {
        this.alarm = alarm;
    }

    @Override
    protected Result check() {
        String named = alarm.holders().entrySet().stream()
                .limit(MAX_NAMED)
                .map(entry -> "the immutable timestamp of namespace '" + entry.getKey() + "' stands still at "
                        + entry.getValue().timestamp() + ": lease '"
                        + entry.getValue().token() + "' is "
                        + entry.getValue().age().toSeconds() + " s old")
                .collect(Collectors.joining("; "));
        return named.isEmpty() ? Result.healthy() : Result.healthy("WARNING: %s", named);
    }
}
