package dev.tidemark.coordinator.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what becomes of the ticks that have come since the last one with a record. At most {@value #MAX_TICKS} are looked at; what
 * is left over comes the next time, so that a clock that jumps ahead by years is caught up with in bounded steps.
 */
final class DueTicks {
    /** Most ticks of one decision. */
    static final int MAX_TICKS = 10_000;

    /** Most ticks that are made up for at once. */
    static final int MAX_CAUGHT_UP = 100;

    /** How long after it was due a tick is not missed yet. */
    static final Duration PUNCTUAL = Duration.ofMinutes(5);

    private final String namespace;
    private final Schedule schedule;

    DueTicks(String namespace, Schedule schedule) {
        this.namespace = namespace;
        this.schedule = schedule;
    }

    /**
     * What becomes of one tick, or of several that are skipped together.
     *
     * @param tick the newest one
     * @param state {@link TickState#CLAIMED} when it is to run, or why it is skipped
     * @param since the oldest one
     * @param ticks how many
     */
    record Decision(Instant tick, TickState state, Instant since, int ticks) {}

    /** Tells whether there is anything to decide. */
    boolean isAny(Instant last, Instant now) {
        return isDue(schedule.nextTick(last), now);
    }

    /**
     * Decides.
     *
     * @param last the last tick with a record
     * @return in the order of the ticks; those that are skipped for the same reason are together, up to the next one that runs
     */
    List<Decision> decide(Instant last, Instant now) {
        List<Instant> ticks = new ArrayList<>();
        Instant next = schedule.nextTick(last);
        while (ticks.size() < MAX_TICKS && isDue(next, now)) {
            ticks.add(next);
            next = schedule.nextTick(next);
        }
        boolean isMoreToCome = isDue(next, now);
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < ticks.size(); i++) {
            int newer = ticks.size() - 1 - i + (isMoreToCome ? MAX_TICKS : 0);
            Instant tick = ticks.get(i);
            add(decisions, new Decision(tick, state(tick, newer, now), tick, 1));
        }
        return decisions;
    }

    private boolean isDue(Instant tick, Instant now) {
        return !Timetable.due(namespace, schedule, tick).isAfter(now);
    }

    private TickState state(Instant tick, int newer, Instant now) {
        if (now.isAfter(schedule.deadline(tick))) {
            return TickState.SKIPPED_LATE;
        }
        Instant punctual = Timetable.due(namespace, schedule, tick).plus(PUNCTUAL);
        boolean isWanted =
                switch (schedule.catchUp()) {
                    case SKIP -> newer == 0 && !now.isAfter(punctual);
                    case ONCE -> newer == 0;
                    case ALL -> newer < MAX_CAUGHT_UP;
                };
        return isWanted ? TickState.CLAIMED : TickState.SKIPPED_BY_POLICY;
    }

    private static void add(List<Decision> decisions, Decision decision) {
        if (!decisions.isEmpty() && decision.state() != TickState.CLAIMED) {
            Decision before = decisions.get(decisions.size() - 1);
            if (before.state() == decision.state()) {
                decisions.set(
                        decisions.size() - 1,
                        new Decision(decision.tick(), decision.state(), before.since(), before.ticks() + 1));
                return;
            }
        }
        decisions.add(decision);
    }
}
