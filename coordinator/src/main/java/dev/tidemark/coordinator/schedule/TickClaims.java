package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The records of one schedule's ticks: sealed documents {@code ns/NS/ticks/SCHEDULE/TICK/} and a number of six digits. The greatest
 * number says what counts. Whoever creates a number is the only one: so a tick is claimed once, and each step that follows is taken
 * by one. Thread-safe, also across processes.
 */
final class TickClaims {
    /** Folder of all schedules. */
    static final String FOLDER = "ticks/";

    private static final DateTimeFormatter TICK =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern NAME = Pattern.compile("([0-9]{8}T[0-9]{6}Z)/([0-9]{6})");

    /** How far back the last tick is looked for, before everything is listed. */
    private static final List<Duration> SPANS =
            List.of(Duration.ofHours(3), Duration.ofDays(2), Duration.ofDays(9), Duration.ofDays(40));

    private final NamespaceArchive archive;
    private final String folder;

    TickClaims(NamespaceArchive archive, String schedule) {
        this.archive = archive;
        folder = FOLDER + schedule + "/";
    }

    /** Returns the last tick that has a record, not after an instant; found by listing. */
    Optional<Instant> last(Instant notAfter) {
        for (Duration span : SPANS) {
            Instant last = lastKey(notAfter.minus(span), notAfter);
            if (last != null) {
                return Optional.of(last);
            }
        }
        return Optional.ofNullable(lastKey(Instant.EPOCH, notAfter));
    }

    private Instant lastKey(Instant from, Instant notAfter) {
        NavigableMap<Instant, Integer> rows = rows(from, notAfter);
        return rows.isEmpty() ? null : rows.lastKey();
    }

    /**
     * Lists ticks that have records, with the greatest number of each.
     *
     * @param from inclusive
     * @param to inclusive
     */
    NavigableMap<Instant, Integer> rows(Instant from, Instant to) {
        NavigableMap<Instant, Integer> rows = new TreeMap<>();
        String start = folder + name(from);
        while (true) {
            List<ObjectKey> page = archive.listKeys(folder, start, ObjectStore.MAX_PAGE);
            for (ObjectKey key : page) {
                Optional<Instant> tick = tick(key);
                if (tick.isPresent() && tick.get().isAfter(to)) {
                    return rows;
                }
                tick.ifPresent(instant -> rows.merge(instant, Integer.parseInt(key.name()), Math::max));
            }
            if (page.size() < ObjectStore.MAX_PAGE) {
                return rows;
            }
            start = archive.layout().relative(page.get(page.size() - 1));
        }
    }

    /**
     * Reads a record.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when it is not what was written, {@link ErrorCode#OBJECT_MISSING}
     */
    TickRecord read(Instant tick, int number) {
        ObjectKey key = key(tick, number);
        try {
            return StrictJson.decode(archive.documents().read(key), TickRecord.class);
        } catch (IOException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
    }

    /**
     * Creates a record; durable on return. When it is there already, it may be this very one, whose answer was lost.
     *
     * @param number 1 to claim the tick, else one more than that of the record that it follows
     * @return whether the record with this number is this one
     */
    boolean append(Instant tick, int number, TickRecord content) {
        ObjectKey key = key(tick, number);
        try {
            archive.documents().create(key, StrictJson.encode(content));
            return true;
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        }
        try {
            TickRecord found = read(tick, number);
            return found.isSame(content);
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED) {
                return false; // whose it was nobody knows
            }
            throw e;
        }
    }

    /**
     * Removes the records of old ticks, the oldest first, one page at most. Does nothing where the store refuses to delete.
     *
     * @param before exclusive
     * @param keep the tick whose records stay in any case
     * @return how many were removed
     */
    int prune(Instant before, Instant keep) {
        int removed = 0;
        for (ObjectKey key : archive.listKeys(folder, ObjectStore.MAX_PAGE)) {
            Instant tick = tick(key).orElse(keep);
            boolean isOld = tick.isBefore(before) && !tick.equals(keep);
            if (isOld && !delete(key)) {
                return removed;
            }
            removed += isOld ? 1 : 0;
        }
        return removed;
    }

    private boolean delete(ObjectKey key) {
        try {
            archive.store().delete(key);
            return true;
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                throw e;
            }
            return false;
        }
    }

    /** Returns the key of a record, for messages too. */
    ObjectKey key(Instant tick, int number) {
        return archive.key(folder + name(tick) + String.format(Locale.ROOT, "/%06d", number));
    }

    /** Returns nothing for what is no record of a tick. */
    private Optional<Instant> tick(ObjectKey key) {
        Matcher matcher = NAME.matcher(archive.layout().relative(key).substring(folder.length()));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(TICK.parse(matcher.group(1), Instant::from));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static String name(Instant tick) {
        return TICK.format(tick.isBefore(Instant.EPOCH) ? Instant.EPOCH : tick);
    }
}
