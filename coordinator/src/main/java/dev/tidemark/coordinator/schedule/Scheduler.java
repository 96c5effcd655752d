package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Runs what is due. Whoever leads calls {@link #run(Instant)} again and again; a scheduler lives for one term of leadership, and forgets
 * nothing that matters when it is replaced, because all of it is in the archive.
 *
 * <p>How a tick runs once, whoever believes to lead: <ol>
 * <li>A scheduler that finds a tick due creates record 1 of it, {@code CLAIMED}. Of several creations one succeeds; who was not told
 *     so recognizes its own by a random id. The one launches it.
 * <li>Before it changes anything, the run has its begin recorded, {@code STARTED}, as the record that follows its claim
 *     ({@link #started}). When the tick was taken up by somebody else meanwhile, that number is taken, and the run is given up.
 * <li>When a claim stands still for a minute ({@link ScheduleWatch#TAKE_UP_AFTER}, by the monotonic clock of who watches), its
 *     claimant is taken for dead: who creates the next record, {@code CLAIMED} again, launches it in its place.
 * <li>The end is recorded, {@code RAN} or {@code FAILED}; a failure is followed by another claim after a wait, while the window lasts.
 * </ol>
 * So between {@code CLAIMED} and {@code STARTED} a tick is nobody's for certain and is taken up; from {@code STARTED} on it belongs to
 * an operation, which has a journal and is resumed or ended by it ({@link #unended}).
 *
 * <p>Rounds are for one thread at a time. Everything else is thread-safe.
 */
public final class Scheduler {
    /** For how long the records of a tick are kept. A clock that is put back by less finds them. */
    static final Duration KEPT = Duration.ofDays(35);

    private static final Duration PRUNE_EVERY = Duration.ofHours(1);
    private static final Duration PAUSE_KNOWN_FOR = Duration.ofSeconds(10);

    private final Timetable timetable;
    private final Function<String, NamespaceArchive> archives;
    private final EngineSeams seams;
    private final Map<String, List<ScheduleWatch>> watches = new TreeMap<>();
    private final Map<String, KnownPause> pauses = new ConcurrentHashMap<>();
    private final TickPruning pruning;
    private Long prunedAtNanos;

    /**
     * Creates a scheduler; asks nobody.
     *
     * @param archives opens a namespace of the archive for reading and writing; asked anew when something is to be done. It may throw
     *     {@link TidemarkException}; then the namespace waits
     * @param launcher takes the runs, on the thread of the round
     */
    public Scheduler(
            Timetable timetable, Function<String, NamespaceArchive> archives, Launcher launcher, EngineSeams seams) {
        this.timetable = timetable;
        this.archives = archives;
        this.seams = seams;
        pruning = new TickPruning(timetable);
        String claimant = RandomIds.next(seams.random());
        for (String namespace : timetable.namespaces()) {
            watches.put(
                    namespace,
                    timetable.schedules(namespace).stream()
                            .map(schedule -> new ScheduleWatch(namespace, schedule, claimant, seams, launcher))
                            .toList());
        }
    }

    /** What was read of the pause of a namespace, and when. */
    private record KnownPause(boolean isPaused, long atNanos) {}

    /**
     * Does one round: claims and launches what is due, takes up what was left, tries again what has failed. While nothing is due it
     * asks nobody. A schedule that can't do its part does not keep the others from doing theirs.
     *
     * @param now the time of the wall clock; it may jump
     * @return what was wrong
     * @throws CoordinatorException {@link ErrorCode#INTERRUPTED} when the thread was interrupted
     */
    public List<ScheduleProblem> run(Instant now) {
        List<ScheduleProblem> problems = new ArrayList<>();
        for (Map.Entry<String, List<ScheduleWatch>> entry : watches.entrySet()) {
            List<ScheduleWatch> busy = entry.getValue().stream()
                    .filter(watch -> watch.isAnythingToDo(now))
                    .toList();
            if (!busy.isEmpty()) {
                reporting(entry.getKey(), "", problems, () -> round(entry.getKey(), busy, now, problems));
            }
        }
        prune(now, problems);
        return problems;
    }

    /**
     * Records that an operation begins to run a tick. To be called before it changes anything.
     *
     * @param operationId the operation; the same one may ask again when it has got no answer
     * @return false when it must not begin: the tick was taken up by another, its window has passed, or the schedules are paused; in
     *     the last case it is launched again after the pause
     * @throws CoordinatorException of the archive; then it must not begin either, but may ask again
     */
    public boolean started(ScheduledRun run, String operationId, Instant now) {
        NamespaceArchive archive = archives.apply(run.namespace());
        if (new Pauses(archive).current().isPresent()) {
            watch(run).ifPresent(watch -> watch.forget(run.tick()));
            return false;
        }
        boolean isStarted = new TickRuns(archive, seams.host()).start(run, operationId, now);
        watch(run).ifPresent(ScheduleWatch::change);
        return isStarted;
    }

    /**
     * Records that a run has succeeded.
     *
     * @return false when it is not under way: somebody else has recorded its end
     */
    public boolean succeeded(ScheduledRun run, Instant now) {
        boolean isRecorded = runs(run.namespace()).succeed(run, now);
        watch(run).ifPresent(ScheduleWatch::change);
        return isRecorded;
    }

    /**
     * Records that a run has failed, begun or not. It is launched again, as the next attempt, after one minute, then two, up to
     * fifteen, while its window lasts. To be called only when it is certain that nothing of it goes on.
     *
     * @return false when it is not under way: somebody else has recorded its end
     */
    public boolean failed(ScheduledRun run, Instant now) {
        boolean isRecorded = runs(run.namespace()).fail(run, now);
        watch(run).ifPresent(ScheduleWatch::change);
        return isRecorded;
    }

    /**
     * Returns the runs of a namespace that have begun and not ended: for who begins to lead, to resume their operations, or to record
     * the failure of those that never began.
     *
     * @param since ticks from this one on
     * @throws CoordinatorException of the archive
     */
    public List<StartedRun> unended(String namespace, Instant since) {
        Collection<Schedule> schedules = timetable.schedules(namespace);
        TickRuns runs = runs(namespace);
        return schedules.stream()
                .flatMap(schedule -> runs.started(schedule, since).stream())
                .toList();
    }

    /**
     * Returns what became of the ticks of a schedule, the newest first; also of one that is not configured any more.
     *
     * @param since ticks from this one on
     * @param limit most that are returned, 1 or more
     * @throws CoordinatorException of the archive
     */
    public List<TickStatus> history(String namespace, String schedule, Instant since, int limit) {
        return runs(namespace).history(schedule, since, limit);
    }

    /**
     * Returns what became of the last tick of a schedule, or nothing when it has had none; cheaper than {@link #history}.
     *
     * @param notAfter the tick is at or before it
     * @throws CoordinatorException of the archive
     */
    public Optional<TickStatus> last(String namespace, String schedule, Instant notAfter) {
        return runs(namespace).last(schedule, notAfter);
    }

    /** Returns what is due when. */
    public Timetable timetable() {
        return timetable;
    }

    /**
     * Pauses the schedules of a namespace, in all processes, until they are resumed. What runs goes on; what waits for its turn waits
     * for the end of the pause, within its window. Ticks that come meanwhile are treated as missed.
     *
     * @param who who does it, for people to read
     * @param reason why, or the empty string
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when a text is too long or has several lines; of the archive
     */
    public void pause(String namespace, String who, String reason) {
        change(namespace, Pause.Kind.PAUSED, who, reason);
    }

    /** Resumes the schedules of a namespace; see {@link #pause}. */
    public void resume(String namespace, String who) {
        change(namespace, Pause.Kind.RESUMED, who, "");
    }

    /**
     * Pauses the schedules of all configured namespaces; see {@link #pause}. One that is configured later is not paused.
     *
     * @return the namespaces that could not be paused, and why
     */
    public List<ScheduleProblem> pauseAll(String who, String reason) {
        return changeAll(Pause.Kind.PAUSED, who, reason);
    }

    /** Resumes the schedules of all configured namespaces; see {@link #pauseAll}. */
    public List<ScheduleProblem> resumeAll(String who) {
        return changeAll(Pause.Kind.RESUMED, who, "");
    }

    /**
     * Returns the pause of a namespace, or nothing when its schedules are not paused.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when it can't be told: then nothing runs; of the archive
     */
    public Optional<Pause> paused(String namespace) {
        timetable.schedules(namespace);
        return new Pauses(archives.apply(namespace)).current();
    }

    private void round(String namespace, List<ScheduleWatch> busy, Instant now, List<ScheduleProblem> problems) {
        KnownPause known = pauses.get(namespace);
        long nanos = seams.monotonicClock().nanoTime();
        if (known != null && known.isPaused() && nanos - known.atNanos() < PAUSE_KNOWN_FOR.toNanos()) {
            return;
        }
        NamespaceArchive archive = archives.apply(namespace);
        known = new KnownPause(currentPause(archive).isPresent(), nanos);
        pauses.put(namespace, known);
        if (known.isPaused()) {
            return;
        }
        for (ScheduleWatch watch : busy) {
            String name = watch.schedule().name();
            reporting(namespace, name, problems, () -> watch.round(archive, now)
                    .forEach(problem -> problems.add(new ScheduleProblem(
                            namespace,
                            name,
                            problem,
                            "Run 'tidemark verify " + namespace + "' to see what else is damaged."))));
        }
    }

    private static Optional<Pause> currentPause(NamespaceArchive archive) {
        try {
            return new Pauses(archive).current();
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_DAMAGED) {
                throw e;
            }
            throw new CoordinatorException(
                    e.code(),
                    "it can't be told whether the schedules are paused, so none runs: " + e.getMessage(),
                    "Pause or resume the schedules of the namespace once more.",
                    e);
        }
    }

    private void change(String namespace, Pause.Kind kind, String who, String reason) {
        timetable.schedules(namespace);
        try {
            String id = RandomIds.next(seams.random());
            new Pauses(archives.apply(namespace))
                    .change(new Pause(kind, id, who, reason, seams.clock().instant()));
        } catch (IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT, e.getMessage(), "Give a shorter text, in one line.", e);
        } finally {
            pauses.remove(namespace);
            watches.get(namespace).forEach(ScheduleWatch::change);
        }
    }

    private List<ScheduleProblem> changeAll(Pause.Kind kind, String who, String reason) {
        List<ScheduleProblem> problems = new ArrayList<>();
        for (String namespace : timetable.namespaces()) {
            reporting(namespace, "", problems, () -> change(namespace, kind, who, reason));
        }
        return problems;
    }

    private void prune(Instant now, List<ScheduleProblem> problems) {
        long nanos = seams.monotonicClock().nanoTime();
        if (prunedAtNanos != null && nanos - prunedAtNanos < PRUNE_EVERY.toNanos()) {
            return;
        }
        prunedAtNanos = nanos;
        watches.forEach((namespace, list) -> {
            if (!list.isEmpty()) {
                reporting(
                        namespace, "", problems, () -> pruning.prune(archives.apply(namespace), list, now.minus(KEPT)));
            }
        });
    }

    private static void reporting(String namespace, String schedule, List<ScheduleProblem> problems, Runnable work) {
        try {
            work.run();
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.INTERRUPTED) {
                throw e;
            }
            problems.add(new ScheduleProblem(namespace, schedule, e.getMessage(), e.hint()));
        }
    }

    private Optional<ScheduleWatch> watch(ScheduledRun run) {
        return watches.getOrDefault(run.namespace(), List.of()).stream()
                .filter(watch -> watch.schedule().name().equals(run.schedule().name()))
                .findFirst();
    }

    private TickRuns runs(String namespace) {
        return new TickRuns(archives.apply(namespace), seams.host());
    }
}
