package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.schedule.Schedule;
import dev.tidemark.coordinator.schedule.ScheduleProblem;
import dev.tidemark.coordinator.schedule.Scheduler;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads what the schedules do, and pauses them. Asking changes nothing in the archive. Thread-safe. */
public final class ScheduleViews {
    /** Records of ticks are kept for a little less. */
    private static final Duration PAST = Duration.ofDays(40);

    private final Archive archive;
    private final Scheduler scheduler;
    private final InstantSource clock;

    /** Creates the view of a scheduler. */
    public ScheduleViews(Archive archive, Scheduler scheduler, InstantSource clock) {
        this.archive = archive;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /**
     * Returns the schedules of a namespace, ordered by name.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when it is not configured
     */
    public List<ScheduleView> schedules(String namespace) {
        Collection<Schedule> schedules = scheduler.timetable().schedules(namespace);
        if (schedules.isEmpty()) {
            return List.of();
        }
        Instant now = clock.instant();
        PauseView pause = pause(namespace);
        return schedules.stream()
                .map(schedule -> view(namespace, schedule, pause, now))
                .toList();
    }

    /**
     * Returns what became of the last ticks of a schedule, the newest first; also of one that is not configured any more.
     *
     * @param limit most that are returned, 1 or more
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE}, {@link ErrorCode#INVALID_INPUT} when there is no such schedule
     */
    public List<TickView> ticks(String namespace, String schedule, int limit) {
        boolean isConfigured = scheduler.timetable().schedules(namespace).stream()
                .anyMatch(known -> known.name().equals(schedule));
        boolean isKnown = Schedule.isName(schedule) && isRecorded(namespace);
        List<TickView> ticks = isKnown
                ? scheduler.history(namespace, schedule, clock.instant().minus(PAST), limit).stream()
                        .map(TickView::of)
                        .toList()
                : List.of();
        if (ticks.isEmpty() && !isConfigured) {
            scheduler.timetable().schedule(namespace, schedule); // says which there are
        }
        return ticks;
    }

    /**
     * Returns why the schedules of a namespace are paused, or null when they are not.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE}, and as {@link Scheduler#paused}
     */
    public PauseView pause(String namespace) {
        scheduler.timetable().schedules(namespace);
        return isRecorded(namespace)
                ? scheduler.paused(namespace).map(PauseView::of).orElse(null)
                : null;
    }

    /**
     * Pauses the schedules of a namespace.
     *
     * @return the pause as it is durable
     * @throws CoordinatorException as {@link Scheduler#pause}
     */
    public PauseView pause(String namespace, String who, String reason) {
        scheduler.pause(namespace, who, reason);
        return pause(namespace);
    }

    /**
     * Resumes the schedules of a namespace; one that is not paused is left alone.
     *
     * @throws CoordinatorException as {@link Scheduler#resume}
     */
    public void resume(String namespace, String who) {
        if (pause(namespace) != null) {
            scheduler.resume(namespace, who);
        }
    }

    /** Pauses the schedules of all configured namespaces; each has its outcome. */
    public List<PauseOutcome> pauseAll(String who, String reason) {
        return outcomes(scheduler.pauseAll(who, reason));
    }

    /** Resumes the schedules of all configured namespaces; each has its outcome. */
    public List<PauseOutcome> resumeAll(String who) {
        return outcomes(scheduler.resumeAll(who));
    }

    private List<PauseOutcome> outcomes(List<ScheduleProblem> problems) {
        var byNamespace = problems.stream()
                .collect(Collectors.toMap(ScheduleProblem::namespace, Function.identity(), (first, second) -> first));
        return scheduler.timetable().namespaces().stream()
                .map(namespace -> PauseOutcome.of(namespace, byNamespace.get(namespace)))
                .toList();
    }

    private ScheduleView view(String namespace, Schedule schedule, PauseView pause, Instant now) {
        return new ScheduleView(
                schedule.name(),
                StatusView.word(schedule.work()),
                schedule.cron().toString(),
                schedule.zone().getId(),
                schedule.window(),
                schedule.jitter(),
                StatusView.word(schedule.catchUp()),
                scheduler.timetable().next(namespace, schedule.name(), now),
                pause,
                isRecorded(namespace)
                        ? scheduler
                                .last(namespace, schedule.name(), now)
                                .map(TickView::of)
                                .orElse(null)
                        : null);
    }

    private boolean isRecorded(String namespace) {
        return archive.namespaces().contains(namespace);
    }

    /**
     * What became of a namespace when all were paused or resumed.
     *
     * @param namespace its name
     * @param done whether it was done
     * @param message why not, or empty
     * @param hint what to do, or empty
     */
    public record PauseOutcome(String namespace, boolean done, String message, String hint) {
        private static PauseOutcome of(String namespace, ScheduleProblem problemOrNull) {
            return problemOrNull == null
                    ? new PauseOutcome(namespace, true, "", "")
                    : new PauseOutcome(namespace, false, problemOrNull.message(), problemOrNull.hint());
        }
    }
}
