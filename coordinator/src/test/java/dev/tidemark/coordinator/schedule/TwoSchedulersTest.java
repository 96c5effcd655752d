package dev.tidemark.coordinator.schedule;

import static dev.tidemark.coordinator.schedule.ScheduleSite.NAMESPACE;
import static dev.tidemark.coordinator.schedule.ScheduleSite.T0;
import static dev.tidemark.coordinator.schedule.ScheduleSite.hourly;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two schedulers over one archive, both of which believe to lead: no tick begins twice, and none is lost while one of them lives. */
class TwoSchedulersTest {
    private static final Instant TICK = T0.plus(Duration.ofHours(1));

    private final ScheduleSite site = new ScheduleSite();

    /** A scheduler and what it has been given to run. */
    private static final class Leader {
        private final String name;
        private final List<ScheduledRun> queue = new ArrayList<>();
        private final Scheduler scheduler;
        private int begun;

        private Leader(String name, ScheduleSite site) {
            this.name = name;
            scheduler = site.scheduler(queue::add, hourly());
        }

        private void round(Instant now) {
            assertThat(scheduler.run(now)).isEmpty();
        }

        /** Begins what was launched, as a queue does when its turn has come. */
        private void work(Instant now) {
            while (!queue.isEmpty()) {
                ScheduledRun run = queue.get(0);
                if (scheduler.started(run, name + run.attempt(), now)) {
                    begun++;
                }
                queue.remove(0);
            }
        }
    }

    @Test
    void run_bothFindTheTickDue_inAnyOrderOneBeginsIt() {
        int orders = Interleavings.tryAll(() -> {
            site.reset();
            Leader one = new Leader("one", site);
            Leader other = new Leader("other", site);
            one.round(T0.plusSeconds(1));
            other.round(T0.plusSeconds(1));
            List<Runnable> actors = List.of(
                    () -> {
                        one.round(TICK);
                        one.work(TICK);
                    },
                    () -> {
                        other.round(TICK);
                        other.work(TICK);
                    });
            return new Interleavings.Trial(site.objects, actors, () -> {
                assertThat(one.begun + other.begun).isEqualTo(1);
                one.round(TICK.plusSeconds(1));
                other.round(TICK.plusSeconds(1));
                assertThat(one.queue).isEmpty();
                assertThat(other.queue).isEmpty();
            });
        });

        assertThat(orders).isGreaterThan(100);
    }

    /** Nobody has begun the claim of a third one, which is gone. */
    @Test
    void run_bothTakeUpAClaim_inAnyOrderOneBeginsIt() {
        int orders = Interleavings.tryAll(() -> {
            site.reset();
            Leader gone = new Leader("gone", site);
            Leader one = new Leader("one", site);
            Leader other = new Leader("other", site);
            gone.round(T0.plusSeconds(1));
            gone.round(TICK);
            one.round(TICK);
            other.round(TICK);
            site.time.advance(ScheduleWatch.TAKE_UP_AFTER);
            List<Runnable> actors = List.of(
                    () -> {
                        one.round(TICK);
                        one.work(TICK);
                    },
                    () -> {
                        other.round(TICK);
                        other.work(TICK);
                    });
            return new Interleavings.Trial(site.objects, actors, () -> assertThat(one.begun + other.begun)
                    .isEqualTo(1));
        });

        assertThat(orders).isGreaterThan(50);
    }

    /** It was only slow: its run is at the head of its queue at last when somebody takes it up. */
    @Test
    void run_claimantComesBackWhenItIsTakenUp_inAnyOrderOneBeginsIt() {
        int[] byClaimant = {0};
        int orders = Interleavings.tryAll(() -> {
            site.reset();
            Leader slow = new Leader("slow", site);
            Leader next = new Leader("next", site);
            slow.round(T0.plusSeconds(1));
            slow.round(TICK);
            next.round(TICK);
            site.time.advance(ScheduleWatch.TAKE_UP_AFTER);
            List<Runnable> actors = List.of(() -> slow.work(TICK), () -> {
                next.round(TICK);
                next.work(TICK);
            });
            return new Interleavings.Trial(site.objects, actors, () -> {
                assertThat(slow.begun + next.begun).isEqualTo(1);
                byClaimant[0] += slow.begun;
            });
        });

        assertThat(orders).isGreaterThan(50);
        assertThat(byClaimant[0]).isBetween(1, orders - 1);
    }

