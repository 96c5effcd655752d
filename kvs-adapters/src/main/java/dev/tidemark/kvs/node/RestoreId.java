package dev.tidemark.kvs.node;

import java.util.regex.Pattern;

/**
 * Names one restore on the nodes and at the oracle.
 *
 * @param id id of the operation, 1..100 characters of {@code A-Z a-z 0-9 _ . -}
 * @param epoch fencing epoch of the coordinator that runs it, &gt; 0; grows each time another one takes over
 */
public record RestoreId(String id, long epoch) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");

    /**
     * Checks id and epoch.
     *
     * @throws IllegalArgumentException when they have another form
     */
    public RestoreId {
        if (!isValid(id)) {
            throw new IllegalArgumentException("restore id: '" + id + "' (expected: 1 to 100 of A-Z a-z 0-9 _ . -)");
        }
        if (epoch <= 0) {
            throw new IllegalArgumentException("epoch: " + epoch + " (expected: > 0)");
        }
    }

    /** Tells whether a restore can have this id. */
    public static boolean isValid(String id) {
        return ALLOWED.matcher(id).matches();
    }

    @Override
    public String toString() {
        return id;
    }
}
