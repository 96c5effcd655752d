package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** An archive with one namespace, and schedulers over it that note what they launch. */
final class ScheduleSite {
    static final String NAMESPACE = "orders";
    static final Instant T0 = Instant.parse("2026-11-22T10:00:00Z");

    private static final InMemoryObjectStore EMPTY = new InMemoryObjectStore();

    static {
        SampleArchive.create(EMPTY, NAMESPACE);
    }

    final InMemoryObjectStore objects = new InMemoryObjectStore();
    final VirtualTime time = new VirtualTime();

    /** What all schedulers have launched, in order. */
    final List<ScheduledRun> launched = new ArrayList<>();

    private final NamespaceArchive archive;
    private long seed = 100;

    /** Making an archive takes longer than a test: each has a copy. */
    ScheduleSite() {
        EMPTY.forEach("", info -> objects.damage(info.key(), ignored -> EMPTY.read(info.key())));
        archive = SampleArchive.open(objects, NAMESPACE);
    }

    /** Removes what schedulers have written. */
    ScheduleSite reset() {
        archive.forEachKey("ticks/", objects::delete);
        archive.forEachKey("pauses/", objects::delete);
        launched.clear();
        return this;
    }

    static Schedule schedule(String name, String cron, Duration window, CatchUp catchUp) {
        return new Schedule(
                name,
                ScheduledWork.BACKUP,
                CronExpression.parse(cron),
                ZoneId.of("UTC"),
                window,
                Duration.ZERO,
                catchUp,
                Map.of());
    }

    static Schedule hourly() {
        return schedule("hourly", "@hourly", Duration.ofHours(1), CatchUp.ONCE);
    }

    NamespaceArchive archive() {
        return archive;
    }

    /** Returns a new process that has read this configuration. */
    Scheduler scheduler(Schedule... schedules) {
        return scheduler(launched::add, schedules);
    }

    Scheduler scheduler(Launcher launcher, Schedule... schedules) {
        return scheduler(name -> archive, launcher, schedules);
    }

    Scheduler scheduler(Function<String, NamespaceArchive> archives, Launcher launcher, Schedule... schedules) {
        return new Scheduler(new Timetable(Map.of(NAMESPACE, List.of(schedules))), archives, launcher, seams(seed++));
    }

    EngineSeams seams(long number) {
        return new EngineSeams(time, time, time, time.process(), Runnable::run, new Random(number), "host-" + number);
    }

    List<Instant> launchedTicks() {
        return launched.stream().map(ScheduledRun::tick).toList();
    }

    ScheduledRun lastLaunched() {
        return launched.get(launched.size() - 1);
    }

    /** Returns the states of the newest ticks, the newest first, as {@code TIME STATE}. */
    List<String> history(String schedule) {
        return new TickRuns(archive(), "test")
                .history(schedule, Instant.EPOCH, 1_000).stream()
                        .map(status -> status.tick().toString().substring(5, 16) + " " + status.state()
                                + (status.ticks() > 1 ? " " + status.ticks() : ""))
                        .toList();
    }
}
