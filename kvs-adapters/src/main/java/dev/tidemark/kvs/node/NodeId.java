package dev.tidemark.kvs.node;

import java.util.regex.Pattern;

/**
 * Name of a node inside its store; stable over restarts.
 *
 * @param id 1..100 characters of {@code A-Z a-z 0-9 _ . -}, not beginning with a dot or a dash
 */
public record NodeId(String id) implements Comparable<NodeId> {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException when it has another form
     */
    public NodeId {
        if (!ALLOWED.matcher(id).matches()) {
            throw new IllegalArgumentException("node id: '" + id + "' (expected: 1 to 100 of A-Z a-z 0-9 _ . -)");
        }
    }

    @Override
    public int compareTo(NodeId other) {
        return id.compareTo(other.id);
    }

    @Override
    public String toString() {
        return id;
    }
}
