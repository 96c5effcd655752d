package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.NearestName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All schedules of all namespaces, and when they are due: what follows from the configuration alone. Immutable.
 *
 * <p>The offset of a tick is a hash of namespace, schedule and tick, so that every process computes the same: the first eight bytes
 * of SHA-256(namespace, 0, schedule, 0, the tick's seconds since 1970 in decimal digits) as a number without a sign, modulo one more
 * than the seconds of the jitter.
 */
public final class Timetable {
    private final SortedMap<String, SortedMap<String, Schedule>> schedules = new TreeMap<>();

    /**
     * Creates a timetable.
     *
     * @param schedulesByNamespace the schedules of each namespace; their names are unique in it
     * @throws IllegalArgumentException when two schedules of a namespace have the same name
     */
    public Timetable(Map<String, ? extends Collection<Schedule>> schedulesByNamespace) {
        schedulesByNamespace.forEach((namespace, list) -> {
            SortedMap<String, Schedule> byName = new TreeMap<>();
            for (Schedule schedule : list) {
                if (byName.put(schedule.name(), schedule) != null) {
                    throw new IllegalArgumentException("namespace '" + namespace + "' has two schedules '"
                            + schedule.name() + "' (expected: different names)");
                }
            }
            schedules.put(namespace, byName);
        });
    }

    /** Returns the names of the namespaces, ordered. */
    public List<String> namespaces() {
        return List.copyOf(schedules.keySet());
    }

    /**
     * Returns the schedules of a namespace, ordered by name.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when it is not configured
     */
    public Collection<Schedule> schedules(String namespace) {
        return Collections.unmodifiableCollection(byName(namespace).values());
    }

    /**
     * Returns a schedule.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE}, {@link ErrorCode#INVALID_INPUT} when there is none of that name
     */
    public Schedule schedule(String namespace, String name) {
        Map<String, Schedule> byName = byName(namespace);
        Schedule schedule = byName.get(name);
        if (schedule == null) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "namespace '" + namespace + "' has no schedule '" + name + "' (expected: "
                            + (byName.isEmpty() ? "it has none" : "one of " + String.join(", ", byName.keySet())) + ")",
                    hint(name, byName.keySet(), "See 'namespaces." + namespace + ".schedules' in the configuration."));
        }
        return schedule;
    }

    /**
     * Returns when the first tick after an instant is due: the tick and its offset.
     *
     * @param after exclusive, of the tick
     * @throws CoordinatorException as {@link #schedule}
     */
    public Instant next(String namespace, String name, Instant after) {
        Schedule schedule = schedule(namespace, name);
        return due(namespace, schedule, schedule.nextTick(after));
    }

    /**
     * Returns when the next backup of a namespace is due, or nothing when no schedule makes backups. Whoever wants to know whether it
     * is missing adds the window: {@link #latestNextBackup}.
     *
     * @param after exclusive, of the tick
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE}
     */
    public Optional<Instant> nextBackup(String namespace, Instant after) {
        return byName(namespace).values().stream()
                .filter(schedule -> schedule.work() == ScheduledWork.BACKUP)
                .map(schedule -> due(namespace, schedule, schedule.nextTick(after)))
                .min(Instant::compareTo);
    }

    /**
     * Returns the last moment at which a backup must have begun that came by schedule after an instant, or nothing when no schedule
     * makes backups.
     *
     * @param after exclusive, of the tick
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE}
     */
    public Optional<Instant> latestNextBackup(String namespace, Instant after) {
        return byName(namespace).values().stream()
                .filter(schedule -> schedule.work() == ScheduledWork.BACKUP)
                .map(schedule -> schedule.deadline(schedule.nextTick(after)))
                .min(Instant::compareTo);
    }

    /** Returns when a tick is due, in whole seconds; never after the end of its window. */
    static Instant due(String namespace, Schedule schedule, Instant tick) {
        long choices = schedule.jitter().getSeconds() + 1;
        if (choices == 1) {
            return tick;
        }
        String text = namespace + "\0" + schedule.name() + "\0" + tick.getEpochSecond();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            long number = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                number = number << 8 | hash[i] & 0xff;
            }
            return tick.plusSeconds(Long.remainderUnsigned(number, choices));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private SortedMap<String, Schedule> byName(String namespace) {
        SortedMap<String, Schedule> byName = schedules.get(namespace);
        if (byName == null) {
            throw new CoordinatorException(
                    ErrorCode.UNKNOWN_NAMESPACE,
                    "namespace '" + namespace + "' is not configured",
                    hint(namespace, schedules.keySet(), "See 'namespaces' in the configuration."));
        }
        return byName;
    }

    private static String hint(String given, Collection<String> known, String otherwise) {
        return NearestName.of(given, known)
                .map(nearest -> "Did you mean '" + nearest + "'?")
                .orElse(otherwise);
    }
}
