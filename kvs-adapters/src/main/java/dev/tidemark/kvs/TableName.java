package dev.tidemark.kvs;

import java.util.regex.Pattern;

/**
 * Name of a table inside one store. Names that begin with an underscore belong to the transaction protocol and are
 * never part of a digest.
 *
 * @param name 1..200 characters of {@code A-Z a-z 0-9 _ . -}, not beginning with a dot or a dash
 */
public record TableName(String name) implements Comparable<TableName> {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException when it has another form
     */
    public TableName {
        if (!ALLOWED.matcher(name).matches()) {
            throw new IllegalArgumentException("table name: '" + name + "' (expected: 1 to 200 of A-Z a-z 0-9 _ . -)");
        }
    }

    /** Returns the table with this name. */
    public static TableName of(String name) {
        return new TableName(name);
    }

    /** Tells whether the table belongs to the protocol and not to the application. */
    public boolean isInternal() {
        return name.startsWith("_");
    }

    @Override
    public int compareTo(TableName other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
