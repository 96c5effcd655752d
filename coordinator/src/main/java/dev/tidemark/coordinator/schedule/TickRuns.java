package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The records of runs in one namespace: begin, end, and what became of ticks. Thread-safe, also across processes. */
final class TickRuns {
    /** Wait after the first failure; doubles up to the longest. */
    static final Duration FIRST_WAIT = Duration.ofMinutes(1);

    /** Longest wait after a failure. */
    static final Duration MAX_WAIT = Duration.ofMinutes(15);

    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");

    private final NamespaceArchive archive;
    private final String host;

    TickRuns(NamespaceArchive archive, String host) {
        this.archive = archive;
        this.host = host;
    }

    /** Returns how long after a failure the tick is claimed again. */
    static Duration waitAfter(int attempt) {
        int doublings = Math.min(Math.max(attempt - 1, 0), 10);
        Duration wait = FIRST_WAIT.multipliedBy(1L << doublings);
        return wait.compareTo(MAX_WAIT) < 0 ? wait : MAX_WAIT;
    }

    /** Records that an operation begins to run the tick; false when it must not. */
    boolean start(ScheduledRun run, String operationId, Instant now) {
        TickClaims claims = claims(run);
        TickRecord claim = claims.read(run.tick(), run.number());
        if (claim.state() != TickState.CLAIMED || !claim.claimant().equals(run.claimant())) {
            return false;
        }
        if (now.isAfter(run.deadline())) {
            claims.append(run.tick(), run.number() + 1, claim.then(TickState.SKIPPED_LATE, host, now));
            return false;
        }
        return claims.append(run.tick(), run.number() + 1, claim.started(operationId, host, now));
    }

    /** Records that a run has succeeded; false when it is not under way. */
    boolean succeed(ScheduledRun run, Instant now) {
        return end(run, last -> last.then(TickState.RAN, host, now));
    }

    /** Records that a run has failed; false when it is not under way. */
    boolean fail(ScheduledRun run, Instant now) {
        boolean isTimeLeft = !now.plus(waitAfter(run.attempt())).isAfter(run.deadline());
        TickState state = isTimeLeft ? TickState.FAILED : TickState.GIVEN_UP;
        return end(run, last -> last.then(state, host, now));
    }

    private boolean end(ScheduledRun run, UnaryOperator<TickRecord> ending) {
        TickClaims claims = claims(run);
        Integer number = claims.rows(run.tick(), run.tick()).get(run.tick());
        if (number == null || number < run.number() || number > run.number() + 2) {
            return false;
        }
        TickRecord last = claims.read(run.tick(), number);
        boolean isOwn = last.claimant().equals(run.claimant()) && last.attempt() == run.attempt();
        if (isOwn && isUnderWay(run, last, number)) {
            return claims.append(run.tick(), number + 1, ending.apply(last));
        }
        // An end whose answer was lost is said again.
        return isOwn && last.isSame(ending.apply(last));
    }

    private static boolean isUnderWay(ScheduledRun run, TickRecord last, int number) {
        return last.state() == TickState.CLAIMED
                ? number == run.number()
                : last.state() == TickState.STARTED && number == run.number() + 1;
    }

    /** Returns the runs of a schedule that have begun and not ended, the oldest first. */
    List<StartedRun> started(Schedule schedule, Instant since) {
        List<StartedRun> runs = new ArrayList<>();
        TickClaims claims = new TickClaims(archive, schedule.name());
        claims.rows(since, END_OF_TIME)
                .forEach((tick, number) -> readIfThere(claims, tick, number).ifPresent(last -> {
                    if (last.state() == TickState.STARTED) {
                        ScheduledRun run = new ScheduledRun(
                                archive.namespace(), schedule, tick, last.attempt(), number - 1, last.claimant());
                        runs.add(new StartedRun(run, last.operationId()));
                    }
                }));
        return runs;
    }

    /** Returns what became of the last tick of a schedule that is not after an instant. */
    Optional<TickStatus> last(String schedule, Instant notAfter) {
        TickClaims claims = new TickClaims(archive, schedule);
        return claims.last(notAfter)
                .flatMap(tick -> Optional.ofNullable(claims.rows(tick, tick).get(tick))
                        .flatMap(number -> readIfThere(claims, tick, number))
                        .map(last -> status(tick, last)));
    }

    /** Returns what became of the newest ticks, the newest first. */
    List<TickStatus> history(String schedule, Instant since, int limit) {
        TickClaims claims = new TickClaims(archive, schedule);
        NavigableMap<Instant, Integer> rows = claims.rows(since, END_OF_TIME).descendingMap();
        List<TickStatus> history = new ArrayList<>();
        for (Map.Entry<Instant, Integer> row : rows.entrySet()) {
            if (history.size() == limit) {
                break;
            }
            readIfThere(claims, row.getKey(), row.getValue())
                    .ifPresent(last -> history.add(status(row.getKey(), last)));
        }
        return history;
    }

    private static TickStatus status(Instant tick, TickRecord last) {
        return new TickStatus(
                tick,
                last.since(),
                last.ticks(),
                last.state(),
                last.attempt(),
                last.at(),
                last.host(),
                last.operationId());
    }

    /** Records that were pruned since they were listed are nothing; damaged ones are reported by rounds and by verifications. */
    private static Optional<TickRecord> readIfThere(TickClaims claims, Instant tick, int number) {
        try {
            return Optional.of(claims.read(tick, number));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_MISSING && e.code() != ErrorCode.OBJECT_DAMAGED) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private TickClaims claims(ScheduledRun run) {
        return new TickClaims(archive, run.schedule().name());
    }
}