    /** Both have the tick in their queues, and a third looks after them. */
    @Test
    void started_byBothAtOnce_inAnyOrderOneBegins() {
        Interleavings.tryAll(() -> {
            site.reset();
            Leader leader = new Leader("leader", site);
            leader.round(T0.plusSeconds(1));
            leader.round(TICK);
            ScheduledRun run = leader.queue.get(0);
            AtomicInteger begun = new AtomicInteger();
            List<Runnable> actors = List.of(
                    () -> begun.addAndGet(leader.scheduler.started(run, "op-1", TICK) ? 1 : 0),
                    () -> begun.addAndGet(leader.scheduler.started(run, "op-2", TICK) ? 1 : 0));
            return new Interleavings.Trial(
                    site.objects, actors, () -> assertThat(begun).hasValue(1));
        });
    }

    /** Thrown where a process dies. */
    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** It dies before or after each of its calls, from the look at the tick to its begin. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void run_leaderDiesAtAnyMoment_theOtherBeginsTheTickOrFindsItsOperation(boolean isAfter) {
        int moments = 0;
        boolean hasDied = true;
        while (hasDied) {
            site.reset();
            Leader leader = new Leader("leader", site);
            Leader next = new Leader("next", site);
            leader.round(T0.plusSeconds(1));
            next.round(T0.plusSeconds(1));
            hasDied = diesAt(moments, isAfter, () -> {
                leader.round(TICK);
                leader.work(TICK);
            });
            moments++;

            next.round(TICK.plusSeconds(1));
            next.work(TICK.plusSeconds(1));
            site.time.advance(ScheduleWatch.TAKE_UP_AFTER);
            next.round(TICK.plusSeconds(70));
            next.work(TICK.plusSeconds(70));

            List<StartedRun> unended = next.scheduler.unended(NAMESPACE, T0);
            assertThat(unended).as("moment %d", moments).hasSize(1);
            assertThat(unended.get(0).operationId()).startsWith(next.begun == 1 ? "next" : "leader");
            assertThat(records())
                    .as("begins")
                    .filteredOn(state -> state == TickState.STARTED)
                    .hasSize(1);
        }
        assertThat(moments).isGreaterThan(6);
    }

    private boolean diesAt(int moment, boolean isAfter, Runnable work) {
        int[] calls = {0};
        site.objects.observe((operation, key, isDone) -> {
            if (isDone == isAfter && calls[0]++ == moment) {
                throw new Death();
            }
        });
        try {
            work.run();
            return false;
        } catch (Death e) {
            return true;
        } finally {
            site.objects.observe((operation, key, isDone) -> {});
        }
    }

    private List<TickState> records() {
        TickClaims claims = new TickClaims(site.archive(), "hourly");
        List<TickState> states = new ArrayList<>();
        int last = claims.rows(TICK, TICK).get(TICK);
        for (int number = 1; number <= last; number++) {
            states.add(claims.read(TICK, number).state());
        }
        return states;
    }

    /** Each of them leads now and then, with a clock of its own; every tick runs once. */
    @Test
    void run_leadershipChangesAllTheTime_everyTickRunsOnce() {
        Leader one = new Leader("one", site);
        Leader other = new Leader("other", site);
        one.round(T0.plusSeconds(1));
        for (int minute = 1; minute < 24 * 60; minute += 7) {
            Instant now = T0.plus(Duration.ofMinutes(minute));
            Leader leader = minute % 3 == 0 ? one : other;
            Instant own = leader == one ? now : now.minus(Duration.ofMinutes(11));
            leader.round(own);
            leader.work(own);
            site.time.advance(Duration.ofMinutes(7));
        }

        assertThat(one.begun + other.begun).isEqualTo(23);
        assertThat(one.begun).isPositive();
        assertThat(other.begun).isPositive();
    }

    @Test
    void run_dueTickAndItsBegin_takeSixRequests() {
        List<Operation> seen = new ArrayList<>();
        Leader leader = new Leader("leader", site);
        leader.round(T0.plusSeconds(1));
        site.objects.observe((operation, key, isDone) -> {
            if (!isDone) {
                seen.add(operation);
            }
        });

        leader.round(TICK);
        leader.work(TICK);

        assertThat(seen)
                .containsExactly(
                        Operation.LIST,
                        Operation.LIST,
                        Operation.CREATE,
                        Operation.LIST,
                        Operation.READ,
                        Operation.CREATE);
    }
}
