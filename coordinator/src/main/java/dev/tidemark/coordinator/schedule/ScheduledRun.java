package dev.tidemark.coordinator.schedule;

import java.time.Instant;

/**
 * One attempt to run one tick.
 *
 * @param namespace whose schedule it is
 * @param schedule what is to be done
 * @param tick the instant that the schedule names
 * @param attempt from 1 on
 * @param number of the record that claims the tick for this attempt
 * @param claimant who has claimed it: a random id
 */
public record ScheduledRun(
        String namespace, Schedule schedule, Instant tick, int attempt, int number, String claimant) {
    /** Returns the last moment at which it may begin. */
    public Instant deadline() {
        return schedule.deadline(tick);
    }

    @Override
    public String toString() {
        return "schedule '" + schedule.name() + "' of namespace '" + namespace + "', tick " + tick + ", attempt "
                + attempt;
    }
}
