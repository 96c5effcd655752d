package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.util.List;
import java.util.Optional;

/**
 * What the cluster answers to a lightweight transaction.
 *
 * @param isApplied whether the conditions held
 * @param found the columns that the conditions name as they are instead; empty when they held, or when there is no such row
 */
record ConditionalAnswer(boolean isApplied, Optional<Row> found) {
    private static final String APPLIED = "[applied]";

    /**
     * Reads an answer.
     *
     * @throws TimestampException {@link ErrorCode#ORACLE_UNAVAILABLE} when it does not say what has become of the change
     */
    static ConditionalAnswer of(String what, List<Row> rows) {
        if (rows.size() != 1
                || !rows.get(0).getColumnDefinitions().contains(APPLIED)
                || rows.get(0).isNull(APPLIED)) {
            throw new TimestampException(
                    ErrorCode.ORACLE_UNAVAILABLE,
                    "can't " + what + ": the cluster's answer does not say whether that was done",
                    "Check that nothing between this server and Cassandra changes what they say to each other.");
        }
        Row row = rows.get(0);
        boolean isApplied = row.getBoolean(APPLIED);
        boolean hasRow = !isApplied && row.getColumnDefinitions().size() > 1;
        return new ConditionalAnswer(isApplied, hasRow ? Optional.of(row) : Optional.empty());
    }
}
