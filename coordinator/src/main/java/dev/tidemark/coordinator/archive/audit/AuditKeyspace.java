package dev.tidemark.coordinator.archive.audit;

import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where entries are: {@code audit/}, a folder of 1000 entries with eight digits, {@code /}, and the number with twelve. */
final class AuditKeyspace {
    static final String PREFIX = "audit/";
    static final long MAX_SEQUENCE = 99_999_999_000L;

    private static final long PER_FOLDER = 1000;
    private static final Pattern FORM = Pattern.compile("audit/[0-9]{8}/([0-9]{12})");

    private final ObjectStore store;

    AuditKeyspace(ObjectStore store) {
        this.store = store;
    }

    static ObjectKey key(long sequence) {
        return new ObjectKey(String.format(Locale.ROOT, "%s%08d/%012d", PREFIX, (sequence - 1) / PER_FOLDER, sequence));
    }

    /** Returns the number of the entry at a key; nothing for a key that is none of an entry. */
    static OptionalLong sequence(ObjectKey key) {
        Matcher matcher = FORM.matcher(key.value());
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long sequence = Long.parseLong(matcher.group(1));
        boolean isRight =
                sequence >= 1 && sequence <= MAX_SEQUENCE && key(sequence).equals(key);
        return isRight ? OptionalLong.of(sequence) : OptionalLong.empty();
    }

    /**
     * Finds the number of the last entry with as many listings of one key as the number has bits, twice: entries are only ever added. Gaps
     * do not mislead it.
     *
     * @param known an entry that is there, or 0
     */
    long last(long known) {
        long low = known;
        long step = 1;
        OptionalLong next = next(low);
        while (next.isPresent()) {
            low = next.getAsLong();
            long probe = Math.min(low + step, MAX_SEQUENCE);
            next = probe == low ? OptionalLong.empty() : next(probe - 1);
            step *= 2;
            if (next.isEmpty()) {
                return lastBetween(low, probe);
            }
        }
        return low;
    }

    /** There is an entry at {@code low} and none from {@code high} on. */
    private long lastBetween(long low, long high) {
        long found = low;
        long end = high;
        while (end - found > 1) {
            long middle = found + (end - found) / 2;
            OptionalLong next = next(middle - 1);
            if (next.isPresent()) {
                found = next.getAsLong();
            } else {
                end = middle;
            }
        }
        return found;
    }

    /** Returns the number of the first entry after a number. */
    private OptionalLong next(long sequence) {
        String start = sequence == 0 ? "" : key(sequence).value();
        while (true) {
            List<ObjectInfo> page = store.list(PREFIX, start, 1);
            if (page.isEmpty()) {
                return OptionalLong.empty();
            }
            OptionalLong found = sequence(page.get(0).key());
            if (found.isPresent()) {
                return found;
            }
            start = page.get(0).key().value();
        }
    }
}
