package dev.tidemark.coordinator.archive.audit;

import dev.tidemark.coordinator.archive.object.ObjectHash;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far the log goes: whoever notes it elsewhere can tell later that nothing up to there was changed, and the end not cut off.
 *
 * @param sequence number of the last entry; 0 of an empty log
 * @param hash SHA-256 of its object
 */
public record AuditPosition(long sequence, ObjectHash hash) {
    /** The position in an empty log. */
    public static final AuditPosition EMPTY = new AuditPosition(0, ObjectHash.UNKNOWN);

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,15}):([0-9a-f]{64})");

    /** Parses what {@link #toString} gives; nothing when it has another form. */
    public static Optional<AuditPosition> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new AuditPosition(Long.parseLong(matcher.group(1)), ObjectHash.parse(matcher.group(2))))
                : Optional.empty();
    }

    /** Returns number and hash, with a colon between them. */
    @Override
    public String toString() {
        return sequence + ":" + hash;
    }
}
