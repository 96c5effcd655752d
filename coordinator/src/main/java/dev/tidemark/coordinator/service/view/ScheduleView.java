package dev.tidemark.coordinator.service.view;

import java.time.Duration;
import java.time.Instant;

/**
 * What is done in a namespace by the clock.
 *
 * @param name of the schedule, unique in its namespace
 * @param run {@code backup}, {@code verify} or {@code retention}
 * @param cron when, in the zone
 * @param zone whose wall clock counts
 * @param window how long after its instant a tick may begin
 * @param jitter most that a tick is put off
 * @param catchUp what becomes of ticks that were missed: {@code skip}, {@code once} or {@code all}
 * @param nextTick when it is due next, what it is put off included
 * @param paused why nothing is begun, or null when the schedules of the namespace are not paused
 * @param lastTick what became of the last tick, or null when there was none
 */
public record ScheduleView(
        String name,
        String run,
        String cron,
        String zone,
        Duration window,
        Duration jitter,
        String catchUp,
        Instant nextTick,
        PauseView paused,
        TickView lastTick) {}
