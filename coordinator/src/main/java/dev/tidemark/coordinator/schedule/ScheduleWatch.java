package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One schedule, as one scheduler sees it: what it remembers of the ticks, so that the archive is asked only when there is something to
 * do, and what a round does. What is remembered decides nothing: each step is the creation of the next record of a tick, and who loses
 * it looks again in the next round.
 *
 * <p>Rounds are for one thread at a time; {@link #change} and {@link #forget} for any.
 */
final class ScheduleWatch {
    /** For how long somebody else's claim must stand still before it is taken up. Sooner would be as right, and a quarrel. */
    static final Duration TAKE_UP_AFTER = Duration.ofMinutes(1);

    /** How often the archive is asked how open ticks stand. */
    private static final Duration REFRESH = Duration.ofMinutes(5);

    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");

    private final String namespace;
    private final Schedule schedule;
    private final String claimant;
    private final EngineSeams seams;
    private final Launcher launcher;
    private final DueTicks dueTicks;

    /** Ticks whose last record can be followed by another one, as it was seen. */
    private final NavigableMap<Instant, Seen> open = new TreeMap<>();

    /** Ticks whose last record is final; those that may still be listed. */
    private final NavigableSet<Instant> ended = new TreeSet<>();

    /** Number of the claim that was launched last, by tick. */
    private final Map<Instant, Integer> launched = new ConcurrentHashMap<>();

    private final AtomicBoolean isChanged = new AtomicBoolean(true);

    /** The last tick with a record that is not after the time of the last round; null before the first one. */
    private Instant last;

    private long refreshedAtNanos;

    ScheduleWatch(String namespace, Schedule schedule, String claimant, EngineSeams seams, Launcher launcher) {
        this.namespace = namespace;
        this.schedule = schedule;
        this.claimant = claimant;
        this.seams = seams;
        this.launcher = launcher;
        dueTicks = new DueTicks(namespace, schedule);
    }

    /** The last record of a tick as it was seen first; the record is null when it can't be read. */
    private record Seen(int number, TickRecord content, long sinceNanos, String problem) {}

    Schedule schedule() {
        return schedule;
    }

    /** Returns the last tick with a record, null when none is known. */
    Instant last() {
        return last;
    }

    /** Has the archive asked in the next round. */
    void change() {
        isChanged.set(true);
    }

    /** Has a claim launched again: what was launched has not begun. */
    void forget(Instant tick) {
        launched.remove(tick);
        change();
    }

    /** Tells whether a round would do anything; asks nobody. */
    boolean isAnythingToDo(Instant now) {
        boolean isRefreshDue = !open.isEmpty() && isPast(refreshedAtNanos, REFRESH);
        return last == null
                || now.isBefore(last)
                || isChanged.get()
                || isRefreshDue
                || dueTicks.isAny(last, now)
                || open.entrySet().stream().anyMatch(entry -> isStepDue(entry.getKey(), entry.getValue(), now));
    }

    /**
     * Does what is to be done.
     *
     * @return what is wrong with single ticks
     */
    List<String> round(NamespaceArchive archive, Instant now) {
        TickClaims claims = new TickClaims(archive, schedule.name());
        List<String> problems = new ArrayList<>();
        isChanged.set(false);
        try {
            String rule = refresh(claims, now);
            if (last == null || !rule.equals(schedule.rule())) {
                begin(claims, now);
            }
            for (Map.Entry<Instant, Seen> entry : new TreeMap<>(open).entrySet()) {
                step(claims, entry.getKey(), entry.getValue(), now, problems);
            }
            decide(claims, now);
        } catch (RuntimeException e) {
            change();
            throw e;
        }
        return problems;
    }

    /**
     * Lists what may have changed, and reads it.
     *
     * @return the rule by which the last tick is one, that of the schedule when it can't be told
     */
    private String refresh(TickClaims claims, Instant now) {
        Instant from = now.minus(schedule.window());
        if (last != null && last.isBefore(from)) {
            from = last;
        }
        if (!open.isEmpty() && open.firstKey().isBefore(from)) {
            from = open.firstKey();
        }
        NavigableMap<Instant, Integer> rows = claims.rows(from, END_OF_TIME);
        last = rows.floorKey(now);
        if (last == null) {
            last = claims.last(now).orElse(null);
            from = last == null ? from : last;
            rows = last == null ? rows : claims.rows(last, END_OF_TIME);
        }
        String rule = schedule.rule();
        for (Map.Entry<Instant, Integer> row : rows.entrySet()) {
            Instant tick = row.getKey();
            Seen seen = open.get(tick);
            if (!ended.contains(tick) && (seen == null || seen.number() != row.getValue())) {
                seen = read(claims, tick, row.getValue());
                remember(tick, seen);
                rule = tick.equals(last) && seen.content() != null
                        ? seen.content().rule()
                        : rule;
            }
        }
        open.keySet().retainAll(rows.keySet());
        ended.headSet(from).clear();
        launched.keySet().retainAll(open.keySet());
        refreshedAtNanos = seams.monotonicClock().nanoTime();
        return rule;
    }

    private Seen read(TickClaims claims, Instant tick, int number) {
        long nanos = seams.monotonicClock().nanoTime();
        try {
            return new Seen(number, claims.read(tick, number), nanos, "");
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_DAMAGED && e.code() != ErrorCode.OBJECT_MISSING) {
                throw e;
            }
            return new Seen(number, null, nanos, e.getMessage());
        }
    }

    private void remember(Instant tick, Seen seen) {
        if (seen.content() != null && seen.content().state().isFinal()) {
            open.remove(tick);
            ended.add(tick);
        } else {
            open.put(tick, seen);
        }
    }

    /** A schedule that is new, or names other instants than before, does not make up for what was before. */
    private void begin(TickClaims claims, Instant now) {
        Instant begin = now.truncatedTo(ChronoUnit.SECONDS);
        claims.append(
                begin,
                1,
                new TickRecord(TickState.BEGUN, 0, claimant, seams.host(), now, schedule.rule(), begin, 0, ""));
        last = begin;
        ended.add(begin);
    }

    private boolean isStepDue(Instant tick, Seen seen, Instant now) {
        if (seen.content() == null) {
            return true;
        }
        boolean isOver = now.isAfter(schedule.deadline(tick));
        return switch (seen.content().state()) {
            case CLAIMED ->
                isOver || (isOwn(seen) ? !isLaunched(tick, seen) : isPast(seen.sinceNanos(), TAKE_UP_AFTER));
            case FAILED -> isOver || isRetryDue(seen.content(), now);
            default -> false;
        };
    }

    private void step(TickClaims claims, Instant tick, Seen seen, Instant now, List<String> problems) {
        boolean isOver = now.isAfter(schedule.deadline(tick));
        if (seen.content() == null) {
            if (isOver) {
                open.remove(tick);
                ended.add(tick);
            } else {
                problems.add("tick " + tick + " is taken for claimed, and not taken up: " + seen.problem());
            }
        } else if (isStepDue(tick, seen, now)) {
            boolean isClaim = seen.content().state() == TickState.CLAIMED;
            if (isOver) {
                TickState state = isClaim ? TickState.SKIPPED_LATE : TickState.GIVEN_UP;
                follow(claims, tick, seen, seen.content().then(state, seams.host(), now));
            } else if (isClaim && isOwn(seen)) {
                launch(tick, seen);
            } else {
                follow(claims, tick, seen, seen.content().claimedAgain(claimant, seams.host(), now));
            }
        }
    }

    private void follow(TickClaims claims, Instant tick, Seen seen, TickRecord next) {
        if (!claims.append(tick, seen.number() + 1, next)) {
            change(); // somebody else has done something with it
            return;
        }
        Seen own = new Seen(seen.number() + 1, next, seams.monotonicClock().nanoTime(), "");
        remember(tick, own);
        if (next.state() == TickState.CLAIMED) {
            launch(tick, own);
        }
    }

    private void decide(TickClaims claims, Instant now) {
        for (DueTicks.Decision decision : dueTicks.decide(last, now)) {
            boolean isClaim = decision.state() == TickState.CLAIMED;
            TickRecord content = new TickRecord(
                    decision.state(),
                    isClaim ? 1 : 0,
                    claimant,
                    seams.host(),
                    now,
                    schedule.rule(),
                    decision.since(),
                    decision.ticks(),
                    "");
            if (!claims.append(decision.tick(), 1, content)) {
                change(); // another scheduler is at work
                return;
            }
            last = decision.tick();
            Seen own = new Seen(1, content, seams.monotonicClock().nanoTime(), "");
            remember(last, own);
            if (isClaim) {
                launch(last, own);
            }
        }
        if (dueTicks.isAny(last, now)) {
            change();
        }
    }

    private void launch(Instant tick, Seen claim) {
        launcher.launch(
                new ScheduledRun(namespace, schedule, tick, claim.content().attempt(), claim.number(), claimant));
        launched.put(tick, claim.number());
    }

    private boolean isOwn(Seen seen) {
        return seen.content().claimant().equals(claimant);
    }

    private boolean isLaunched(Instant tick, Seen seen) {
        return Integer.valueOf(seen.number()).equals(launched.get(tick));
    }

    /** When the clock was put back, the failure lies ahead: then nothing is to be waited for. */
    private boolean isRetryDue(TickRecord failure, Instant now) {
        Instant retryAt = failure.at().plus(TickRuns.waitAfter(failure.attempt()));
        return now.isBefore(failure.at()) || !now.isBefore(retryAt);
    }

    private boolean isPast(long sinceNanos, Duration duration) {
        return seams.monotonicClock().nanoTime() - sinceNanos >= duration.toNanos();
    }
}
