package dev.tidemark.kvs.transactiontable;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which transactions schema applies to which start timestamps: each version from its first start timestamp on, up to the
 * next one's.
 *
 * <p>Source: AtlasDB's {@code timestampToTransactionsTableSchemaVersion}, kept in its {@code _coordination} table.
 *
 * @param firstTimestampToVersion schema version (1, 2 or 3) by the first start timestamp that it applies to, inclusive;
 *     has an entry for 1
 */
public record TransactionsSchemaMap(NavigableMap<Long, Integer> firstTimestampToVersion) {
    /**
     * Copies the map and checks it.
     *
     * @throws IllegalArgumentException when the first entry is not at 1
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} for a version other than 1, 2 and 3
     */
    public TransactionsSchemaMap {
        firstTimestampToVersion = Collections.unmodifiableNavigableMap(new TreeMap<>(firstTimestampToVersion));
        if (firstTimestampToVersion.isEmpty() || firstTimestampToVersion.firstKey() != 1) {
            throw new IllegalArgumentException(
                    "transactions schemas: " + firstTimestampToVersion + " (expected: a version from timestamp 1 on)");
        }
        for (int version : firstTimestampToVersion.values()) {
            if (version < 1 || version > 3) {
                throw new KeyValueStoreException(
                        ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                        "transactions schema version " + version + " is not known (expected: 1, 2 or 3)",
                        "Use a version of Tidemark that supports this schema; nothing was changed.");
            }
        }
    }

    /** Returns the map in which one version applies to every start timestamp. */
    public static TransactionsSchemaMap always(int version) {
        return new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, version)));
    }

    /** Returns the version that applies to a start timestamp, &gt;= 1. */
    public int versionAt(long startTimestamp) {
        if (startTimestamp < 1) {
            throw new IllegalArgumentException("startTimestamp: " + startTimestamp + " (expected: >= 1)");
        }
        return firstTimestampToVersion.floorEntry(startTimestamp).getValue();
    }

    /** Cuts an interval of start timestamps where the version changes; in ascending order, together exactly the interval. */
    public List<TimestampRange> oneVersionEach(TimestampRange starts) {
        List<TimestampRange> ranges = new ArrayList<>();
        long lower = starts.lower();
        while (true) {
            Long next = firstTimestampToVersion.higherKey(lower);
            if (next == null || next > starts.upper()) {
                ranges.add(new TimestampRange(lower, starts.upper()));
                return ranges;
            }
            ranges.add(new TimestampRange(lower, next - 1));
            lower = next;
        }
    }
}
