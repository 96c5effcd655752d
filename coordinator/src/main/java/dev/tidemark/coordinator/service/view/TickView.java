package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.schedule.TickState;
import dev.tidemark.coordinator.schedule.TickStatus;
import java.time.Instant;

/**
 * What became of a tick of a schedule, or of several that were skipped together.
 *
 * @param tick the instant, the newest one of several
 * @param since the oldest one of several, else the tick
 * @param ticks how many; 0 where the schedule began, or was changed
 * @param state what became of it
 * @param attempt how many times it was claimed
 * @param at when that was written down, by its writer's clock
 * @param host who wrote it down, for people
 * @param order the order that it came to, or empty
 */
public record TickView(
        Instant tick, Instant since, int ticks, TickState state, int attempt, Instant at, String host, String order) {
    static TickView of(TickStatus status) {
        return new TickView(
                status.tick(),
                status.since(),
                status.ticks(),
                status.state(),
                status.attempt(),
                status.at(),
                status.host(),
                status.operationId());
    }
}
