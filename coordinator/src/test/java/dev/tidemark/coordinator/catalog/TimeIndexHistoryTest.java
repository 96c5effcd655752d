package dev.tidemark.coordinator.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random histories of an oracle, in which each timestamp's time is noted; what the time index says of them is compared. */
class TimeIndexHistoryTest {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int SEEDS = 300;

    @Test
    void atOrBefore_clockThatGoesOn_isTheStateOfThatMomentOrOfOneSecondBefore() {
        for (long seed = 0; seed < SEEDS; seed++) {
            History history = new History(seed, false);
            history.run();
            TimeIndex index = history.index();

            for (int i = 0; i < 100; i++) {
                Instant asked = history.randomInstant();
                long found = TimeIndexTest.timestampAt(index, asked);
                String what = "seed " + seed + ", asked " + asked + ", found " + found;
                for (Issue issue : history.issues) {
                    if (issue.instant.isAfter(asked)) {
                        assertThat(issue.timestamp).as(what).isGreaterThan(found);
                    }
                    if (!issue.knownFrom.isAfter(asked)) {
                        assertThat(issue.timestamp).as(what).isLessThanOrEqualTo(found);
                    }
                }
            }
        }
    }

    @Test
    void atOrBefore_clockThatJumps_isTheNewestPointThatIsKnown() {
        for (long seed = 0; seed < SEEDS; seed++) {
            History history = new History(seed, true);
            history.run();
            TimeIndex index = history.index();
            List<IssuedPoint> recorded = history.oracle.timeIndex();

            for (int i = 1; i < recorded.size(); i++) {
                assertThat(recorded.get(i).follows(recorded.get(i - 1)))
                        .as("seed " + seed)
                        .isTrue();
            }
            for (int i = 0; i < 100; i++) {
                Instant asked = history.randomInstant();
                long newest = recorded.stream()
                        .filter(point -> !point.instant().isAfter(asked))
                        .mapToLong(IssuedPoint::timestamp)
                        .max()
                        .orElse(0);
                assertThat(TimeIndexTest.timestampAt(index, asked))
                        .as("seed " + seed)
                        .isEqualTo(newest);
            }
        }
    }

    /** A timestamp, when it was issued, and from when on the index must know it. */
    private static final class Issue {
        private final long timestamp;
        private final Instant instant;
        private Instant knownFrom = Instant.MAX;

        private Issue(long timestamp, Instant instant) {
            this.timestamp = timestamp;
            this.instant = instant;
        }
    }

    private static final class History {
        private final Random random;
        private final boolean isClockJumping;
        private final VirtualTime time = new VirtualTime();
        private final Instant start = time.instant();
        private final List<Issue> issues = new ArrayList<>();
        private Duration offset = Duration.ZERO;
        private InMemoryBoundStore store = new InMemoryBoundStore();
        private PeriodicTasks process;
        private TimestampOracles oracles;
        private TimestampOracle oracle;
        private Instant startedAt;

        private History(long seed, boolean isClockJumping) {
            random = new Random(seed);
            this.isClockJumping = isClockJumping;
            open();
        }

        private void run() {
            for (int i = 0; i < 60; i++) {
                step();
            }
            time.advance(Duration.ofSeconds(1));
            learn();
        }

        private TimeIndex index() {
            List<TimePoint> archived = oracle.timeIndex().stream()
                    .filter(point -> random.nextBoolean())
                    .map(point -> new TimePoint(point.instant(), point.timestamp()))
                    .toList();
            return TimeIndex.of(archived).with(oracle.timeIndex());
        }

        private Instant randomInstant() {
            long span = Duration.between(start, now()).toNanos() + 2 * SECOND_NANOS;
            return start.plusNanos(random.nextLong(Math.max(1, span)) - SECOND_NANOS);
        }

        private void step() {
            switch (random.nextInt(isClockJumping ? 10 : 9)) {
                case 0, 1, 2, 3 ->
                    issues.add(new Issue(
                            oracle.freshTimestamps(1 + random.nextInt(5)).upper(), now()));
                case 4, 5 -> advance(random.nextLong(2 * SECOND_NANOS));
                case 6 -> advance(random.nextLong(100 * SECOND_NANOS));
                case 7 -> oracle.fastForward(oracle.freshTimestamp() + random.nextInt(2_000_000));
                case 8 -> restart(random.nextBoolean());
                default -> offset = offset.plusSeconds(random.nextInt(7200) - 3600);
            }
        }

        private void advance(long nanos) {
            time.advance(Duration.ofNanos(nanos));
            learn();
        }

        /** Notes of each timestamp that a second of a living process, at most, has passed since it was issued. */
        private void learn() {
            Instant firstOfThisProcess = firstIssueSinceStart();
            for (Issue issue : issues) {
                Instant from = issue.instant.isBefore(startedAt) ? firstOfThisProcess : issue.instant;
                if (from.equals(Instant.MAX)) {
                    continue;
                }
                Instant due = from.plusSeconds(1);
                if (issue.knownFrom.equals(Instant.MAX) && !due.isAfter(now())) {
                    issue.knownFrom = due;
                }
            }
        }

        /** A process that issues nothing records nothing, not even what one before it was killed with. */
        private Instant firstIssueSinceStart() {
            return issues.stream()
                    .map(issue -> issue.instant)
                    .filter(instant -> !instant.isBefore(startedAt))
                    .min(Instant::compareTo)
                    .orElse(Instant.MAX);
        }

        private void restart(boolean isKilled) {
            if (isKilled) {
                process.close();
            } else {
                oracles.close();
                if (!firstIssueSinceStart().equals(Instant.MAX)) {
                    issues.stream()
                            .filter(issue -> issue.knownFrom.equals(Instant.MAX))
                            .forEach(issue -> issue.knownFrom = now());
                }
            }
            time.advance(Duration.ofNanos(random.nextLong(5 * SECOND_NANOS)));
            store = store.reopened();
            open();
        }

        private void open() {
            process = time.process();
            startedAt = now();
            oracles = new TimestampOracles(store, OracleSettings.defaults(), new OracleSeams(time, this::now, process));
            oracle = oracles.create("orders");
        }

        private Instant now() {
            return time.instant().plus(offset);
        }
    }
}
