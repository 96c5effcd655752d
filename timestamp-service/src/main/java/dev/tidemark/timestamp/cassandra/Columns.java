package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;

/** Reads columns that must have a value. */
final class Columns {
    private Columns() {}

    static long number(Row row, String column) {
        return present(row, column, row.getLong(column));
    }

    static String text(Row row, String column) {
        return present(row, column, row.getString(column));
    }

    static boolean flag(Row row, String column) {
        return present(row, column, row.getBoolean(column));
    }

    /**
     * Returns a value that was read.
     *
     * @throws IllegalArgumentException when the column has none
     */
    static <T> T present(Row row, String column, T value) {
        if (row.isNull(column)) {
            throw new IllegalArgumentException("column '" + column + "' is null (expected: a value)");
        }
        return value;
    }
}
