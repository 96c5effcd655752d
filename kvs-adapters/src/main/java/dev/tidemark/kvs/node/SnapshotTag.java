package dev.tidemark.kvs.node;

import java.util.regex.Pattern;

/**
 * Name of a snapshot on its node. One operation uses one tag on all nodes, so that a retry finds what it made.
 *
 * @param tag 1..100 characters of {@code A-Z a-z 0-9 _ . -}, not beginning with a dot or a dash
 */
public record SnapshotTag(String tag) implements Comparable<SnapshotTag> {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");

    /**
     * Checks the tag.
     *
     * @throws IllegalArgumentException when it has another form
     */
    public SnapshotTag {
        if (!isValid(tag)) {
            throw new IllegalArgumentException("snapshot tag: '" + tag + "' (expected: 1 to 100 of A-Z a-z 0-9 _ . -)");
        }
    }

    /** Tells whether a snapshot can have this tag. */
    public static boolean isValid(String tag) {
        return ALLOWED.matcher(tag).matches();
    }

    @Override
    public int compareTo(SnapshotTag other) {
        return tag.compareTo(other.tag);
    }

    @Override
    public String toString() {
        return tag;
    }
}
