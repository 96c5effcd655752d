package dev.tidemark.coordinator.schedule;

import java.time.Instant;

/**
 * What became of a tick, or of several that were skipped together.
 *
 * @param tick the instant, the newest one of several
 * @param since the oldest one of several, else the tick
 * @param ticks how many; 0 when the schedule began here, or was changed
 * @param state what its last record says
 * @param attempt how many times it was claimed
 * @param at when the last record was written, by its writer's clock
 * @param host who wrote it
 * @param operationId operation that ran it or runs it, or the empty string
 */
public record TickStatus(
        Instant tick,
        Instant since,
        int ticks,
        TickState state,
        int attempt,
        Instant at,
        String host,
        String operationId) {}
